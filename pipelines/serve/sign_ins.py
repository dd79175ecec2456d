"""Sign-ins that were begun at this server and may still come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from pipelines.callback import NOT_BEGUN, Awaited

PATIENCE_SECONDS = 600.0
MOST_AT_ONCE = 20


@dataclass
class SignIns:
    """By their state; each for ten minutes."""

    _begun: dict[str, tuple[float, Awaited, ExitStack]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, state: str, awaited: Awaited, until_ended: ExitStack) -> None:
        """Keeps it, and what it needs until it has ended."""
        with self._lock:
            self._forget()
            self._begun[state] = (time.monotonic(), awaited, until_ended)

    def answer(self, came: Mapping[str, str]) -> tuple[int, str, str]:
        """HTTP status, title and text for a browser that came back."""
        with self._lock:
            self._forget()
            found = self._begun.get(came.get("state", ""))
        if found is None:
            return 400, *NOT_BEGUN
        _, awaited, until_ended = found
        told = awaited.answer(came)
        until_ended.close()
        return told

    def close(self) -> None:
        """Lets go of what those that never came back needed."""
        for _, _, until_ended in self._begun.values():
            until_ended.close()

    def _forget(self) -> None:
        begun = time.monotonic() - PATIENCE_SECONDS
        old = [state for state, (then, _, _) in self._begun.items() if then < begun]
        for state in old + list(self._begun)[: max(0, len(self._begun) - MOST_AT_ONCE + 1)]:
            if gone := self._begun.pop(state, None):
                gone[2].close()
