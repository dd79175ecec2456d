"""Estimates by month, family and size, and what expired ones may still bring, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.test_estimates import estimate, invoice, updated

D = Decimal


@pytest.fixture
def quarter(books):
    """One estimate won, invoiced and paid, one turned down, one of a job expired, and one open."""
    books.customer("C")
    books.customer("J", ParentRef={"value": "C"}, Job=True)
    estimate(books, "1", 400, "01-05", "Accepted", AcceptedDate="01-15")
    invoice(books, "i", 400, "02-04", "1")
    books.payment("p", 400, "02-24", ("Invoice", "i", 400))
    updated(books, "02-01")
    estimate(books, "2", 1000, "01-20", "Rejected")
    estimate(books, "3", 3000, "02-01", customer="J", ExpirationDate="02-28")
    estimate(books, "4", 3000, "02-10")
    books.build("03-31")
    return books


def found(books, dimension, *columns):
    return books.rows(
        f"select member, {', '.join(columns)} from marts.estimates_by_month where dimension = '{dimension}' order by 1"
    )


def test_win_rate_and_days_by_month(quarter):
    """January won one of two and 400 of 1,400, after 10 days; the invoice came after 30 and the cash after 50."""
    columns = (
        "win_rate",
        "amount_win_rate",
        "days_to_win_median",
        "days_to_invoice_median",
        "days_to_cash_median",
    )
    assert found(quarter, "month", *columns) == [
        ("2026-01", 0.5, pytest.approx(2 / 7), 10.0, 30.0, 50.0),
        ("2026-02", None, None, None, None, None),
    ]


def test_by_size_and_family(quarter):
    """Sizes are told apart by total, and a job's estimate belongs to its family."""
    columns = ("win_rate", "open_count", "expired_count", "undecided_amount")
    assert found(quarter, "size", *columns) == [
        ("2,000 to 10,000", None, 1, 1, D(6000)),
        ("500 to 2,000", 0.0, 0, 0, D(0)),
        ("below 500", 1.0, 0, 0, D(0)),
    ]
    assert found(quarter, "family", "member_id", *columns) == [("Customer C", "C", 0.5, 1, 1, D(6000))]


def test_expected_month_is_never_past(quarter):
    """Ten days after the estimates lie behind, so both are expected in the run's month, of unknown weight."""
    assert found(quarter, "expected month", "undecided_amount", "weighted_amount") == [
        ("2026-03", D(6000), None)
    ]


def test_an_expired_estimate_has_a_chance(books):
    """Six of ten were won on day 20 and four turned down on day 10: an expired one of 15 days will be won."""
    updated(books, "01-11")
    for id in range(10):
        if id < 6:
            estimate(books, str(id), 100, "01-01", "Accepted", AcceptedDate="01-21")
        else:
            estimate(books, str(id), 100, "01-01", "Rejected")
    estimate(books, "expired", 100, "06-15", ExpirationDate="06-18")
    books.build("06-30")
    assert books.row("""
        select outcome, outcome_date, p_win, open_home, forecast_home, win_rate
        from marts.estimate_pipeline where estimate_id = 'expired'
    """) == ("expired", None, 1.0, D(0), D(100), 0.6)
    assert found(books, "expected month", "weighted_amount") == [("2026-07", D(100))]
