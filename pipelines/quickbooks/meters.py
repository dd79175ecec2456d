"""How many requests a company cost, and how far a reading of it has come."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping

from .statements import MOST_OBJECTS

METERED = ("query", "cdc", "batch", "report", "read")
BESIDE = ("batch_item", "token")


class Calls(Mapping[str, int]):
    """Requests sent so far, by kind. Many threads may add to it.

    Every attempt counts, retries too. `batch_item` and `token` stand beside `total`: the items of a batch
    travel in one request, and Intuit does not meter sign-in.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = dict.fromkeys(METERED + BESIDE, 0)
        self._lock = threading.Lock()

    def add(self, kind: str, count: int = 1) -> None:
        """Counts `count` more requests of one kind."""
        with self._lock:
            self._counts[kind] += count

    @property
    def total(self) -> int:
        """HTTP requests to the company's API."""
        return sum(self._counts[kind] for kind in METERED)

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __repr__(self) -> str:
        counted = ", ".join(f"{kind}={count}" for kind, count in self.items() if count)
        return f"Calls({counted})"


class Tally:
    """Rows read of each entity, and how many were expected. Many threads may add to it.

    Only entities that are read whole are expected: how much changed since the last visit shows only once it is read.
    """

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self._expected: Counter[str] = Counter()
        self._lock = threading.Lock()

    def expect(self, entity: str, rows: int) -> None:
        """Expects so many more rows of an entity."""
        with self._lock:
            self._expected[entity] += rows

    def add(self, entity: str, rows: int) -> None:
        """Counts so many rows of an entity as read."""
        with self._lock:
            self._read[entity] += rows

    @property
    def rows(self) -> int:
        """All rows read so far; a row that was read twice counts twice."""
        with self._lock:
            return self._read.total()

    @property
    def pages_left(self) -> int:
        """Pages still to be asked of what is expected."""
        with self._lock:
            left = self._expected - self._read
            return sum(-(-rows // MOST_OBJECTS) for rows in left.values())
