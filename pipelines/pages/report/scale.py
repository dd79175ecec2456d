"""A value axis: where it begins and ends, where its lines stand, and what height a value has on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Number = float


@dataclass(frozen=True)
class Scale:
    """From `low` to `high` over `pixels`, counted from the top as SVG does."""

    low: float
    high: float
    step: float
    pixels: int

    @classmethod
    def over(cls, values: Iterable[Number], pixels: int, lines: int = 4) -> Scale:
        """A scale around the values and zero with about `lines` round steps; a little below zero gets no step."""
        reached = [0.0, *map(float, values)]
        low, high = min(reached), max(reached)
        if low == high:
            high = 1.0
        step = _round_step((high - low) / lines)
        bottom = low if low > -step / 3 else math.floor(low / step) * step
        return cls(bottom, math.ceil(high / step) * step, step, pixels)

    def y(self, value: Number) -> float:
        """Pixels below the top."""
        return round((self.high - float(value)) / (self.high - self.low) * self.pixels, 1)

    @property
    def ticks(self) -> list[float]:
        """The values that get a line, from the lowest up."""
        return [
            self.step * n for n in range(math.ceil(self.low / self.step), round(self.high / self.step) + 1)
        ]


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 and 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
