"""Time that stands still until somebody sleeps."""

from __future__ import annotations

import threading

import pendulum
from pendulum import DateTime

START = pendulum.datetime(2026, 11, 20, 17, 0, 0)


class StillTime:
    """A wall clock, a monotonic clock and a sleep that agree; `naps` are the sleeps asked for."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> DateTime:
        return START.add(microseconds=round(self.seconds * 1_000_000))

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self.seconds += seconds

    def pass_by(self, **duration: int) -> None:
        """Lets time pass without anybody sleeping."""
        self.seconds += pendulum.duration(**duration).total_seconds()
