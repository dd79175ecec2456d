"""A business day: its events, its chances and its amounts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from random import Random

from ..books.company import Company
from ..books.documents import Document


@dataclass
class Day:
    """One business day, over at a timestamp; its chances depend on seed, company and date alone."""

    company: Company
    rng: Random
    date: str
    age: int
    ends: float

    def tick(self) -> None:
        """Time passes until the next event; late in the day events fall into the same second."""
        pause = self.rng.choice((0, 20, 45, 180, 400, 900, 1500))
        if self.company.clock.timestamp() + pause < self.ends:
            self.company.clock.advance(seconds=pause)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def often(self, mean: float) -> Iterator[None]:
        """About `mean` times the company's size, more as it grows and in season; time passes before each."""
        month = int(self.date[5:7])
        season = 1 + 0.22 * math.sin((month - 3) / 12 * 2 * math.pi)
        growth = 0.55 + 0.3 * min(self.age, 1500) / 730
        expected = mean * season * growth * self.company.profile.size
        times = int(max(0.0, self.rng.gauss(expected, math.sqrt(expected) * 0.6)) + self.rng.random())
        for _ in range(times):
            self.tick()
            yield

    def sometimes(self, mean: float) -> Iterator[None]:
        """Like `often`, though the smallest company has its share of what is rare."""
        if self.chance(mean * max(self.company.profile.size, 0.25)):
            self.tick()
            yield

    def recent(self, entity: str, count: int = 60) -> list[Document]:
        """The objects created last, newest first."""
        return list(islice(reversed(self.company.store[entity].values()), count))

    def amount(self, low: float, high: float) -> Decimal:
        return Decimal(self.rng.randint(round(low * 100), round(high * 100))) / 100
