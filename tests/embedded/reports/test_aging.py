"""AgedReceivables on cases small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.embedded.reports.registry import answer_report
from tests.support.small_books import aged, canadian_company, customer, form, journal, pay, us_company


def test_part_payment_and_credit_memo_over_time() -> None:
    """A payment, a credit memo and the payment of zero that applies it each count from their own date."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, "2026-01-10", "1000", DueDate="2026-02-09")
    pay(company, who, "2026-02-20", "400", ("Invoice", invoice, "400"))
    memo = form(company, "CreditMemo", who, "2026-02-25", "100")
    pay(company, who, "2026-03-01", "0", ("Invoice", invoice, "100"), ("CreditMemo", memo, "100"))
    assert aged(company, "2026-01-09") == {}
    assert aged(company, "2026-02-09")["Ada"] == ["1000.00", "", "", "", "", "1000.00"]
    assert aged(company, "2026-02-10")["Ada"] == ["", "1000.00", "", "", "", "1000.00"]
    assert aged(company, "2026-02-24")["Ada"] == ["", "600.00", "", "", "", "600.00"]
    assert aged(company, "2026-02-28")["Ada"] == ["", "500.00", "", "", "", "500.00"]
    assert aged(company, "2026-05-10")["Ada"] == ["", "", "", "500.00", "", "500.00"]
    assert aged(company, "2026-05-11")["Ada"] == ["", "", "", "", "500.00", "500.00"]
    assert aged(company, "2026-02-10", "Current")["Ada"] == ["", "500.00", "", "", "", "500.00"]


def test_bucket_boundaries() -> None:
    """An invoice 30 days past due is in the bucket 1 - 30, and one 91 days past due in 91 and over."""
    company = us_company()
    who = customer(company, "Ada")
    due = ("06-30", "06-29", "05-31", "05-30", "05-01", "04-30", "04-01", "03-31")
    for number, date in enumerate(due):
        form(company, "Invoice", who, "2026-03-01", str(10**number), DueDate=f"2026-{date}")
    cells = ["1.00", "110.00", "11000.00", "1100000.00", "10000000.00", "11111111.00"]
    assert aged(company, "2026-06-30")["Ada"] == cells


def test_payment_before_its_invoice() -> None:
    """A payment dated before its invoice is a credit until the invoice's date, and then both vanish."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, "2026-05-19", "3357.37")
    pay(company, who, "2026-04-13", "3357.37", ("Invoice", invoice, "3357.37"))
    assert aged(company, "2026-05-11")["Ada"] == ["", "-3357.37", "", "", "", "-3357.37"]
    assert aged(company, "2026-05-19") == {}


def test_overpayment_ages_by_its_own_date() -> None:
    """The rest of an overpayment ages from the payment's own date."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, "2026-01-01", "100", DueDate="2026-01-31")
    payment = pay(company, who, "2026-01-15", "130", ("Invoice", invoice, "100"))
    assert aged(company, "2026-03-01")["Ada"] == ["", "", "-30.00", "", "", "-30.00"]
    assert company.store["Payment"][payment]["UnappliedAmt"] == Decimal("30.00")


def test_journal_split_over_customers() -> None:
    """A journal entry gives each customer his part, and a payment settles the part of its own customer."""
    company = us_company()
    ada, bela = customer(company, "Ada"), customer(company, "Bela")
    entry = journal(
        company,
        "2026-03-01",
        ("Debit", "receivable", "70", ada),
        ("Credit", "receivable", "20", bela),
        ("Credit", "services", "50", ""),
    )
    invoice = form(company, "Invoice", bela, "2026-03-05", "90", DueDate="2026-03-05")
    pay(company, bela, "2026-03-10", "0", ("Invoice", invoice, "20"), ("JournalEntry", entry, "20"))
    pay(company, ada, "2026-03-20", "30", ("JournalEntry", entry, "30"))
    assert aged(company, "2026-03-09")["Bela"] == ["", "70.00", "", "", "", "70.00"]
    assert aged(company, "2026-03-25") == {
        "Ada": ["", "40.00", "", "", "", "40.00"],
        "Bela": ["", "70.00", "", "", "", "70.00"],
        "TOTAL": ["0.00", "110.00", "0.00", "0.00", "0.00", "110.00"],
    }


def test_deposit_booked_to_receivables_stays_a_row() -> None:
    """An unlinked deposit nets an invoice to zero, and the customer still has a row."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-03-01", "200", DueDate="2026-03-31")
    detail = {
        "Entity": {"value": who, "name": "Ada", "type": "CUSTOMER"},
        "AccountRef": {"value": company.roles["receivable"]},
    }
    line = {"Amount": Decimal(200), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    company.create("Deposit", {"TxnDate": "2026-03-31", "Line": [line]})
    assert aged(company, "2026-03-31")["Ada"] == ["", "", "", "", "", "0.00"]
    assert company.store["Customer"][who]["Balance"] == 0


def test_parent_pays_for_its_job() -> None:
    """A parent's payment of its job's invoice leaves nothing open on either."""
    company = us_company()
    top = customer(company, "Ada")
    job = customer(company, "Kitchen", ParentRef={"value": top})
    invoice = form(company, "Invoice", job, "2026-03-01", "100")
    assert company.store["Customer"][top]["BalanceWithJobs"] == Decimal("100.00")
    pay(company, top, "2026-03-02", "100", ("Invoice", invoice, "100"))
    assert aged(company, "2026-03-02") == {}
    assert aged(company, "2026-03-01")["Kitchen"] == ["100.00", "", "", "", "", "100.00"]
    assert company.store["Customer"][top]["BalanceWithJobs"] == 0


def test_money_down_is_never_open() -> None:
    """Money paid down on an invoice is never part of its open balance."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, "2026-03-01", "105", Deposit=Decimal(80))
    assert company.store["Invoice"][invoice]["Balance"] == Decimal("25.00")
    assert aged(company, "2026-03-01")["Ada"][-1] == "25.00"


@pytest.mark.parametrize(
    ("terms", "bucket"),
    [("Net 15", 0), ("Due on receipt", 1), (None, 1)],
    ids=["with terms", "due on receipt", "without terms"],
)
def test_no_due_date(terms: str | None, bucket: int) -> None:
    """Terms count from the invoice's date, and an invoice without terms is due on its date."""
    company = us_company()
    reference = {"value": company.roles[f"term {terms}"]} if terms else None
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-03-01", "10", DueDate=None, SalesTermRef=reference)
    assert aged(company, "2026-03-02")["Ada"][bucket] == "10.00"


def test_foreign_invoice_clears_at_its_own_rate() -> None:
    """A foreign invoice's open part keeps the invoice's rate, and a payment at another rate books a gain."""
    company = canadian_company()
    who = customer(company, "Ada", CurrencyRef=company.currency_ref("EUR"))
    invoice = form(company, "Invoice", who, "2026-03-01", "100", ExchangeRate=Decimal("1.10"))
    pay(company, who, "2026-03-02", "40", ("Invoice", invoice, "40"), ExchangeRate=Decimal("1.20"))
    assert aged(company, "2026-03-02")["Ada"][-1] == "66.00"
    assert company.store["Customer"][who]["Balance"] == Decimal("60.00")
    trial = answer_report(company, "TrialBalance", {"end_date": "2026-03-31"})
    rows = {row["ColData"][0]["value"]: row["ColData"] for row in trial["Rows"]["Row"] if "ColData" in row}
    assert rows["Accounts Receivable (A/R) - EUR"][1] == {"value": "66.00"}
    assert rows["Exchange Gain or Loss"][2] == {"value": "4.00"}


def test_void_and_inactive() -> None:
    """A voided invoice is open on no date, and an inactive customer's balance stays in the report."""
    company = us_company()
    ada, bela = customer(company, "Ada"), customer(company, "Bela")
    company.void("Invoice", form(company, "Invoice", ada, "2026-01-10", "500"))
    form(company, "Invoice", bela, "2026-01-10", "10")
    company.inactivate("Customer", bela)
    assert list(aged(company, "2026-01-31")) == ["Bela (deleted)", "TOTAL"]
