"""The naive forecasts of the embedded companies, beside the rules by somebody who had not seen the models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support import simple_rules as rules

COMPANIES = ("9130350000000001", "9130350000000002")


@pytest.fixture(scope="module")
def published(after_one_night: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file of the embedded companies."""
    with duckdb.connect(str(after_one_night / "home" / "analytics.duckdb"), read_only=True) as connection:
        yield connection


def baselines(published, realm_id, *models):
    """Naive figure, number of cases and days of every score of some models, by level, model, metric, days and rule."""
    found = published.execute(
        """
        select coalesce(level, ''), model, metric, horizon_days, baseline, split_date, baseline_value, compared_count
        from marts.model_scores where realm_id = ? and list_contains(?, model) and baseline is not null
        """,
        [realm_id, list(models)],
    ).fetchall()
    return {row[:5]: row[5:] for row in found}


@pytest.mark.parametrize("realm_id", COMPANIES)
def test_payments_by_the_due_date_and_the_median(published, realm_id):
    """Whether and when open invoices are paid, by their due date and by the median so far, as a loop over them says."""
    scores = baselines(published, realm_id, "payment_survival")
    (split,) = {score[0] for score in scores.values()}
    bills = rules.bills(published, realm_id)
    still_open = [bill for bill in bills if bill.is_open(split)]
    median = rules.by_global_median(bills, split)
    assert median is not None

    def guesses(known, rule):
        ends = [bill.due if rule == "due_date" else bill.issued + rules.days(median) for bill in known]
        return [rules.days_from(split, end) for end in ends]

    for rule in ("due_date", "global_median"):
        for horizon in (7, 14, 30, 60, 90):
            end = split + rules.days(horizon)
            cases = [bill for bill in still_open if bill.closed_on(end) is None or bill.paid_on(end)]
            figure = rules.brier(
                [days <= horizon for days in guesses(cases, rule)],
                [bill.paid_on(end) is not None for bill in cases],
            )
            score = scores["", "payment_survival", "brier", horizon, rule]
            assert score == (split, pytest.approx(figure), len(cases))
        end = split + rules.days(90)
        paid = [bill for bill in still_open if bill.paid_on(end)]
        off = rules.mean_absolute_error(
            guesses(paid, rule), [(bill.paid_on(end) - split).days for bill in paid]
        )
        assert scores["", "payment_survival", "mae", 90, rule] == (split, pytest.approx(off), len(paid))


@pytest.mark.parametrize("level", ["family", "customer"])
@pytest.mark.parametrize("realm_id", COMPANIES)
def test_the_last_year_again(published, realm_id, level):
    """Orders and revenue of each customer after the split, by those of the year before it, and of all together."""
    scores = baselines(published, realm_id, "BG/NBD", "Gamma-Gamma")
    (split,) = {score[0] for key, score in scores.items() if key[0] == level}
    before, after = defaultdict(list), defaultdict(list)
    for customer, date, amount in published.execute(
        """
        select customer, txn_date, sum(amount)
        from (
            select level_customer_id as customer, txn_date, net_revenue as amount
            from core.revenue_days where realm_id = $realm and level = $level
            union all
            select if($level = 'family', root_customer_id, customer_id), txn_date, -written_off_amount
            from core.write_offs where realm_id = $realm
        )
        join core.companies on realm_id = $realm
        where customer is not null and txn_date <= as_of_date
        group by all
        """,
        {"realm": realm_id, "level": level},
    ).fetchall():
        (before if date <= split else after)[customer].append((date, amount))
    (as_of,) = published.execute(
        "select as_of_date from core.companies where realm_id = ?", [realm_id]
    ).fetchone()
    horizon = (as_of - split).days
    first_day = min(date for entries in before.values() for date, amount in entries if amount > 0)
    orders = {customer: rules.orders_left(days) for customer, days in before.items()}
    customers = [customer for customer, dates in orders.items() if dates]
    again = {
        "BG/NBD": rules.last_year_again(
            ((one, date, 1) for one, dates in orders.items() for date in dates), split, horizon, first_day
        ),
        "Gamma-Gamma": rules.last_year_again(
            ((one, *day) for one, days in before.items() for day in days), split, horizon, first_day
        ),
    }
    came = {
        "BG/NBD": [len(rules.orders_left(after[one])) for one in customers],
        "Gamma-Gamma": [float(sum(amount for _, amount in after[one])) for one in customers],
    }
    for model, outcomes in came.items():
        guesses = [again[model].get(one, 0) for one in customers]
        off = rules.mean_absolute_error(guesses, outcomes)
        total = rules.bias(guesses, outcomes)
        for metric, figure in (("mae", off), ("bias", total), ("total_error", abs(total))):
            score = scores[level, model, metric, horizon, "last year again"]
            assert score == (split, pytest.approx(figure), len(customers))


@pytest.mark.parametrize("realm_id", COMPANIES)
def test_estimates_by_the_share_won_so_far(published, realm_id):
    """Estimates open and expired at the split, held against the share of the decided ones that was won by then."""
    scores = published.execute(
        """
        select judged_on, horizon_days, split_date, baseline_value, compared_count
        from core.estimate_scores where realm_id = ? and metric = 'brier' and baseline = 'win_rate'
        """,
        [realm_id],
    ).fetchall()
    estimates = published.execute(
        """
        select txn_date, expiration_date, outcome, outcome_date from core.estimates
        where realm_id = ? and outcome <> 'voided'
        """,
        [realm_id],
    ).fetchall()
    assert len(scores) == 4
    for judged_on, horizon, split, figure, count in scores:
        share = rules.share_won(
            [outcome for _, _, outcome, decided in estimates if decided and decided <= split]
        )
        undecided = [row for row in estimates if row[0] <= split and not (row[3] and row[3] <= split)]
        is_expired = judged_on.startswith("estimates expired")
        cases = [row for row in undecided if (row[1] is not None and row[1] < split) == is_expired]
        won = [row[2] == "won" and row[3] <= split + rules.days(horizon) for row in cases]
        assert count == len(cases)
        if figure is not None:
            assert share is not None and figure == pytest.approx(rules.brier([share] * len(cases), won))
