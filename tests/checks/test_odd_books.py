"""Books that are right and odd: what companies keep in QuickBooks and its own pages never show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from checks.compare.tie_outs import aged_receivables, books, income, sales
from checks.evidence import Suspect, TieOut
from checks.ours.income import first_day
from checks.rules.identities import check, identities
from checks.theirs.reports import parse
from tests.checks.test_reports import AGING, cells, grand_total, report, row, section
from tests.support.books import day, money
from tests.support.odd_company import USD, Company, account, income_account, sold, trial

LEDGER = "JournalEntryLineDetail"


def totals(odd: Company) -> TieOut:
    odd.build()
    return books.accounts_receivable(odd.connection, odd.realm_id)


def test_books_that_name_no_currency(odd: Company) -> None:
    """Without preferences, and with a currency on nothing at all."""
    nothing: dict[str, Any] = {"CurrencyRef": None}
    odd.customer("C", Balance=money(100), **nothing)
    odd.invoice("1", 100, "01-10", Balance=money(100), **nothing)
    account(odd, "AR", 100, **nothing)
    assert totals(odd).differences == ()


@pytest.mark.parametrize("named", ["Account", "Customer", "Invoice"])
def test_books_of_which_only_some_name_their_currency(odd: Company, named: str) -> None:
    """Books that name only one currency anywhere are kept in that currency."""
    none: dict[str, Any] = {"CurrencyRef": None}
    odd.customer("C", Balance=money(100), **USD if named == "Customer" else none)
    odd.invoice("1", 100, "01-10", Balance=money(100), **USD if named == "Invoice" else none)
    account(odd, "AR", 100, **USD if named == "Account" else none)
    assert totals(odd).differences == ()
    assert odd.home_currency == "USD"


def test_books_in_two_currencies_without_preferences_have_no_home(odd: Company) -> None:
    """Books that name two currencies and no preferences have no home currency and still no differences."""
    odd.customer("E", Balance=money(0), CurrencyRef={"value": "EUR"})
    assert totals(odd).differences == ()
    assert odd.home_currency is None


def test_an_account_that_does_not_say_that_it_is_active(odd: Company) -> None:
    """It is, and a cent too much in it is found."""
    account(odd, "AR", 100, Active=None)
    assert totals(odd).differences == ()
    account(odd, "AR", 101, Active=None)
    assert [row.amount_diff for row in totals(odd).differences] == [Decimal(-1)]


def test_an_inactive_account_with_postings_bears_no_witness(odd: Company) -> None:
    """Its balance reads 0 and what was posted to it is still owed; customers' balances are compared all the same."""
    account(odd, "AR", 0, Active=False)
    account(odd, "AR2", 40, Active=True)
    odd.customer("C", Balance=money(140), **USD)
    odd.invoice("2", 40, "01-20", Balance=money(40), **USD)
    assert totals(odd).differences == ()
    odd.customer("C", Balance=money(141), **USD)
    assert [row.entity for row in totals(odd).differences] == ["Customer"]


def nobodys(odd: Company, amount: int) -> None:
    """A journal entry to A/R that names no customer, as imported books hold some."""
    account(odd, "AR", 100 + amount)
    sides = (("Debit", "AR"), ("Credit", "INCOME"))
    odd.put(
        "JournalEntry", "9", TxnDate="2026-01-15", **USD,
        Line=[
            {"Amount": money(amount), "DetailType": LEDGER, LEDGER: {"PostingType": side, "AccountRef": {"value": id}}}
            for side, id in sides
        ],
    )  # fmt: skip


def test_what_is_booked_to_receivables_and_to_nobody(odd: Company) -> None:
    """It is in the account and in the trial balance, and with no customer: a warning, not a difference."""
    nobodys(odd, 50)
    assert totals(odd).differences == ()
    report = trial(("150.00", "", "AR"), ("", "150.00", "INCOME"))
    assert books.trial_balance(odd.connection, odd.realm_id, report).differences == ()


@pytest.mark.parametrize("listed", [True, False])
def test_aging_of_nobody(odd: Company, listed: bool) -> None:
    """Whether QuickBooks lists it under "Not Specified" or leaves it out; by another amount it differs."""
    nobodys(odd, 50)
    odd.build()
    lines = [row("C", "", "100.00", "", "", "", "100.00", id="C")]
    lines += [row("Not Specified", "", "50.00", "", "", "", "50.00")] if listed else []
    total = "150.00" if listed else "100.00"
    answer = report("AgedReceivables", AGING, [*lines, grand_total("", total, "", "", "", total)])
    assert aged_receivables.by_customer(odd.connection, odd.realm_id, parse(answer)).differences == ()
    nobodys(odd, 49)
    odd.build()
    differing = aged_receivables.by_customer(odd.connection, odd.realm_id, parse(answer)).differences
    assert {row.id for row in differing} == ({""} if listed else set())


@pytest.mark.parametrize(("credit", "violations"), [("110.00", 0), ("110.01", 1)])
def test_sales_tax_in_a_journal_entry_stands_beside_its_lines(
    odd: Company, credit: str, violations: int
) -> None:
    """Outside the US: 100.00 and 10% of tax against 110.00, the tax in no line."""
    sides = (("Debit", "100.00"), ("Credit", credit))
    odd.put(
        "JournalEntry", "9", TxnDate="2026-01-15", **USD,
        Line=[
            {"Amount": money(amount), "DetailType": LEDGER, LEDGER: {"PostingType": side, "AccountRef": {"value": "X"}}}
            for side, amount in sides
        ],
        TxnTaxDetail={"TaxLine": [{"Amount": money("10.00"), "DetailType": "TaxLineDetail", "TaxLineDetail": {}}]},
    )  # fmt: skip
    odd.build()
    (rule,) = (one for one in identities() if one.name == "journal_entries_balance")
    assert len(rule.violations(odd.connection, odd.realm_id)) == violations


def test_a_link_that_leads_nowhere_in_quickbooks_too(odd: Company) -> None:
    """Both ends are read again; if QuickBooks lacks the one and the other still names it, that is how its books are."""
    link = [{"TxnId": "99", "TxnType": "Invoice"}]
    estimate = {"TxnDate": "2026-01-15", "TotalAmt": money(5), "LinkedTxn": link}
    odd.put("Estimate", "7", **estimate)
    odd.build()
    found = check(odd.connection, odd.realm_id)
    assert (found.figures["link_targets"], found.suspects) == (
        1, (Suspect("Invoice", "99"), Suspect("Estimate", "7")),
    )  # fmt: skip
    odd.delete("Invoice", "99")
    odd.connection.execute(
        "update raw.deletions set found_by = 'read', answered_at = answered_at + interval 1 day where realm_id = ?",
        [odd.realm_id],
    )
    odd.build()
    assert check(odd.connection, odd.realm_id).figures["link_targets"] == 1, (
        "the estimate may be an old version"
    )
    odd.connection.execute(
        "update raw.estimate set answered_at = answered_at + interval 2 days where realm_id = ?",
        [odd.realm_id],
    )
    found = check(odd.connection, odd.realm_id)
    assert (found.figures["link_targets"], found.differences, found.suspects) == (0, (), ())
    assert [(row.entity, row.id, row.expected) for row in found.beside] == [
        ("Invoice", "99", "named by Estimate 7")
    ]


def earned(odd: Company, *lines: tuple[str, str]) -> TieOut:
    """Our sales beside a ProfitAndLoss whose income accounts read so; the first sale is of 10 January."""
    odd.build()
    assert first_day(odd.connection, odd.realm_id, day("02-01")) == day("01-10")
    rows = [
        section(cells("Income", ""), [row(id, amount, id=id) for id, amount in lines], [], group="Income")
    ]
    reports = [parse(report("ProfitAndLoss", ("Total",), rows))]
    return income.profit_and_loss(odd.connection, odd.realm_id, day("01-10"), day("02-01"), reports)


def earned_by_month(odd: Company, *lines: tuple[str, str, str]) -> TieOut:
    """The same beside one by months: account, January, February."""
    odd.build("02-28")
    rows = [
        section(
            cells("Income", "", ""), [row(id, *amounts, id=id) for id, *amounts in lines], [], group="Income"
        )
    ]
    answer = report("ProfitAndLoss", ("Jan", "Feb"), rows)
    for column, month in zip(answer["Columns"]["Column"][1:], ("2026-01-01", "2026-02-01"), strict=True):
        column["MetaData"] = [{"Name": "StartDate", "Value": month}]
    return income.profit_and_loss(odd.connection, odd.realm_id, day("01-10"), day("02-28"), [parse(answer)])


def test_income_booked_before_the_first_sale(odd: Company) -> None:
    """ProfitAndLoss begins with it, and so does what is compared."""
    income_account(odd, "FEES")
    odd.invoice(
        "1", 100, "01-10", Balance=money(100), Line=[sold("100", ItemAccountRef={"value": "FEES"})], **USD
    )
    detail = {"AccountRef": {"value": "FEES"}}
    for id, date in (("8", "2026-01-09"), ("9", "2026-01-10")):
        line = {"Amount": money(7), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
        odd.put("Deposit", id, TxnDate=date, TotalAmt=money(7), Line=[line])
    found = earned(odd, ("FEES", "107.00"))
    assert (found.differences, [row.id for row in found.beside]) == ((), ["9"])


def test_income_in_the_wrong_month_names_month_account_and_document(odd: Company) -> None:
    """The sum of two months may be right: each month is compared, and the document that is the difference is named."""
    income_account(odd, "FEES", "RETAINERS")
    odd.put("Account", "RETAINERS", Name="Retainers", AccountType="Other Current Liability")
    fees = {"ItemAccountRef": {"value": "FEES"}}
    lines = [sold("70", **fees), sold("30", ItemAccountRef={"value": "RETAINERS"})]
    odd.invoice("1", 100, "01-10", Balance=money(100), Line=lines, DocNumber="1001", **USD)
    odd.invoice("2", 20, "02-10", Balance=money(20), Line=[sold("20", **fees)], DocNumber="1002", **USD)
    assert earned_by_month(odd, ("FEES", "70.00", "20.00")).differences == ()
    found = earned_by_month(odd, ("FEES", "", "90.00"))
    assert [(row.entity, row.id, row.column, row.amount_diff) for row in found.differences] == [
        ("Account", "FEES", "income of 2026-01 on FEES", Decimal(70)),
        ("Account", "FEES", "income of 2026-02 on FEES", Decimal(-70)),
        ("Invoice", "1", "Invoice 1001, income of 2026-01 on FEES", None),
        ("Invoice", "2", "Invoice 1002, income of 2026-02 on FEES", None),
    ]
    assert set(found.suspects) == {Suspect("Invoice", "1"), Suspect("Invoice", "2")}
    assert found.figures["unexplained_diff"] == 14000


@pytest.mark.parametrize(("reported", "rounded"), [("122.22", 1), ("122.21", 1), ("122.20", 0)])
def test_a_foreign_document_may_round_to_another_cent(odd: Company, reported: str, rounded: int) -> None:
    """One cent for each foreign document is allowed, counted and named; two are not."""
    income_account(odd, "FEES")
    lines = [sold("100", ItemAccountRef={"value": "FEES"})]
    euros = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("1.2222")}
    odd.invoice("1", 100, "01-10", Balance=money(100), Line=lines, **euros)
    found = earned(odd, ("FEES", reported))
    assert bool(found.differences) is not bool(rounded)
    off = reported == "122.21"
    assert found.figures["rounded_documents"] == int(off)
    assert [row.actual for row in found.beside] == (
        ["122.22, within the rounding of 1 foreign documents"] if off else []
    )


@pytest.mark.parametrize(("shipping", "differing"), [("18.33", 0), ("18.34", 0), ("18.35", 2)])
def test_shipping_on_a_foreign_invoice_may_round_to_another_cent(
    odd: Company, shipping: str, differing: int
) -> None:
    """An account that no line names may have a cent more for each foreign document, and no more."""
    income_account(odd, "FEES", "SHIPPING")
    lines = [sold("80", ItemAccountRef={"value": "FEES"}), sold("15", ItemRef={"value": "SHIPPING_ITEM_ID"})]
    euros = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("1.2222")}
    odd.invoice("1", 95, "01-10", Balance=money(95), Line=lines, **euros)
    found = earned(odd, ("FEES", "97.78"), ("SHIPPING", shipping))
    assert len([row for row in found.differences if row.entity == "Account"]) == differing
    assert found.figures["rounded_documents"] == int(shipping == "18.34")


@pytest.mark.parametrize(
    ("of_c", "of_item", "differing"),
    [("100.00", "100.00", 0), ("70.00", "70.00", 0), ("90.00", "90.00", 1)],
)
def test_sales_of_a_customer_and_an_item(odd: Company, of_c: str, of_item: str, differing: int) -> None:
    """The reports may count all lines or those of income; what is neither names customer or item, and the document."""
    income_account(odd, "FEES")
    odd.put("Account", "RETAINERS", Name="Retainers", AccountType="Other Current Liability")
    odd.put("Item", "I", Name="Hour", IncomeAccountRef={"value": "FEES"})
    item = {"ItemRef": {"value": "I"}}
    lines = [sold("70", **item), sold("30", ItemAccountRef={"value": "RETAINERS"}, **item)]
    odd.invoice("1", 100, "01-10", Balance=money(100), Line=lines, DocNumber="1001", **USD)
    odd.build()
    for kind, id, amount in ((sales.BY_CUSTOMER, "C", of_c), (sales.BY_ITEM, "I", of_item)):
        answer = report(kind.report, ("Amount",), [row(id, amount, id=id), grand_total(amount)])
        found = sales.compare(odd.connection, odd.realm_id, kind, day("01-01"), day("02-01"), parse(answer))
        assert found.figures[kind.figure] == differing
        assert [(one.id, one.column, one.state) for one in found.differences] == (
            [(id, "sales, Invoice 1001", "warning")] if differing else []
        )


@pytest.mark.parametrize(
    ("fields", "states"),
    [
        ({"AccountType": "Bank"}, ["warning"]),
        ({"AccountType": "Credit Card", "CurrentBalance": money(-640)}, []),
        ({"AccountType": "Equity", "AccountSubType": "RetainedEarnings"}, []),
        ({"AccountType": "Income"}, []),
        ({"AccountType": "Bank", "Active": False}, []),
        ({"AccountType": "Bank", "CurrencyRef": {"value": "EUR"}}, []),
        ({"AccountType": "Bank", "TxnDate": "2026-02-02"}, ["in_flight"]),
    ],
)
def test_balance_of_an_account_beside_the_trial_balance(
    odd: Company, fields: dict[str, Any], states: list[str]
) -> None:
    """A balance that moved under an old stamp is found and read again, unless QuickBooks itself says another."""
    odd.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    moved = {"FromAccountRef": {"value": "B"}, "ToAccountRef": {"value": "X"}, "Amount": money(1)}
    odd.put("Transfer", "5", TxnDate=fields.pop("TxnDate", "2026-01-02"), **moved)
    account(odd, "B", 40, **fields)
    odd.build()
    report = trial(("100.00", "", "AR"), ("640.00", "", "B"), ("", "740.00", "I"))
    found = books.trial_balance(odd.connection, odd.realm_id, report)
    assert [(row.id, row.state) for row in found.differences] == [("B", state) for state in states]
    assert found.suspects == ((Suspect("Account", "B"),) if states == ["warning"] else ())
    assert found.figures["receivables_diff"] == 0


def test_a_vendors_rebate_is_income(odd: Company) -> None:
    """On a vendor credit; a bill may take some back."""
    income_account(odd, "FEES", "REBATES")
    odd.invoice(
        "1", 100, "01-10", Balance=money(100), Line=[sold("100", ItemAccountRef={"value": "FEES"})], **USD
    )
    kind = "AccountBasedExpenseLineDetail"
    for entity, id, amount in (("VendorCredit", "8", 30), ("Bill", "9", 10)):
        line = {"Amount": money(amount), "DetailType": kind, kind: {"AccountRef": {"value": "REBATES"}}}
        odd.put(entity, id, TxnDate="2026-01-20", TotalAmt=money(amount), Line=[line])
    found = earned(odd, ("FEES", "100.00"), ("REBATES", "20.00"))
    assert (found.differences, {row.id for row in found.beside}) == ((), {"8", "9"})


@pytest.mark.parametrize(
    ("fees", "shipping", "differing"),
    [
        ("80.00", "20.00", []),
        ("80.00", "20.01", ["", "SHIPPING"]),
        ("79.00", "21.00", ["", "FEES", "SHIPPING"]),
    ],
)
def test_sales_of_which_nobody_says_the_account(
    odd: Company, fees: str, shipping: str, differing: list[str]
) -> None:
    """Shipping and delayed charges stand in accounts that no line names: there is as much more, nowhere less."""
    income_account(odd, "FEES", "SHIPPING")
    lines = [sold("80", ItemAccountRef={"value": "FEES"}), sold("15", ItemRef={"value": "SHIPPING_ITEM_ID"})]
    odd.invoice("1", 100, "01-10", Balance=money(100), Line=lines, **USD)
    found = earned(odd, ("FEES", fees), ("SHIPPING", shipping))
    assert [row.id for row in found.differences if row.entity == "Account"] == differing


@pytest.mark.parametrize(
    ("ages_so", "bucket", "differing"),
    [(True, 2, 0), (True, 1, 0), (True, 3, 2), (False, 2, 2), (False, 1, 0)],
)
def test_a_company_that_ages_from_the_documents_own_dates(
    odd: Company, ages_so: bool, bucket: int, differing: int
) -> None:
    """Of 10 January, due on 9 February: on 1 March 50 days old and 20 past due. The setting may be heeded or not."""
    odd.put("Preferences", "1", ReportPrefs={"CalcAgingReportFromTxnDate": ages_so})
    odd.invoice("1", 100, "01-10", "02-09", Balance=money(100), **USD)
    odd.build("03-01")
    amounts = ["", "", "", "", "", "100.00"]
    amounts[bucket] = "100.00"
    nothing = row("D", "", "", "", "", "", "", id="D")
    answer = report("AgedReceivables", AGING, [row("C", *amounts, id="C"), nothing, grand_total(*amounts)])
    found = aged_receivables.by_customer(odd.connection, odd.realm_id, parse(answer))
    assert len(found.differences) == differing
