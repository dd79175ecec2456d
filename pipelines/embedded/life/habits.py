"""How a customer behaves: how much he buys and when he pays. Facts of the seed and his id, never stored."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import NamedTuple

from ..clock import add_days

# Kind, share of customers, days from due date to payment at the earliest and at the latest.
KINDS = (
    ("fast", 0.22, -25, -5),
    ("on time", 0.38, -3, 2),
    ("slow", 0.22, 8, 45),
    ("erratic", 0.12, -10, 75),
    ("never", 0.06, 400, 900),
)

ALWAYS = 10_000

REPS = ("Edith Barlow", "Omar Vance", "Clara Novak", "Hugo Petrov")
SUCCESSOR, SUCCEEDED = "Tamsin Rossi", "2025-09-01"

# Nobody pays sooner than so many days before the due date.
EARLIEST = -min(row[2] for row in KINDS)


class Habit(NamedTuple):
    """`weight`: how often he is the one who buys; `spend`: how much; `for_family`: the top pays for all below.

    `stays`: days until he goes elsewhere; `away`: days until he is won back, which most never are.
    """

    kind: str
    weight: float
    spend: float
    stays: int
    away: int
    for_family: bool


@lru_cache(maxsize=65536)
def habit(seed: int, realm_id: str, customer: str) -> Habit:
    rng = Random(f"{seed}/{realm_id}/habit/{customer}")
    kind = rng.choices([row[0] for row in KINDS], [row[1] for row in KINDS])[0]
    weight, spend = rng.paretovariate(1.3), rng.lognormvariate(0, 0.6)
    stays = ALWAYS if rng.random() < 0.45 else round(rng.expovariate(1 / 300))
    away = rng.randint(150, 450) if rng.random() < 0.25 else ALWAYS
    return Habit(kind, weight, spend, stays, away, rng.random() < 0.5)


@lru_cache(maxsize=65536)
def presence(seed: int, realm_id: str, customer: str, since: str) -> tuple[float, str, str]:
    """The weight of a customer since that day, and the days on which he goes elsewhere and is won back."""
    its = habit(seed, realm_id, customer)
    left = add_days(since, its.stays)
    return its.weight, left, add_days(left, its.away)


@lru_cache(maxsize=65536)
def pay_date(seed: int, realm_id: str, kind: str, invoice: str, due: str, instalment: int) -> str:
    """When a customer of this kind means to pay what is left of an invoice."""
    rng = Random(f"{seed}/{realm_id}/pay/{invoice}/{instalment}")
    low, high = next((row[2], row[3]) for row in KINDS if row[0] == kind)
    return add_days(due, round(rng.triangular(low, high)) + 21 * instalment)


@lru_cache(maxsize=65536)
def sales_rep(seed: int, realm_id: str, family: str, date: str) -> str:
    """Who serves a family that day: one of four, of whom the first was followed by somebody else."""
    rep = Random(f"{seed}/{realm_id}/rep/{family}").choice(REPS)
    return SUCCESSOR if rep == REPS[0] and date >= SUCCEEDED else rep
