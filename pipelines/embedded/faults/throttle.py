"""The limits of one company and app, by the wall clock: Intuit's 10 a second, 500 and 40 batches a minute."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .counters import Counters


@dataclass
class Limits:
    """What one company may ask; `enabled` False lets everything through and still counts.

    `slack` is taken off each second: two requests sent a second apart never arrive exactly so.
    """

    per_second: int = 10
    per_minute: int = 500
    in_flight: int = 10
    batches_per_minute: int = 40
    slack: float = 0.05
    enabled: bool = True


@dataclass
class _Pressure:
    second: deque[float] = field(default_factory=deque)
    minute: deque[float] = field(default_factory=deque)
    batches: deque[float] = field(default_factory=deque)
    in_flight: int = 0


class Throttle:
    """Sliding windows per company; a refused request counts in none of them."""

    def __init__(self, counters: Counters, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limits = Limits()
        self._counters = counters
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pressure: defaultdict[str, _Pressure] = defaultdict(_Pressure)

    def enter(self, realm_id: str, batch: bool) -> bool:
        """Whether one more request may pass; then `leave` must follow."""
        with self._lock:
            now, limits, pressure = self._monotonic(), self.limits, self._pressure[realm_id]
            _forget(pressure.second, now - 1 + limits.slack)
            _forget(pressure.minute, now - 60 + limits.slack)
            _forget(pressure.batches, now - 60 + limits.slack)
            second, minute = len(pressure.second) + 1, len(pressure.minute) + 1
            batches, in_flight = len(pressure.batches) + batch, pressure.in_flight + 1
            passes = not limits.enabled or (
                second <= limits.per_second
                and minute <= limits.per_minute
                and batches <= limits.batches_per_minute
                and in_flight <= limits.in_flight
            )
            self._counters.pressed(second, minute, batches, in_flight, not passes)
            if passes:
                pressure.second.append(now)
                pressure.minute.append(now)
                if batch:
                    pressure.batches.append(now)
                pressure.in_flight += 1
            return passes

    def leave(self, realm_id: str) -> None:
        """A request that had entered is answered."""
        with self._lock:
            self._pressure[realm_id].in_flight -= 1


def _forget(window: deque[float], before: float) -> None:
    while window and window[0] <= before:
        window.popleft()
