"""Chances of being paid are what they say: a large ledger is drawn, and its tenths of chances are counted."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.maths import survival

SPLIT = 1000
FAMILIES = 400


def drawn(kind: str, count: int = 60_000):
    """Days of issue, family, and days to pay, endless where the invoice is never paid."""
    random = np.random.default_rng(7)
    family = random.integers(0, FAMILIES, count)
    issued = random.integers(0, SPLIT, count).astype(float)
    days = np.exp(random.normal(3.3, 0.5, FAMILIES)[family] + random.normal(0, 0.4, count))
    if kind == "never":
        days[(random.random(FAMILIES) < 0.1)[family] | (random.random(count) < 0.02)] = np.inf
    if kind == "terms":
        days = random.choice([15, 30, 60], FAMILIES)[family] + random.normal(0, 9, count)
    return issued, family, np.maximum(1, np.round(days))


@pytest.mark.parametrize("kind", ["habits", "never", "terms"])
def test_chances_are_what_comes(kind):
    """In each tenth that holds 50 invoices the chances are right within 5 points and the luck of the draw."""
    issued, family, days = drawn(kind)
    age = np.minimum(days, SPLIT - issued)
    is_paid = issued + days <= SPLIT
    recent = np.maximum(0, np.minimum(age, SPLIT - issued - 120))
    invoices = survival.Invoices(family, age, recent, is_paid)
    habits = survival.habits(invoices, FAMILIES)
    places = survival.standard(
        survival.position(age), habits.mean[family], habits.spread[family], habits.company_mean
    )
    curve = survival.curve(places, is_paid, habits.pace[family])
    of = family[~is_paid]
    open_invoices = survival.Open(
        age[~is_paid],
        habits.mean[of],
        habits.spread[of],
        (habits.pace * habits.recent_pace)[of],
        np.full(len(of), habits.company_mean),
    )
    for horizon in (7, 14, 30, 60, 90):
        chance = open_invoices.chance(curve, horizon)
        happened = (issued + days)[~is_paid] <= SPLIT + horizon
        for tenth in range(10):
            cases = np.minimum(chance * 10, 9).astype(int) == tenth
            if cases.sum() >= 50:
                said, came = chance[cases].mean(), happened[cases].mean()
                luck = 2 * np.sqrt(said * (1 - said) / cases.sum())
                assert abs(said - came) <= 0.05 + luck, (horizon, tenth, cases.sum())


def test_the_rate_of_the_tail():
    """Twenty invoices unpaid from day 10 to day 50, twice as far on the scale, give 1 of 1 + 20 x ln 2."""
    ages = np.array([10.0] * 20 + [50.0] * 20)
    curve = survival.curve(survival.position(ages), ages == 10, np.ones(40))
    assert curve.tail_from == pytest.approx(np.log(40 / 30))
    assert curve.tail_rate == pytest.approx(1 / (1 + 20 * np.log(2)))
