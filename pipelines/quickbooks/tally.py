"""How far a reading has come, for people who wait for it."""

from __future__ import annotations

import threading
from collections import Counter

from .statements import MOST_OBJECTS


class Tally:
    """Rows read of each entity, and how many were expected; safe to add to from many threads.

    Only what is read whole is expected: how much changed since the last visit nobody knows before it is here.
    """

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self._expected: Counter[str] = Counter()
        self._lock = threading.Lock()

    def expect(self, entity: str, rows: int) -> None:
        """So many rows of it are to come."""
        with self._lock:
            self._expected[entity] += rows

    def add(self, entity: str, rows: int) -> None:
        """So many rows of it have come."""
        with self._lock:
            self._read[entity] += rows

    @property
    def rows(self) -> int:
        """All rows that have come; one that was read twice counts twice."""
        with self._lock:
            return self._read.total()

    @property
    def pages_left(self) -> int:
        """Pages still to be asked of what is expected."""
        with self._lock:
            left = self._expected - self._read
            return sum(-(-rows // MOST_OBJECTS) for rows in left.values())
