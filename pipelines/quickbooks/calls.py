"""How many requests a company cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

METERED = ("query", "cdc", "batch", "report", "read")
BESIDE = ("batch_item", "token")


class Calls(Mapping[str, int]):
    """Requests sent so far, by kind; safe to add to from many threads.

    Every attempt counts, retries too. `batch_item` and `token` stand beside `total`: the items of a batch
    travel in one request, and Intuit does not meter sign-in.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = dict.fromkeys(METERED + BESIDE, 0)
        self._lock = threading.Lock()

    def add(self, kind: str, count: int = 1) -> None:
        """Counts `count` more of one of the known kinds."""
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
