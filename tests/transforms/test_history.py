"""Where the books' history begins, and that a mistyped year neither lengthens a series nor costs anything."""

from __future__ import annotations

import shutil
from decimal import Decimal as D

import pytest

from checks.rules.oddities import oddities
from tests.support.books import Books, day
from tests.support.expectations import broken

MISTYPED = ("1926-03-01", "0206-03-01", "0001-01-01", "2062-01-01", "9999-12-31")
MONTHS = """
    select schema_name || '.' || table_name, column_name from duckdb_columns()
    where schema_name in ('core', 'marts') and data_type = 'DATE'
        and (
            column_name ~ '^(cohort_)?month(_start|_end)?$'
            or (table_name = 'ar_aging_history' and column_name = 'aging_date')
        )
"""


def trade(books: Books, *mistyped: str) -> None:
    """An invoice of 100 in each month of 2026 up to June, all paid, and one open invoice of 500 for each other date."""
    books.receivable_account()
    books.customer()
    books.put("Account", "IN", Name="Sales", AccountType="Income")
    for month in range(1, 7):
        books.invoice(f"{month}", 100, f"0{month}-05", Balance=0)
        books.payment(f"{month}0", 100, f"0{month}-20", ("Invoice", f"{month}", 100))
    for place, date in enumerate(mistyped):
        books.invoice(f"X{place}", 500, date, due=date)
        fields = {"CustomerRef": {"value": "C"}, "TxnDate": day(date), "TotalAmt": 7}
        for entity in ("Estimate", "SalesReceipt", "RefundReceipt", "Purchase", "Bill"):
            books.put(
                entity, f"X{place}", Line=[{"Amount": 7, "DetailType": "SalesItemLineDetail"}], **fields
            )


@pytest.fixture(scope="module")
def traded(empty_warehouse, tmp_path_factory):
    """A company without and one with mistyped years, and one that has nothing but the year 206."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("history")))
    books.realms = {"right", "mistyped", "206"}
    for books.realm_id, dates in {"right": (), "mistyped": MISTYPED}.items():
        trade(books, *dates)
    books.realm_id = "206"
    books.customer()
    books.invoice("1", 500, "0206-03-01")
    books.build_all("06-30")
    yield books
    books.close()


def test_history_begins_after_the_mistyped_years(traded):
    """History begins on the first day of business; where nothing but year 206 is dated, on the run's date."""
    starts = "select realm_id, history_start_date from core.companies order by all"
    assert traded.rows(starts) == [("206", day("06-30")), ("mistyped", day("01-05")), ("right", day("01-05"))]


def test_mistyped_years_add_no_month(traded):
    """No month series has a month before the history begins, or one that the company without mistyped years has not."""
    columns = traded.rows(MONTHS)
    assert len(columns) > 10
    odd = {
        table: months
        for table, column in columns
        if (
            months := traded.rows(
                f"""select distinct realm_id, {column} from {table} where realm_id <> 'right'
                    and {column} < if(realm_id = '206', date '2026-06-01', date '2026-01-01')
                order by all"""
            )
        )
    }
    assert odd == {}


def test_expectations_hold_in_spite_of_mistyped_years(traded):
    """No table of core or marts breaks an expectation that stops publishing because of mistyped years."""
    assert broken(traded, "mistyped") == []


def test_estimates_of_mistyped_years_decide_no_rate(books):
    """An estimate of the year 206 that was turned down lowers no win rate, has no month, and stays in the list."""
    books.customer()
    for id, date, status in (("1", "2026-01-10", "Accepted"), ("2", "0206-01-10", "Rejected")):
        fields = {"CustomerRef": {"value": "C"}, "TotalAmt": 100, "TxnStatus": status}
        books.put("Estimate", id, TxnDate=day(date), **fields)
    books.invoice("1", 100, "01-05")
    books.build("06-30")
    rates = "select won_count, lost_count, win_rate from core.estimate_rates where cohort = 'all'"
    assert books.row(rates) == (1, 0, 1.0)
    assert (
        books.value("select sum(lost_count) from core.estimate_outcomes where known_by_date = as_of_date")
        == 0
    )
    months = "select member from marts.estimates_by_month where dimension = 'month'"
    assert books.rows(months) == [("2026-01",)]
    assert books.rows("select outcome from marts.estimate_pipeline order by estimate_id") == [
        ("won",),
        ("lost",),
    ]


def test_what_is_open_from_a_mistyped_year_stands_in_the_opening(traded):
    """What is open from 1, 206 and 1926 is open when the months begin, and still open when they end."""
    amounts = (
        "select opening_amount, charges_amount, cash_received, closing_amount from marts.receivables_by_month"
    )
    rows = traded.rows(f"{amounts} where realm_id = 'mistyped' order by month_start")
    assert rows == [(D(1500), D(100), D(100), D(1500))] * 6
    aged = "select total_open, d91_plus from marts.ar_aging_by_customer where realm_id = 'mistyped'"
    assert traded.rows(aged) == [(D(1500), D(1500))]


def test_models_learn_nothing_from_mistyped_years(traded):
    """Orders, days to pay and seasonality are the same with and without the mistyped years."""
    for table in ("core.orders", "core.payment_times", "marts.payment_seasonality", "marts.revenue_by_month"):
        with_them, without = (
            traded.rows(f"select * exclude (realm_id) from {table} where realm_id = '{realm}' order by all")
            for realm in ("mistyped", "right")
        )
        assert with_them == without != []


def test_every_mistyped_transaction_is_named(traded):
    """Each transaction dated outside the history is named with its date and amount."""
    (rule,) = (one for one in oddities() if one.name == "dates_outside_history")
    rows = rule.violations(traded.connection, "mistyped")
    assert len(rows) == 6 * len(MISTYPED)
    named = [(row.entity, row.id, row.actual) for row in rows if row.entity == "Invoice"]
    assert named == [
        ("Invoice", "X2", "0001-01-01, 500.00 in all"),
        ("Invoice", "X1", "0206-03-01, 500.00 in all"),
        ("Invoice", "X0", "1926-03-01, 500.00 in all"),
        ("Invoice", "X3", "2062-01-01, 500.00 in all"),
        ("Invoice", "X4", "9999-12-31, 500.00 in all"),
    ]
    assert rule.violations(traded.connection, "right") == []


BEGINNINGS = {
    "a pause of three years": ({"2020-01-01": 10, "2023-01-01": 10}, "2020-01-01"),
    "few before two years": ({"2020-01-01": 1, "2023-01-01": 30}, "2023-01-01"),
    "many years back and still half": ({"2009-01-01": 5, "2023-01-01": 5}, "2009-01-01"),
    "a company that ended": ({"2001-01-01": 5, "2002-01-01": 5}, "2001-01-01"),
}


def test_a_pause_is_no_mistyped_year(books):
    """What lies before a gap is history unless it is little or the gap is decades long."""
    books.realms = set(BEGINNINGS)
    for books.realm_id, (counts, _) in BEGINNINGS.items():
        for date, count in counts.items():
            for number in range(count):
                books.invoice(f"{date} {number}", 1, date)
    books.build("06-30")
    starts = dict(books.rows("select realm_id, history_start_date::varchar from core.companies"))
    assert starts == {realm_id: start for realm_id, (_, start) in BEGINNINGS.items()}
