"""Sign-ins that began at this server and have not ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.connect.browser import NOT_BEGUN, Awaited

PATIENCE_SECONDS = 600.0
MOST_AT_ONCE = 20


@dataclass
class SignIns:
    """Sign-ins by their state, each remembered for ten minutes."""

    _begun: dict[str, tuple[float, Awaited]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, state: str, awaited: Awaited) -> None:
        """Remembers a sign-in; the oldest is dropped when there are too many."""
        with self._lock:
            self._forget()
            self._begun[state] = (time.monotonic(), awaited)

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, str, str]:
        """HTTP status, title and text for a browser that came back."""
        with self._lock:
            self._forget()
            _, awaited = self._begun.get(parameters.get("state", ""), (0.0, None))
        return awaited.answer(parameters) if awaited else (400, *NOT_BEGUN)

    def _forget(self) -> None:
        begun = time.monotonic() - PATIENCE_SECONDS
        fresh = [(state, one) for state, one in self._begun.items() if one[0] >= begun]
        self._begun = dict(fresh[-MOST_AT_ONCE:])
