"""Futures drawn of customers who order and leave by MBG/NBD or NBD and spend by Gamma-Gamma; every draw is the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transforms.maths import btyd
from transforms.maths.btyd import Array

MOST_DRAWS, LEAST_DRAWS, ALL_DRAWS = 400, 40, 500_000
"""Futures drawn of a small company and of a large one, and of all customers together in between."""
AT_ONCE = 5_000
INSIDE = 0.8
LOW_HIGH = ((1 - INSIDE) / 2, (1 + INSIDE) / 2)

YEAR_WEEKS = 365 / 7
MONTHLY_DISCOUNT = 0.01
YEARS = 10
"""The residual lifetime ends here: no company has the books to say more."""
FIRST, SECOND, LAST = (0, 1), (1, 3), (3, YEARS)
"""The years ahead that are drawn together, from and to."""


def discount(year: int) -> float:
    """What an amount in the middle of a year ahead, 1 for the next, is worth today."""
    return float((1 + MONTHLY_DISCOUNT) ** -(12 * year - 6))


@dataclass(frozen=True)
class Customers:
    """Parameters of both models, one for each customer, and the customers' histories."""

    orders: list[Array]
    spend: list[Array]
    x: Array
    t_x: Array
    age: Array
    mean: Array

    def __len__(self) -> int:
        return len(self.x)

    def part(self, at: slice) -> Customers:
        return Customers(
            [one[at] for one in self.orders], [one[at] for one in self.spend], self.x[at], self.t_x[at], self.age[at],
            self.mean[at],
        )  # fmt: skip


def residual_orders(customers: Customers) -> Array:
    """The orders expected from the second to the tenth year ahead, discounted; times spend the residual value."""

    def by(year: int) -> Array:
        history = customers.x, customers.t_x, customers.age
        return btyd.expected_orders(customers.orders, *history, btyd.MBG, weeks=year * YEAR_WEEKS)

    ends = [by(year) for year in range(1, YEARS + 1)]
    total: Array = np.zeros(len(customers))
    for year, (early, late) in enumerate(pairwise(ends), 2):
        total += discount(year) * (late - early)
    return total


@dataclass(frozen=True)
class Revenue:
    """One row for each future with the revenue of each customer, of one year, of three, and what comes after the first.

    The residual is in today's value.
    """

    year: Array
    three_years: Array
    residual: Array


def draw(customers: Customers) -> Iterator[tuple[slice, Revenue]]:
    """Some customers at a time: their place, and their revenue in many futures.

    Of each future is drawn who is still there, how often he orders until he leaves, and what he spends.
    """
    random = np.random.default_rng(0)
    draws = min(MOST_DRAWS, max(LEAST_DRAWS, ALL_DRAWS // max(1, len(customers))))
    for start in range(0, len(customers), AT_ONCE):
        at = slice(start, start + AT_ONCE)
        one = customers.part(at)
        frequency_shape, frequency_scale, dropout1, dropout2 = one.orders
        spend_shape, mean_shape, mean_scale = one.spend
        size = (draws, len(one))
        is_alive = random.random(size) < btyd.p_alive(one.orders, one.x, one.t_x, one.age, btyd.MBG)
        rates = random.gamma(frequency_shape + one.x, 1 / (frequency_scale + one.age), size)
        leaving = random.beta(np.maximum(dropout1, 1e-9), dropout2 + one.x + 1, size)
        last = np.where(dropout1 > 0, random.geometric(np.maximum(leaving, 1e-9), size), np.inf)
        spends = random.gamma(mean_shape + spend_shape * one.x, 1 / (mean_scale + one.x * one.mean), size)
        orders, made_before = np.zeros(size), np.zeros(size)
        found = []
        for begin, end in (FIRST, SECOND, LAST):
            orders = orders + random.poisson(rates * (end - begin) * YEAR_WEEKS)
            made = np.where(is_alive, np.minimum(orders, last), 0)
            new, made_before = made - made_before, made
            found.append(np.where(new > 0, random.gamma(np.maximum(spend_shape * new, 1e-9)) / spends, 0.0))
        year, second, later = found
        yield at, Revenue(year, year + second, second * _discount_of(SECOND) + later * _discount_of(LAST))


def _discount_of(years: tuple[int, int]) -> float:
    return float(np.mean([discount(year) for year in range(years[0] + 1, years[1] + 1)]))
