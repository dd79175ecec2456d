"""Receivables over time: month ends, the movements between them, and the snapshots of each night."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from tests.support.books import MORNING, Books, day
from tests.transforms.test_incremental import snapshot
from tests.transforms.test_payments import settle_oldest
from transforms.engine import history, models

D = Decimal
HISTORY = ("core.open_receivables", "core.receivables", "core.receivable_applications")
HISTORY += ("marts.restated_transactions", "marts.ar_aging_history")
"""What a night's history is kept from, and what shows it."""
EVERYTHING = tuple(model.table for model in models.read_all("core", "marts"))


def months(books, *columns, of="01-01"):
    """These columns of a month's row."""
    return books.row(
        f"select {', '.join(columns)} from marts.receivables_by_month where month_start = date '{day(of)}'"
    )


def aging(books, kind):
    return books.rows(
        f"""select aging_date, customer_id, total_open from marts.ar_aging_history
        where kind = '{kind}' order by all"""
    )


def night(books, on, *, passing=True, full=False, only=HISTORY):
    """Runs a night on that day: the company answers, tables are built, and a snapshot kept if the checks pass."""
    books.minute = max(books.minute, (day(on) - MORNING.date()).days * 24 * 60)
    books.put("CompanyInfo", "1", CompanyName="Company", DefaultTimeZone="UTC")
    build_and_keep(books, on, books.realms if passing else (), full=full, only=only)


def build_and_keep(books, on, realm_ids, *, full=False, only=HISTORY):
    """Builds as of that day and keeps a snapshot of these companies."""
    books.build(on, full=full, at_once=only)
    history.keep(books.as_is, realm_ids)


def restated(books, *columns):
    names = ", ".join(columns or ("doc_id", "change", "field", "before", "after"))
    return books.rows(f"select {names} from marts.restated_transactions order by all")


def test_month_ends_and_the_runs_date(books):
    """A partly paid invoice stands at each month's end with what was open then, in the bucket of that day."""
    books.invoice("1", 1000, "01-10", due="02-09")
    books.payment("2", 400, "02-20", ("Invoice", "1", 400))
    books.payment("3", 600, "04-10", ("Invoice", "1", 600))
    books.build("04-09")
    assert books.rows("""
        select kind, aging_date, current, d1_30, d31_60, d61_90, total_open, overdue_amount, open_invoice_count
        from marts.ar_aging_history order by all
    """) == [
        ("restated", day("01-31"), D(1000), D(0), D(0), D(0), D(1000), D(0), 1),
        ("restated", day("02-28"), D(0), D(600), D(0), D(0), D(600), D(600), 1),
        ("restated", day("03-31"), D(0), D(0), D(600), D(0), D(600), D(600), 1),
        ("restated", day("04-09"), D(0), D(0), D(600), D(0), D(600), D(600), 1),
    ]


def test_a_runs_date_that_ends_its_month_stands_once(books):
    """A run's date that is a month's end has one row per customer."""
    books.invoice("1", 100, "01-10")
    books.build("02-28")
    assert aging(books, "restated") == [(day("01-31"), "C", D(100)), (day("02-28"), "C", D(100))]


def test_what_lies_between_opening_and_closing(books):
    """A month shows charges less the deposit taken on them, credit memos, cash, and the entries of a journal."""
    books.receivable_account()
    books.invoice("1", 500, "01-05")
    books.invoice("2", 105, "02-03", Deposit=5)
    books.credit_memo("3", 40, "02-10")
    books.payment("4", 300, "02-15", ("Invoice", "1", 250))
    books.journal_entry("5", "02-20", ("C", 7))
    books.build("02-28")
    columns = "opening_amount charges_amount credit_memo_amount cash_received other_amount exchange_amount"
    columns += " closing_amount credit_sales unapplied_credits invoice_count payment_count"
    assert months(books, *columns.split(), of="02-01") == (
        D(500), D(100), D(40), D(300), D(7), D(0), D(267), D(65), D(90), 1, 1,
    )  # fmt: skip


def test_exchange_difference_between_documents_that_settle_one_another(books):
    """EUR 40 paid at 1.20 clear 44.00 of an invoice at 1.10, and the other 4.00 are exchange difference."""
    books.invoice("1", 100, "01-01", CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.10"))
    books.payment(
        "2", 40, "01-02", ("Invoice", "1", 40), CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.20")
    )
    books.build("01-31")
    columns = ("charges_amount", "cash_received", "exchange_amount", "closing_amount")
    assert months(books, *columns) == (D(110), D(48), D(4), D(66))


def test_collection_effectiveness_as_published(books):
    """The collection effectiveness of the published example is 98."""
    books.invoice("0", 100_000, "2025-12-01", due="2025-12-31")
    books.invoice("1", 880_000, "01-05", due="01-15")
    books.invoice("2", 20_000, "01-06", due="01-20")
    books.invoice("3", 100_000, "01-20", due="02-20")
    books.payment("4", 980_000, "01-25", ("Invoice", "0", 100_000), ("Invoice", "1", 880_000))
    books.build("01-31")
    columns = ("opening_amount", "closing_amount", "closing_current_amount", "cei_pct", "overdue_share")
    assert months(books, *columns) == (D(100_000), D(120_000), D(100_000), 98.0, 1 / 6)


def test_days_sales_outstanding_of_a_month(books):
    """A month's DSO, its best possible and its delinquent part equal the worked example: 36, 24 and 12 days."""
    books.invoice("1", 200_000, "05-01", due="05-31")
    books.invoice("2", 800_000, "06-10", due="07-10")
    books.invoice("3", 200_000, "06-05", due="06-15")
    books.build("06-30")
    columns = ("dso_simple", "best_possible_dso", "add_days", "dso_countback")
    assert months(books, *columns, of="06-01") == pytest.approx((36.0, 24.0, 12.0, 61.0))


@pytest.mark.parametrize(
    ("receivable", "countback"), [(2_100_000, 76.714286), (900_000, 31), (450_000, 15.5)]
)
def test_days_counted_back_as_published(books, receivable, countback):
    """Days of sales counted back over three months equal the published 76.71."""
    sales = {"01": 700_000, "02": 800_000, "03": 900_000}
    for month, amount in sales.items():
        books.invoice(month, amount, f"{month}-15")
    settle_oldest(books, sales, sum(sales.values()) - receivable)
    books.build("03-31")
    assert months(books, "dso_countback", of="03-01") == (pytest.approx(countback),)


def test_a_month_with_nothing_but_credits(books):
    """A month of credits alone has no ratio by its own sales; that of 90 days takes the charges still open."""
    books.invoice("1", 300, "01-01", due="02-09")
    books.invoice("2", 300, "02-10", due="03-12")
    books.credit_memo("3", 100, "03-10")
    books.payment("4", 200, "03-15")
    books.build("03-31")
    columns = (
        "dso_simple",
        "best_possible_dso",
        "add_days",
        "cei_pct",
        "open_charges_amount",
        "unapplied_credits",
    )
    assert months(books, *columns, of="03-01") == (None, None, None, 0.0, D(600), D(300))
    assert months(books, "dso_90d", "dso_365d", of="03-01") == (600 / 500 * 90, None)
    assert months(books, "dso_90d", of="02-01") == (None,)


def test_a_month_in_which_nothing_happened_has_a_row(books):
    """A month without sales has no simple DSO, but a count-back to the month in which its receivable was sold."""
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 100, "04-10", ("Invoice", "1", 100))
    books.build("04-15")
    assert books.rows("""
        select month_start, opening_amount, closing_amount, dso_simple, dso_countback, cei_pct, is_complete, days
        from marts.receivables_by_month order by 1
    """) == [
        (day("01-01"), D(0), D(100), 31.0, 31.0, None, True, 31),
        (day("02-01"), D(100), D(100), None, 59.0, 0.0, True, 28),
        (day("03-01"), D(100), D(100), None, 90.0, 0.0, True, 31),
        (day("04-01"), D(100), D(0), None, 0.0, 100.0, False, 15),
    ]


def test_what_is_dated_later_is_not_there(books):
    """A document dated after the run's date changes no month."""
    books.invoice("1", 100, "01-10")
    books.payment("2", 100, "03-01", ("Invoice", "1", 100))
    books.invoice("3", 50, "03-02")
    books.build("02-15")
    assert months(books, "closing_amount", "closing_current_amount", of="02-01") == (D(100), D(0))
    assert books.value("select max(aging_date) from marts.ar_aging_history") == day("02-15")


@pytest.mark.parametrize("estimates", [0, 3])
def test_a_company_without_receivables_has_no_months(books, estimates):
    """A company without receivables has no rows in the history, with or without estimates."""
    for id in range(estimates):
        books.put("Estimate", str(id), CustomerRef={"value": "C"}, TxnDate=day("01-01"), TotalAmt=10)
    night(books, "02-01", only=(*HISTORY, "marts.receivables_by_month"))
    for mart in ("receivables_by_month", "ar_aging_history", "restated_transactions"):
        assert books.rows(f"from marts.{mart}") == []


def test_the_snapshot_of_a_day_outlives_a_void(books):
    """The snapshot of 31 January still shows an invoice of 500 that was voided later; the restated aging does not."""
    books.invoice("1", 500, "01-10")
    night(books, "01-31")
    night(books, "03-04")
    books.invoice("1", 0, "01-10", PrivateNote="Voided")
    night(books, "03-05", full=True)
    assert aging(books, "snapshot") == [(day("01-31"), "C", D(500)), (day("03-04"), "C", D(500))]
    assert aging(books, "restated") == []
    columns = ("change", "before", "after", "amount_difference", "month_start", "compared_date", "found_date")
    assert restated(books, *columns) == [
        ("voided", "500.00", "0.00", D(-500), day("01-01"), day("03-04"), day("03-05"))
    ]


def test_the_last_passing_run_of_a_day_is_its_snapshot(books):
    """The snapshot of a day is that of its last run that passed."""
    books.invoice("1", 500, "01-10")
    night(books, "01-31")
    books.payment("2", 200, "01-31", ("Invoice", "1", 200))
    night(books, "01-31")
    books.payment("3", 100, "01-31", ("Invoice", "1", 100))
    night(books, "01-31", passing=False)
    kept = "select doc_id, open_amount, bucket, days_past_due from history.open_items"
    assert books.rows(kept) == [("1", D(300), "1-30", 21)]


def test_a_night_that_fails_keeps_nothing_and_what_it_found_waits(books):
    """A failed night keeps no snapshot, and the next that passes reports what changed meanwhile, once."""
    books.invoice("1", 500, "01-10")
    night(books, "02-01")
    books.delete("Invoice", "1")
    night(books, "02-02", passing=False)
    assert books.rows("select distinct as_of_date from history.open_items") == [(day("02-01"),)]
    assert books.rows("from history.restated_transactions") == []
    night(books, "02-03")
    found = [("1", "deleted", day("02-01"), day("02-03"))]
    assert restated(books, "doc_id", "change", "compared_date", "found_date") == found
    night(books, "02-04")
    assert restated(books, "doc_id", "change", "compared_date", "found_date") == found


def test_marts_of_another_day_keep_nothing(books):
    """Marts built as of a past day show the snapshots up to that day and add none."""
    books.invoice("1", 500, "01-10")
    for on in ("01-30", "01-31", "02-01"):
        night(books, on)
    books.invoice("1", 300, "01-10")
    before = books.rows("from history.open_items order by all")
    for on in ("01-31", "02-15"):
        build_and_keep(books, on, books.realms)
    assert books.rows("from history.open_items order by all") == before
    assert books.rows("from history.restated_transactions") == []
    books.build("01-31")
    assert aging(books, "snapshot") == [(day("01-30"), "C", D(500)), (day("01-31"), "C", D(500))]


def test_an_older_order_of_columns_is_brought_over(books):
    """Tables of history whose columns stand in another order get today's order, with their rows."""
    books.invoice("1", 500, "01-10")
    night(books, "01-30")
    kept = books.rows("from history.open_items")
    books.as_is.execute(
        "create or replace table history.open_items as "
        "select realm_id, as_of_date, * exclude (realm_id, as_of_date) from history.open_items"
    )
    books.build("01-31")
    assert books.rows("from history.open_items") == kept != []


def test_what_was_read_on_a_later_day_makes_no_snapshot_of_the_visits(books):
    """Books healed a week after the visit are no longer those of its day, and make no snapshot."""
    books.invoice("1", 500, "01-10")
    night(books, "01-31", passing=False)
    books.minute += 7 * 24 * 60
    books.invoice("1", 300, "01-10")
    build_and_keep(books, "01-31", books.realms)
    assert books.rows("from history.open_items") == []


def test_building_again_gives_the_same_history(books):
    """Rebuilding everything from raw gives row for row the history that the nights made."""
    books.invoice("1", 500, "01-10", DocNumber="1001")
    night(books, "02-01")
    books.invoice("1", 400, "01-10", DocNumber="1001")
    night(books, "02-02", only=EVERYTHING)
    made = snapshot(books)
    assert made["marts", "restated_transactions"] and made["marts", "ar_aging_history"]
    books.build_all("02-02", full=True)
    assert snapshot(books) == made


CHANGES = {
    "amount": (
        lambda books, x: books.invoice(f"{x}:1", 90, "01-10", due="02-09"),
        [("1", "changed", "ar_amount", "100.00", "90.00")],
    ),
    "deleted": (
        lambda books, x: books.delete("Invoice", f"{x}:2"),
        [("2", "deleted", "ar_amount", "80.00", None)],
    ),
    "voided": (
        lambda books, x: books.invoice(f"{x}:2", 0, "01-11", due="02-10", PrivateNote="Voided"),
        [("2", "voided", "ar_amount", "80.00", "0.00")],
    ),
    "entered late": (
        lambda books, x: books.credit_memo(f"{x}:9", 30, "02-27"),
        [("9", "entered", "ar_amount", None, "-30.00")],
    ),
    "moved to another month": (
        lambda books, x: books.invoice(f"{x}:2", 80, "03-11", due="04-10"),
        [
            ("2", "changed", "due_date", "2026-02-10", "2026-04-10"),
            ("2", "changed", "txn_date", "2026-01-11", "2026-03-11"),
        ],
    ),
    "dated back": (
        lambda books, x: books.invoice(f"{x}:3", 70, "02-20", due="03-30"),
        [("3", "changed", "txn_date", "2026-03-01", "2026-02-20")],
    ),
    "another due date": (
        lambda books, x: books.invoice(f"{x}:2", 80, "01-11", due="02-28"),
        [("2", "changed", "due_date", "2026-02-10", "2026-02-28")],
    ),
    "another customer": (
        lambda books, x: books.invoice(f"{x}:2", 80, "01-11", due="02-10", customer="B"),
        [("2", "moved", "customer_id", "C", "B")],
    ),
    "another rate": (
        lambda books, x: books.invoice(f"{x}:2", 80, "01-11", due="02-10", ExchangeRate=D("1.25")),
        [("2", "changed", "exchange_rate", "1.0", "1.25")],
    ),
    "applied to another invoice": (
        lambda books, x: books.payment(f"{x}:p", 60, "01-20", ("Invoice", f"{x}:2", 60)),
        [
            ("p", "reapplied", "applied to Invoice 1", "60.00", "0.00"),
            ("p", "reapplied", "applied to Invoice 2", "0.00", "60.00"),
        ],
    ),
    "voided payment": (
        lambda books, x: books.payment(f"{x}:p", 0, "01-20", PrivateNote="Voided"),
        [("p", "voided", "ar_amount", "-60.00", "0.00")],
    ),
    "part of a journal entry": (
        lambda books, x: books.journal_entry(f"{x}:j", "01-05", ("C", 20), ("B", 30)),
        [("j", "changed", "ar_amount", "0.00", "30.00"), ("j", "changed", "ar_amount", "50.00", "20.00")],
    ),
    "in the month of the last run": (lambda books, x: books.invoice(f"{x}:3", 75, "03-01", due="03-30"), []),
    "paid now": (lambda books, x: books.payment(f"{x}:q", 80, "03-05", ("Invoice", f"{x}:2", 80)), []),
    "credit applied to an invoice of now": (
        lambda books, x: books.payment(f"{x}:u", 20, "01-21", ("Invoice", f"{x}:3", 20)),
        [],
    ),
    "another number": (
        lambda books, x: books.invoice(f"{x}:2", 80, "01-11", due="02-10", DocNumber="X"),
        [],
    ),
    "nothing": (lambda books, x: None, []),
}


@pytest.fixture(scope="module")
def changed(empty_warehouse, tmp_path_factory):
    """Documents for each kind of change, seen by a run of 4 March, changed, and seen again on the 5th."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("changes")))
    books.receivable_account()
    for id in "BC":
        books.customer(id)
    for x in CHANGES:
        books.invoice(f"{x}:1", 100, "01-10", due="02-09")
        books.invoice(f"{x}:2", 80, "01-11", due="02-10")
        books.invoice(f"{x}:3", 70, "03-01", due="03-30")
        books.payment(f"{x}:p", 60, "01-20", ("Invoice", f"{x}:1", 60))
        books.payment(f"{x}:u", 20, "01-21")
        books.journal_entry(f"{x}:j", "01-05", ("C", 50))
    night(books, "03-04")
    assert restated(books) == []
    for x, (edit, _) in CHANGES.items():
        edit(books, x)
    books.customer("C", DisplayName="Renamed")
    night(books, "03-05")
    return books


@pytest.mark.parametrize("change", CHANGES)
def test_restated(changed, change):
    """Changes dated in January and February are restatements, because only these months were over on 4 March."""
    rows = changed.rows(f"""
        select replace(doc_id, '{change}:', ''), change, replace(field, '{change}:', ''), before, after
        from marts.restated_transactions where starts_with(doc_id, '{change}:') order by all
    """)
    assert rows == CHANGES[change][1]


def test_customers_that_were_merged(books):
    """A merge moves the loser's transactions without a stamp, and its snapshots stay with it, without a name."""
    for id in "BC":
        books.customer(id)
    books.invoice("1", 100, "01-10", customer="B")
    night(books, "03-04")
    books.invoice("1", 100, "01-10", customer="C")
    books.delete("Customer", "B")
    night(books, "03-05")
    assert restated(books, "doc_id", "change", "before", "after", "customer_name") == [
        ("1", "moved", "B", "C", "Customer C")
    ]
    snapshots = "select customer_id, customer_name from marts.ar_aging_history where kind = 'snapshot'"
    assert books.rows(f"{snapshots} order by aging_date") == [("B", None), ("C", "Customer C")]


def test_a_number_that_could_be_a_card_is_not_kept(books):
    """The history leaves out a document number that could be a card number and keeps the others."""
    books.payment("1", 10, "01-10", PaymentRefNum="4111 1111 1111 1111")
    books.payment("2", 10, "01-10", PaymentRefNum="cheque 1001")
    night(books, "02-04")
    assert books.rows("select doc_number from history.open_items order by doc_id") == [
        (None,),
        ("cheque 1001",),
    ]
    for id in ("1", "2"):
        books.delete("Payment", id)
    night(books, "02-05")
    assert restated(books, "doc_id", "doc_number") == [("1", None), ("2", "cheque 1001")]


def test_companies_keep_their_own_history(books):
    """Of two companies with the same ids, the one that fails its checks keeps nothing of that night."""
    books.realms.add("2")
    for realm_id in ("1", "2"):
        books.realm_id = realm_id
        books.put("CompanyInfo", "1", CompanyName="Company", DefaultTimeZone="UTC")
        books.invoice("1", 100, "2025-11-10")
    build_and_keep(books, "01-01", books.realms)
    books.minute += 24 * 60
    for realm_id in ("1", "2"):
        books.realm_id = realm_id
        books.put("CompanyInfo", "1", CompanyName="Company", DefaultTimeZone="UTC")
        books.invoice("1", 70, "2025-11-10")
    build_and_keep(books, "01-02", ["2"])
    assert books.rows("select realm_id, as_of_date, open_amount from history.open_items order by all") == [
        ("1", day("01-01"), D(100)), ("2", day("01-01"), D(100)), ("2", day("01-02"), D(70)),
    ]  # fmt: skip
    assert books.rows("select realm_id, before, after from history.restated_transactions") == [
        ("2", "100.00", "70.00")
    ]
    assert books.rows("select realm_id, checked_date from build.checked_companies order by all") == [
        ("1", day("01-01")), ("2", day("01-02")),
    ]  # fmt: skip
