"""The books stay sound whatever is done to them."""

from __future__ import annotations

from random import Random

import pytest

from pipelines.embedded.books.company import Company
from pipelines.embedded.clock import add_days
from pipelines.embedded.life.business import advance
from pipelines.embedded.reports.registry import answer_report
from pipelines.embedded.world import World
from tests.support.edit_storm import edit_at_random
from tests.support.identities import assert_sound, grand_total, leaves, receivable_accounts


def companies(seed: int) -> list[Company]:
    return list(World.create(seed, size=0.05, years=2).companies.values())


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_simulated_days_keep_books_sound(seed: int) -> None:
    """Every identity holds after any number of business days."""
    for company in companies(seed):
        for days in (1, 2, 30, 60):
            advance(company, days)
            assert_sound(company)


@pytest.mark.parametrize("seed", range(10, 13))
def test_random_edits_keep_books_sound(seed: int) -> None:
    """Every identity holds between edits of every kind, business days among them."""
    rng = Random(seed)
    for company in companies(seed):
        taken = 0
        for _ in range(8):
            taken += edit_at_random(company, rng, 25)
            assert_sound(company)
            advance(company, 1)
        assert_sound(company)
        assert taken > 60


@pytest.mark.parametrize("seed", [5, 6])
def test_aged_receivables_is_the_ledger_on_every_past_day(seed: int) -> None:
    """At any date the report's total is A/R in the trial balance of that date, in home currency."""
    for company in companies(seed):
        edit_at_random(company, Random(seed), 60)
        for back in (0, 1, 17, 45, 100, 200, 365, 500):
            date = add_days(company.today(), -back)
            aged = answer_report(
                company, "AgedReceivables", {"report_date": date, "aging_method": "Report_Date"}
            )
            trial = leaves(answer_report(company, "TrialBalance", {"end_date": date}))
            ledger = sum(trial[id][0] - trial[id][1] for id in receivable_accounts(company) if id in trial)
            assert grand_total(aged)[-1] == ledger, date
