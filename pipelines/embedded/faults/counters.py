"""Counts what was asked and how hard."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class Counters:
    """Requests by kind (`batch_item` beside `batch`), answers by status, faults fired and the maxima seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Starts again from nothing."""
        with self._lock:
            self.kinds: Counter[str] = Counter()
            self.statuses: Counter[int] = Counter()
            self.faults: Counter[str] = Counter()
            self.throttled = 0
            self.most_per_second = 0
            self.most_per_minute = 0
            self.most_batches_per_minute = 0
            self.most_in_flight = 0

    @property
    def total(self) -> int:
        """HTTP requests for a company's data: what Intuit meters, one per batch."""
        return sum(self.kinds[kind] for kind in ("query", "cdc", "batch", "report", "read", "write"))

    @property
    def total_by_item(self) -> int:
        """The same, were a batch metered as its items."""
        return self.total - self.kinds["batch"] + self.kinds["batch_item"]

    def asked(self, kind: str, times: int = 1) -> None:
        with self._lock:
            self.kinds[kind] += times

    def answered(self, status: int) -> None:
        with self._lock:
            self.statuses[status] += 1

    def fired(self, fault: str) -> None:
        with self._lock:
            self.faults[fault] += 1

    def pressed(
        self, per_second: int, per_minute: int, batches: int, in_flight: int, throttled: bool
    ) -> None:
        """Notes how many requests stood in each window when one more arrived."""
        with self._lock:
            self.most_per_second = max(self.most_per_second, per_second)
            self.most_per_minute = max(self.most_per_minute, per_minute)
            self.most_batches_per_minute = max(self.most_batches_per_minute, batches)
            self.most_in_flight = max(self.most_in_flight, in_flight)
            self.throttled += throttled

    def snapshot(self) -> dict[str, Any]:
        """Everything as plain values."""
        with self._lock:
            return {
                "total": self.total,
                "total_by_item": self.total_by_item,
                "kinds": dict(self.kinds),
                "statuses": {str(status): count for status, count in self.statuses.items()},
                "faults": dict(self.faults),
                "throttled": self.throttled,
                "most_per_second": self.most_per_second,
                "most_per_minute": self.most_per_minute,
                "most_batches_per_minute": self.most_batches_per_minute,
                "most_in_flight": self.most_in_flight,
            }
