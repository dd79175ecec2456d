"""When money comes in over the year, and which customers to call about money that does not."""

from __future__ import annotations

import datetime
from decimal import Decimal
from random import Random

import pytest

from tests.support.books import day
from tests.support.ledger import random_ledger
from transforms.engine.csv_inputs import Conversation

D = Decimal
WORKLIST = (
    "select customer_id, overdue_amount, unapplied_credits, to_collect_amount from marts.collection_worklist"
)


def seasons(books, dimension, columns):
    return books.rows(f"""
        select position, {columns} from marts.payment_seasonality where dimension = '{dimension}' order by 1
    """)


def pay_monthly(books, first, months):
    """Enters payments of 100 in every month and of 220 in Decembers."""
    for number in range(months):
        year, month = divmod(first + number, 12)
        books.payment(f"p{number}", 220 if month == 11 else 100, f"{2024 + year}-{month + 1:02}-10")


@pytest.mark.parametrize(("first", "as_of"), [(0, "2025-12-31"), (0, "2026-01-30"), (5, "2026-05-31")])
def test_two_years_with_twice_the_money_in_december(books, first, as_of):
    """With a mean of 110, December has index 2.0 and the others 0.909, whether years begin in January or in June."""
    pay_monthly(books, first, 24)
    books.payment("late", 1000, "2026-06-10")
    books.build(as_of)
    found = seasons(books, "month", "round(month_index, 3), years, document_count")
    assert found == [(month, 2.0 if month == 12 else 0.909, 2, 2) for month in range(1, 13)]
    assert sum(index for _, index in seasons(books, "month", "month_index")) == pytest.approx(12)


def test_no_season_below_24_months(books):
    """Payments of fewer than 24 whole months give no seasonal index."""
    pay_monthly(books, 0, 24)
    books.build("2025-12-30")
    assert {index for _, index in seasons(books, "month", "month_index")} == {None}


def test_money_by_weekday_and_day_of_the_month(books):
    """Payments are counted by weekday and day of the month, without sales receipts and payments of zero."""
    books.invoice("1", 300, "01-01")
    books.payment("2", 300, "01-05", ("Invoice", "1", 300))
    books.payment("3", 50, "02-05", CurrencyRef={"value": "EUR"}, ExchangeRate=2)
    books.payment("4", 0, "02-06")
    books.put("SalesReceipt", "5", CustomerRef={"value": "C"}, TxnDate=day("02-07"), TotalAmt=10)
    books.build("03-31")
    weekdays = seasons(books, "weekday", "cash_amount, cash_share, document_count")
    assert weekdays[0] == (1, 300, 0.75, 1)
    assert weekdays[3] == (4, 100, 0.25, 1)
    assert [row[1:] for row in weekdays if row[0] not in (1, 4)] == [(0, 0, 0)] * 5
    assert seasons(books, "day_of_month", "cash_share")[4] == (5, 1.0)
    assert len(seasons(books, "day_of_month", "document_count")) == 31


def test_days_to_pay_by_the_invoices_month(books):
    """Days to pay are the median over the same month of all years, without credited and open invoices."""
    for id, date, paid in [
        ("1", "2025-01-10", "2025-01-20"),
        ("2", "01-10", "02-09"),
        ("3", "01-20", "01-21"),
    ]:
        books.invoice(id, 100, date)
        books.payment(f"p{id}", 100, paid, ("Invoice", id, 100))
    books.invoice("4", 100, "01-01")
    books.build()
    assert seasons(books, "invoice_month", "days_to_pay_median, document_count")[:2] == [
        (1, 10.0, 3),
        (2, None, 0),
    ]


def test_whoever_owes_nothing_net_is_not_called(books):
    """The worklist has the customers that owe overdue money net of credits, a parent's payment among them."""
    books.receivable_account()
    for id in "ABCDEP":
        books.customer(id)
    books.customer("J", ParentRef={"value": "P"})
    for customer in "ABCEJ":
        books.invoice(customer, 200, "01-01", due="06-01" if customer == "C" else "02-01", customer=customer)
    books.payment("1", 200, "02-10", customer="A")
    books.credit_memo("2", 150, "02-10", customer="B")
    books.payment("3", 200, "02-10", customer="P")
    books.journal_entry("4", "02-01", ("D", 70))
    books.build("02-28")
    assert books.rows(f"{WORKLIST} order by rank") == [
        ("E", 200, 0, 200), ("D", 70, 0, 70), ("B", 200, 150, 50),
    ]  # fmt: skip


def test_a_family_is_called_once_at_its_root(books):
    """A family has one row: the root's contact details, and from the job with most overdue those that it lacks."""
    books.customer("P", GivenName="Ada", FamilyName="Byron")
    for job, phone in (("J", "1"), ("K", "2")):
        books.customer(job, ParentRef={"value": "P"}, PrimaryPhone={"FreeFormNumber": phone})
    books.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    books.invoice("1", 1000, "01-01", due="01-31", customer="J")
    books.invoice("2", 1500, "01-15", due="02-14", customer="K")
    books.payment("3", 10, "02-20", customer="J")
    books.build("03-01")
    assert books.row("""
        select customer_id, rank, overdue_count, oldest_days_past_due, contact_name, email, phone, reason
        from marts.collection_worklist
    """) == (
        "P", 1, 2, 29, "Ada Byron", None, "2",
        "2 charges overdue, 2,500.00 USD, the oldest by 29 days; too few payments to know the habits; "
        "apply 10.00 of credits first",
    )  # fmt: skip


def test_who_pays_anyway_is_called_after_who_has_stopped(books):
    """A customer that has stopped paying comes before one with a larger debt that always pays a month late."""
    for number in range(20):
        for customer, due, paid in (("LATE", "02-01", "03-03"), ("STOPPED", "02-01", "02-01")):
            id = f"{customer}{number}"
            books.invoice(id, 100, "01-02", due=due, customer=customer)
            books.payment(f"p{id}", 100, paid, ("Invoice", id, 100), customer=customer)
    books.invoice("big", 8330, "10-17", due="11-16", customer="LATE")
    books.invoice("small", 2900, "09-12", due="10-12", customer="STOPPED")
    books.build("12-01")
    rows = books.rows("""
        select customer_id, overdue_amount, days_late_weighted, expected_payment_date from marts.collection_worklist
        order by rank
    """)
    assert rows == [("STOPPED", 2900, 0.0, day("2027-02-22")), ("LATE", 8330, 30.0, day("12-16"))]
    assert books.value("select reason from marts.collection_worklist where rank = 2") == (
        "1 charge overdue, 8,330.00, the oldest by 15 days; usually pays 30 days late"
    )


def test_where_calls_work_the_list_goes_by_what_a_call_brings(books):
    """Families called pay 21 days sooner than others: the gain is that of 21 days, and the list goes by it."""
    books.put("CompanyInfo", "1", CompanyName="One", Country="USA")
    called = [f"C{number}" for number in range(10)]
    for number, id in enumerate(called):
        books.customer(id, PrimaryPhone={"FreeFormNumber": f"650-555-33{number:02d}"})
    for place, id in enumerate([*called, *(f"N{number}" for number in range(10))]):
        for number, (date, days) in enumerate([("01-01", 50), ("06-01", 30 if id in called else 50)]):
            paid = day(date) + datetime.timedelta(days + place % 2 * number)
            books.invoice(f"{id}{number}", 100, date, customer=id)
            books.payment(f"p{id}{number}", 100, str(paid), ("Invoice", f"{id}{number}", 100), customer=id)
    books.invoice("old", 500, "01-01", due="01-31", customer="OLD")
    books.invoice("new", 400, "08-20", due="08-21", customer="NEW")
    books.build(
        "09-01",
        conversations=[
            Conversation(str(number), f"650-555-33{number:02d}", day("04-01"), None, "out", "call")
            for number in range(10)
        ],
    )
    sooner = -books.value(
        "select incremental_change_days from marts.conversation_effects where channel = 'all'"
    )
    assert 15 < sooner < 25
    rows = books.rows("""
        select customer_id, ranked_by, call_gain_amount, open_home, p_60d - p_30d
        from marts.collection_worklist
        join marts.open_invoice_forecast as forecast using (customer_id)
        order by rank
    """)
    assert [(id, by) for id, by, *_ in rows] == [("NEW", "call effect"), ("OLD", "call effect")]
    for *_, gain, amount, by_60 in rows:
        assert float(gain) == pytest.approx(float(amount) * by_60 * sooner / 30, abs=0.01)


def test_the_order_is_compared_with_the_largest_amount_first(books):
    """Of ten small debts of families that never pay and one large one paid next day the order finds all, size 90%."""
    for number in range(20):
        books.invoice(f"g{number}", 100, "01-01", customer="GOOD")
        books.payment(f"pg{number}", 100, "02-20", ("Invoice", f"g{number}", 100), customer="GOOD")
    for number in range(10):
        books.invoice(f"b{number}", 100, "01-01", due="01-10", customer=f"B{number}")
    books.invoice("large", 300, "08-20", due="08-21", customer="GOOD")
    books.payment("plarge", 300, "10-09", ("Invoice", "large", 300), customer="GOOD")
    books.build("12-31")
    assert books.row("select value, baseline_value, compared_count, split_date from core.collection_scores") == (
        1.0, 0.9, 11, day("10-02"),
    )  # fmt: skip
    assert books.rows("""
        select distinct ranked_by, call_gain_amount, caught_share, largest_first_caught_share
        from marts.collection_worklist
    """) == [("unpaid amount", None, 1.0, 0.9)]


def test_the_worklist_of_any_ledger(books):
    """The worklist has the families that owe something net and something overdue, as a loop over documents finds.

    Each of sixteen companies has a ledger of its own.
    """
    ledgers = {str(seed): random_ledger(Random(seed)) for seed in range(16)}
    books.realms = set(ledgers)
    for books.realm_id, ledger in ledgers.items():
        ledger.write(books)
    today = day("06-15")
    books.build(str(today))
    wanted = {}
    for realm_id, ledger in ledgers.items():
        owed = ledger.open_on(today)
        for family in (("P", "S"), ("C",)):
            documents = [one for one in ledger.documents if one.customer in family and one.id in owed]
            net = sum((owed[one.id] for one in documents), D(0))
            overdue = sum((owed[one.id] for one in documents if owed[one.id] > 0 and one.due < today), D(0))
            credits = sum((-owed[one.id] for one in documents if owed[one.id] < 0), D(0))
            if net > 0 and overdue > 0:
                wanted[realm_id, family[0]] = (overdue, credits, min(net, overdue))
    rows = books.rows(WORKLIST.replace("select ", "select realm_id, ", 1))
    assert {(realm_id, id): tuple(row) for realm_id, id, *row in rows} == wanted
    assert len(wanted) > 4
