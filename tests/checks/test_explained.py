"""Differences that are known and stop nothing: of documents set aside, of rounding, of families in a circle."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

import pytest

from checks.collect.gather import DIGITS
from checks.compare.tie_outs import aged_receivables, books, income
from checks.evidence import Difference, Evidence, TieOut, agree, cents
from checks.ours.set_aside import AT_MOST, NOTHING, SetAside, set_aside
from checks.rules.identities import check
from checks.suites.counts import Result
from checks.theirs.reports import Report, parse
from checks.verdict.history import held
from checks.verdict.naming import Names
from checks.verdict.verdict import verdict_of
from tests.checks.test_reports import AGING, cells, grand_total, report, row, section
from tests.checks.test_tie_outs import detail
from tests.support.books import day, money
from tests.support.odd_company import USD, Company, account, income_account, sold, trial

LARGE = Decimal("1e308")
AFTER = {"Balance": money(70), **USD}
EUROS = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("1.2222")}


@pytest.fixture
def aside(odd: Company) -> SetAside:
    """A payment of 30 of the invoice of 100, in QuickBooks alone: its total cannot be read. All balances know of it."""
    pays = [{"Amount": money(30), "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}]
    fields = {"CustomerRef": {"value": "C"}, "TxnDate": "2026-01-20", "TotalAmt": "a lot", "Line": pays}
    odd.put("Payment", "9", **fields, **USD)
    odd.payment("8", 0, "01-20")
    odd.invoice("1", 100, "01-10", LinkedTxn=[{"TxnId": "9", "TxnType": "Payment"}], **AFTER)
    odd.customer("C", **AFTER)
    account(odd, "AR", 70)
    odd.build()
    return set_aside(odd.connection, odd.realm_id)


def aging(*customers: tuple[str, str]) -> Report:
    """An AgedReceivables in which all is overdue since less than a month: customer id, amount."""
    total = str(sum(Decimal(amount) for _, amount in customers))
    rows = [row(id, "", amount, "", "", "", amount, id=id) for id, amount in customers]
    return parse(report("AgedReceivables", AGING, [*rows, grand_total("", total, "", "", "", total)]))


def earned(odd: Company, **let_be: Any) -> TieOut:
    """Our income beside a ProfitAndLoss that knows of 70 in January and of nothing in February."""
    rows = [section(cells("Income", "", ""), [row("FEES", "70.00", "", id="FEES")], [], group="Income")]
    answer = report("ProfitAndLoss", ("Jan", "Feb"), rows)
    for column, month in zip(answer["Columns"]["Column"][1:], ("2026-01-01", "2026-02-01"), strict=True):
        column["MetaData"] = [{"Name": "StartDate", "Value": month}]
    dates = (day("01-01"), day("02-28"))
    return income.profit_and_loss(odd.connection, odd.realm_id, *dates, [parse(answer)], **let_be)


def test_what_a_document_set_aside_touches(aside: SetAside) -> None:
    """A payment set aside touches itself, the invoice that it names, its customer's family and its month."""
    assert aside == SetAside(frozenset({"9", "1"}), frozenset({"C"}), frozenset({"2026-01"}))


def test_identities_let_be_what_follows_from_it(odd: Company, aside: SetAside) -> None:
    """Open amount, link and family balance that miss the payment are explained, and the payment is named."""
    found = check(odd.connection, odd.realm_id, aside)
    assert {name for name, many in found.figures.items() if many} == {"rejected_documents"}
    assert {(row.check, row.id, row.state) for row in found.beside} == {
        ("open_amounts", "1", "explained"),
        ("link_targets", "9", "explained"),
        ("family_balances", "C", "explained"),
        ("customer_balances", "C", "explained"),
    }
    assert {name for name, many in check(odd.connection, odd.realm_id).figures.items() if many} == {
        "rejected_documents", "open_amounts", "link_targets", "family_balances", "customer_balances",
    }  # fmt: skip


@pytest.mark.parametrize(("balance", "differing"), [(70, []), (71, ["Account"])])
def test_accounts_know_of_what_was_set_aside(
    odd: Company, aside: SetAside, balance: int, differing: list[str]
) -> None:
    """The A/R account holds the balances of customers of such documents, to the cent."""
    account(odd, "AR", balance)
    odd.build()
    found = books.accounts_receivable(odd.connection, odd.realm_id, aside)
    assert [row.entity for row in found.differences] == differing


@pytest.mark.parametrize(
    ("other", "states", "total", "balance"), [("0.00", "explained", 0, 0), ("5.00", "error", 2500, 1)]
)
def test_reports_know_of_what_was_set_aside(
    odd: Company, aside: SetAside, other: str, states: str, total: int, balance: int
) -> None:
    """Aging, trial balance and customer balance may differ by the payment's invoice, but by no other document."""
    theirs = str(Decimal("70.00") + Decimal(other))
    by_customer = aged_receivables.by_customer(odd.connection, odd.realm_id, aging(("C", theirs)), aside)
    assert (by_customer.figures["differing_customers"], by_customer.suspects) == (1, ())
    lines = [("Invoice", "1", "C", "70.00"), *([("Invoice", "7", "C", other)] if other != "0.00" else [])]
    documents = aged_receivables.by_document(odd.connection, odd.realm_id, detail(*lines), aside)
    by_customer = aged_receivables.without(by_customer, (), documents.customers_explained(()))
    assert {row.state for row in by_customer.differences} == {states}
    assert by_customer.figures["total_diff"] == total
    shown = trial((theirs, "", "AR"), ("", theirs, "INCOME"))
    found = books.trial_balance(odd.connection, odd.realm_id, shown, by_customer.differences)
    assert found.figures["receivables_diff"] == total
    column = parse(report("CustomerBalance", ("Total",), [row("C", theirs, id="C"), grand_total(theirs)]))
    found = books.customer_balance(odd.connection, odd.realm_id, column, by_customer.differences)
    assert found.figures["differing_customers"] == balance


def test_income_of_a_month_with_a_document_set_aside(odd: Company, aside: SetAside) -> None:
    """Income of January, in which something was set aside, is explained; February's must agree."""
    income_account(odd, "FEES")
    line = sold("100", ItemAccountRef={"value": "FEES"})
    odd.invoice("1", 100, "01-10", Line=[line], **AFTER)
    odd.invoice("2", 100, "02-10", Line=[line], Balance=money(100), **USD)
    odd.build("02-28")
    found = earned(odd, set_aside=aside.months)
    assert [row.column for row in found.differences if row.is_error] == ["income of 2026-02 on FEES"]
    assert [(row.column, row.state) for row in found.beside] == [("income of 2026-01 on FEES", "explained")]


def test_income_of_a_month_that_changed_since_is_in_flight(odd: Company) -> None:
    """A month in which a document changed after our reading says nothing yet."""
    income_account(odd, "FEES")
    line = sold("100", ItemAccountRef={"value": "FEES"})
    odd.invoice("1", 100, "01-10", Line=[line], Balance=money(100), **USD)
    odd.build("02-28")
    assert earned(odd).figures["unexplained_diff"] == 3000
    found = earned(odd, late={"2026-01"})
    assert (found.figures["unexplained_diff"], [row.state for row in found.differences]) == (0, ["in_flight"])


def test_sales_without_account_where_there_is_no_income(odd: Company) -> None:
    """A chart of accounts without income shows no sale; with one, what no account has is a difference."""
    odd.invoice("1", 100, "02-10", Line=[sold("100")], Balance=money(100), **USD)
    odd.build("02-28")
    nothing = section(cells("Income", ""), [], [], group="Income")
    reports = [parse(report("ProfitAndLoss", ("Total",), [nothing]))]
    dates = (day("01-01"), day("02-28"))
    found = income.profit_and_loss(odd.connection, odd.realm_id, *dates, reports)
    assert (found.differences, [row.state for row in found.beside]) == ((), ["explained"])
    income_account(odd, "FEES")
    odd.build("02-28")
    found = income.profit_and_loss(odd.connection, odd.realm_id, *dates, reports)
    assert found.figures["unexplained_diff"] == 10_000


@pytest.mark.parametrize(
    ("reported", "states"), [("122.22", []), ("122.21", ["explained"]), ("122.20", ["error"])]
)
def test_a_cent_of_a_foreign_document(odd: Company, reported: str, states: list[str]) -> None:
    """Each A/R comparison in home currency allows one cent for each open foreign document, and names it."""
    odd.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    odd.invoice("1", 100, "01-10", Balance=money(100), **EUROS)
    odd.build()
    found = aged_receivables.by_customer(odd.connection, odd.realm_id, aging(("C", reported)))
    assert [row.state for row in found.differences] == states
    documents = aged_receivables.by_document(
        odd.connection, odd.realm_id, detail(("Invoice", "1", "C", reported))
    )
    assert [row.state for row in documents.tie_out(()).differences] == states
    shown = trial((reported, "", "AR"), ("", reported, "INCOME"))
    account(odd, "AR", 100)
    total = books.trial_balance(odd.connection, odd.realm_id, shown)
    assert [row.state for row in total.differences] == states
    column = parse(report("CustomerBalance", ("Total",), [row("C", reported, id="C"), grand_total(reported)]))
    balance = books.customer_balance(odd.connection, odd.realm_id, column)
    assert [one.state for one in balance.differences] == states
    if states == ["explained"]:
        assert {one.differences[0].actual for one in (found, total, balance)} == {
            "122.22, within the rounding of 1 foreign documents"
        }


def test_a_family_in_a_circle_may_be_in_no_report(odd: Company) -> None:
    """A customer whose parents lead back to it is explained where the report lacks it, and another is not."""
    odd.customer("C", ParentRef={"value": "D"}, Balance=money(100), **USD)
    odd.customer("D", ParentRef={"value": "C"}, Balance=money(0), **USD)
    odd.customer("E", Balance=money(5), **USD)
    odd.invoice("2", 5, "01-10", customer="E", Balance=money(5), **USD)
    odd.build()
    found = aged_receivables.by_customer(odd.connection, odd.realm_id, aging())
    assert {row.id: row.state for row in found.differences} == {"C": "explained", "E": "error"}


def test_the_warning_names_the_document_that_was_set_aside(odd: Company, aside: SetAside) -> None:
    """A warning says in one line which document could not be read, of when and whom, why, and what to do."""
    evidence = Evidence(odd.realm_id, "night", day("02-01"))
    evidence.take(check(odd.connection, odd.realm_id, aside))
    failed = Result(
        "identities", "", "rejected_documents", "warning", False, "Fails if one was set aside.", "1"
    )
    verdict = verdict_of(evidence, [failed], [], None, Names(odd.connection, odd.realm_id))
    assert (verdict.passed, verdict.warnings) == (True, (
        "identities: one was set aside (1), first Payment with the id 9 of 2026-01-20, a lot USD of Odd, document: "
        "QuickBooks readable fields, our copy Expected `float | null`, got `str` - at `$.TotalAmt`. "
        "Correct it in QuickBooks: until then no table has it, and the rest is published.",
    ))  # fmt: skip


def test_a_missing_value_is_counted_in_a_warning(odd: Company) -> None:
    """A warning about values that are missing says how many there are, and not the sign of the library for none."""
    evidence = Evidence(odd.realm_id, "night", day("02-01"))
    failed = Result(
        "core.customers", "", "balance", "warning", False, "Fails if balance is missing.", "<NA>, <NA>", 2
    )
    verdict = verdict_of(evidence, [failed], [], None, Names(odd.connection, odd.realm_id))
    assert verdict.warnings == ("core.customers: balance is missing (2)",)


def test_many_documents_set_aside_are_a_fault_of_ours(odd: Company) -> None:
    """With more than 20 documents set aside nothing is explained, and the company is not published."""
    for number in range(AT_MOST + 1):
        odd.put("Estimate", str(number), TxnDate="2026-01-15", TotalAmt="a lot")
    odd.build()
    assert set_aside(odd.connection, odd.realm_id) == NOTHING
    assert check(odd.connection, odd.realm_id).figures["many_rejected_documents"] == AT_MOST + 1


def test_amounts_larger_than_any_business() -> None:
    """What JSON can hold is compared to twenty digits, is kept within the tables, and loses no cent beside it."""
    assert (cents(LARGE), held(LARGE), held(money(5))) == (2**63 - 1, None, money(5))
    assert agree(LARGE, LARGE + 100) and not agree(money(1), money("1.01"))
    with localcontext(prec=DIGITS):
        missing = Difference.of_amounts("aged_receivables", "Customer", "C", "current", LARGE + 5, money(5))
        known = [replace(missing, explains=True)]
        assert books.receivables_row(LARGE + 5, money(5), known, {}).state == "explained"
        assert books.receivables_row(money(6), money(5), [], {}).state == "error"
