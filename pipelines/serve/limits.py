"""How much one caller may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CALLERS = 10_000


class Rate:
    """So many a minute per caller, as many at once; whoever pauses gets it back steadily."""

    def __init__(self, per_minute: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str) -> float:
        """0 when the caller may go on, which counts; else the seconds until then, which does not."""
        with self._lock:
            now = self._monotonic()
            left, then = self._callers.pop(caller, (self._per_minute, now))
            left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / self._per_minute
            self._callers[caller] = (left if wait else left - 1, now)
            while len(self._callers) > MOST_CALLERS:
                self._callers.popitem(last=False)
            return wait
