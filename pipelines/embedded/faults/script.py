"""Things that go wrong on request: a script of faults that tests and people add to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ..wire.fault_codes import CODES, Fault
from ..wire.messages import Request
from .counters import Counters

Kind = Literal[
    "429", "429_xml", "401", "401_xml", "403", "500", "503", "502", "504", "maintenance",
    "reset", "lost", "truncated", "cut_json", "slow", "trickle", "delay", "empty",
    "fault", "fault200", "lowercase", "xml", "no_total", "batch_item", "token", "denied", "cdc_deleted_live",
]  # fmt: skip
KINDS: frozenset[str] = frozenset(get_args(Kind))
SPOILING = frozenset({"lost", "truncated", "cut_json", "slow", "trickle", "delay", "xml", "no_total"})
"""Kinds that let the server answer and then spoil what it sends."""


@dataclass
class Scripted:
    """One fault and when it happens: `times` None is for ever, `after` lets so many requests pass first."""

    kind: str
    path: str | None
    times: int | None
    after: int
    when: Callable[[Request], bool] | None
    code: str
    detail: str
    status: int | None
    retry_after: int | None
    seconds: float
    entity: str
    id: str
    bid: str | None
    error: str
    fired: int = 0

    def matches(self, request: Request) -> bool:
        """`path` is a kind of request (query, cdc, token, …) or a part of its path, query or statement."""
        if self.path is not None and self.path != request.kind:
            request_text = (
                f"{request.path} {request.statement if request.kind == 'query' else request.params}"
            )
            if self.path.lower() not in request_text.lower():
                return False
        return self.when is None or self.when(request)

    @property
    def spent(self) -> bool:
        return self.times is not None and self.fired >= self.times


class Faults:
    """The script; each fault fires once per matching request, the oldest first."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._lock = threading.Lock()
        self._script: list[Scripted] = []

    def add(
        self,
        kind: Kind,
        path: str | None = None,
        *,
        times: int | None = 1,
        after: int = 0,
        when: Callable[[Request], bool] | None = None,
        code: str = "10000",
        detail: str = "An unexpected error occurred while accessing or saving your data.",
        status: int | None = None,
        retry_after: int | None = None,
        seconds: float = 1.0,
        entity: str = "",
        id: str = "",
        bid: str | None = None,
        error: str = "invalid_grant",
    ) -> Scripted:
        """Scripts one fault; `.fired` of what comes back counts how often it happened."""
        if kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are {', '.join(sorted(KINDS))}")
        if code not in CODES:
            raise ValueError(f"no code {code}; add it to the table in fault_codes.py")
        if path is None:
            path = {
                "token": "token",
                "denied": "authorize",
                "batch_item": "batch",
                "cdc_deleted_live": "cdc",
            }.get(kind)
        scripted = Scripted(
            kind, path, times, after, when, code, detail, status, retry_after, seconds, entity, id, bid, error
        )
        with self._lock:
            self._script.append(scripted)
        return scripted

    def clear(self) -> None:
        """Forgets the whole script."""
        with self._lock:
            self._script.clear()

    @property
    def pending(self) -> list[Scripted]:
        """Faults that may still happen."""
        with self._lock:
            return [scripted for scripted in self._script if not scripted.spent]

    def next(self, request: Request) -> Scripted | None:
        """The fault that hits this request as a whole, if any."""
        takes_it = request.realm_id is not None or request.kind in ("token", "authorize", "revoke")
        return self._take(request, lambda kind: takes_it and kind not in ("batch_item", "cdc_deleted_live"))

    def batch_item(self, request: Request, item: dict[str, Any]) -> Fault | None:
        """The fault of one item of a batch; `bid` None hits the first item, `entity` one that names it."""
        scripted = self._take(
            request,
            lambda kind: kind == "batch_item",
            lambda it: it.bid in (None, item.get("bId")) and it.entity.lower() in str(item).lower(),
        )
        return Fault(scripted.code, scripted.detail, "") if scripted else None

    def called_deleted(self, request: Request) -> list[tuple[str, str]]:
        """Live objects, as (entity, id), that this CDC answer calls deleted."""
        objects = []
        while scripted := self._take(
            request, lambda kind: kind == "cdc_deleted_live", lambda it: (it.entity, it.id) not in objects
        ):
            objects.append((scripted.entity, scripted.id))
        return objects

    def _take(
        self,
        request: Request,
        kinds: Callable[[str], bool],
        fits: Callable[[Scripted], bool] = lambda scripted: True,
    ) -> Scripted | None:
        with self._lock:
            for scripted in self._script:
                if scripted.spent or not kinds(scripted.kind) or not scripted.matches(request):
                    continue
                if not fits(scripted):
                    continue
                if scripted.after > 0:
                    scripted.after -= 1
                    continue
                scripted.fired += 1
                self._counters.fired(scripted.kind)
                return scripted
        return None
