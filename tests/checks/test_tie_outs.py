"""Tie-outs on a few hand-made rows: what they compare, and what they call in flight."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from checks.compare.tie_outs import aged_receivables, books
from checks.evidence import Difference, Suspect
from checks.ours.account_balances import LATER
from checks.theirs.reports import Column, parse
from tests.checks.test_reports import grand_total, report, row

REALM = "9130"


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema staging; create schema marts")
        connection.execute(
            "create table core.open_receivables as select '9130' as realm_id, 1 as exchange_rate, * from (values "
            "('57', '1', 'Invoice', 100.00::decimal(18, 2), date '2026-07-16'), "
            "('58', '1', 'Payment', -30.00, date '2026-07-20'), ('59', '2', 'Invoice', 5.00, date '2026-08-01')"
            ") as t(doc_id, customer_id, doc_type, open_home, due_date)"
        )
        connection.execute(
            "create table staging.accounts as select '9130' as realm_id, '84' as account_id, "
            "'Accounts Receivable' as account_type"
        )
        connection.execute(
            "create table core.companies (realm_id varchar, home_currency varchar, as_of_date date);"
            "create table core.receivable_lines (realm_id varchar, customer_id varchar, currency varchar, "
            "exchange_rate decimal(24, 10), ar_amount decimal(18, 2), txn_date date);"
            "create table core.accounts (realm_id varchar, account_id varchar, name varchar, full_name varchar, "
            "current_balance decimal(18, 2), is_active boolean, is_receivable boolean, currency varchar, "
            "account_type varchar, account_sub_type varchar)"
        )
        for tables, accounts in LATER.items():
            name, _, head = tables.partition(" join ")
            keys = (
                [f"{head.partition('using (realm_id, ')[2].rstrip(')')} varchar"]
                if head
                else ["txn_date date"]
            )
            columns = ["realm_id varchar", *(f"{one} varchar" for one in accounts.split(", "))]
            if name == "staging.deposits":
                columns.append("deposit_id varchar")
            connection.execute(f"create table {name} ({', '.join([*columns, *keys])})")
        connection.execute(
            "create table staging.journal_entries (realm_id varchar, journal_entry_id varchar, txn_date date)"
        )
        yield connection


def detail(*lines: tuple[str, str, str, str]):
    """Kind, transaction id, customer id, open balance."""
    answer = report("AgedReceivableDetail", (), [])
    answer["Columns"]["Column"] = [
        {"ColTitle": "", "ColType": name} for name in ("txn_type", "cust_name", "subt_open_bal")
    ]
    answer["Rows"]["Row"] = [
        {"ColData": [{"value": kind, "id": id}, {"value": "A customer", "id": customer}, {"value": amount}]}
        for kind, id, customer, amount in lines
    ]
    return parse(answer)


SAME = (("Invoice", "57", "1", "100.00"), ("Payment", "58", "1", "-30.00"), ("Invoice", "59", "2", "5.00"))


def test_equal_documents_differ_in_nothing(warehouse):
    """Documents that equal the report's show no difference."""
    assert aged_receivables.by_document(warehouse, REALM, detail(*SAME)).differences == {}


def test_a_due_date_that_differs_is_named(warehouse):
    """A different due date is named although the amounts agree, because the invoice stands in another bucket."""
    report = detail(*SAME)
    due = Column(3, "due_date", "Due date", False)
    dates = ("2026-07-16", "2026-01-01", "2026-08-02")
    leaves = tuple(
        replace(leaf, cells=(*leaf.cells, {"value": date}))
        for leaf, date in zip(report.leaves, dates, strict=True)
    )
    dated = replace(report, columns=(*report.columns, due), leaves=leaves)
    found = aged_receivables.by_document(warehouse, REALM, dated).differences
    assert [(row.id, row.column, row.expected, row.actual) for row in found] == [
        ("59", "due_date", "2026-08-02", "2026-08-01")
    ], "of a payment the due date says nothing"


def test_a_report_without_customer_ids_is_matched_by_document(warehouse):
    """A report without customer ids is matched by its documents."""
    nameless = [(kind, id, "", amount) for kind, id, _, amount in SAME]
    assert aged_receivables.by_document(warehouse, REALM, detail(*nameless)).differences == {}


def test_documents_only_quickbooks_has_are_named_by_their_entity(warehouse):
    """A document that only QuickBooks has becomes a suspect of its own entity."""
    found = aged_receivables.by_document(warehouse, REALM, detail(*SAME, ("Credit Memo", "60", "2", "-1.00")))
    assert found.suspects == [Suspect("CreditMemo", "60")]


def test_a_customer_is_in_flight_when_all_its_documents_are(warehouse):
    """A customer is in flight only when all of its differing documents are."""
    changed = detail(
        ("Invoice", "57", "1", "101.00"), ("Payment", "58", "1", "-31.00"), ("Invoice", "59", "2", "6.00")
    )
    found = aged_receivables.by_document(warehouse, REALM, changed)
    assert found.customers_in_flight({Suspect("Invoice", "57"), Suspect("Invoice", "59")}) == {"2"}
    assert found.tie_out({Suspect("Invoice", "59")}).figures == {
        "documents": 3,
        "differing_documents": 2,
        "in_flight": 1,
        "explained": 0,
    }


def lines(receivables: str, credit: str):
    rows = [
        row("A/R", receivables, "", id="84"),
        row("Fees", "", credit, id="48"),
        grand_total(receivables, credit),
    ]
    return parse(report("TrialBalance", ("Debit", "Credit"), rows))


def test_the_trial_balance_agrees(warehouse):
    """A trial balance that equals our books shows no difference and is in balance."""
    found = books.trial_balance(warehouse, REALM, lines("75.00", "75.00"))
    assert (found.differences, found.figures["receivables_diff"], found.figures["out_of_balance"]) == (
        (),
        0,
        0,
    )


def test_a_trial_balance_out_of_balance_is_told(warehouse):
    """A trial balance whose debits and credits differ by a cent is reported."""
    found = books.trial_balance(warehouse, REALM, lines("75.00", "74.99"))
    assert [(one.entity, one.amount_diff) for one in found.differences] == [("TrialBalance", Decimal("0.01"))]


def test_the_trial_balance_may_differ_by_what_is_in_flight(warehouse):
    """The trial balance may differ by the amount that is in flight according to the aging, and is in flight too."""
    report = lines("82.00", "82.00")
    assert books.trial_balance(warehouse, REALM, report).figures["receivables_diff"] == -700
    aging = Difference.of_amounts("aged_receivables", "Customer", "1", "current", Decimal(7), Decimal(0))
    late = books.trial_balance(warehouse, REALM, report, [replace(aging, in_flight=True)])
    assert (late.figures["receivables_diff"], [one.state for one in late.differences]) == (0, ["in_flight"])
