"""The identities of a set of books, recomputed from the documents alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipelines.embedded.books.company import Company
from pipelines.embedded.books.money import cents
from pipelines.embedded.reports.registry import answer_report

ZERO = Decimal(0)
SALES = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate")
ENTITY = {"Expense": "Purchase", "Check": "Purchase", "CreditCardCredit": "Purchase"}

Part = tuple[str, str, str]  # entity, id, customer


def assert_sound(company: Company) -> None:
    """Every identity, in one go."""
    assert_forms_add_up(company)
    opened = open_parts(company)
    assert_documents_agree(company, opened)
    assert_customers_agree(company, opened)
    assert_accounts_agree(company, opened)
    assert_postings_balance(company)
    assert_reports_agree(company, opened)


def assert_forms_add_up(company: Company) -> None:
    for entity in SALES:
        for form in company.objects(entity):
            (subtotal,) = [line["Amount"] for line in form["Line"] if "SubTotalLineDetail" in line]
            discount = sum((line["Amount"] for line in form["Line"] if "DiscountLineDetail" in line), ZERO)
            items = sum((line["Amount"] for line in item_lines(form)), ZERO)
            assert items == subtotal, (entity, form["Id"])
            assert subtotal - discount + form["TxnTaxDetail"]["TotalTax"] == form["TotalAmt"], (
                entity,
                form["Id"],
            )


def item_lines(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for line in form["Line"]:
        yield from (
            part
            for part in line.get("GroupLineDetail", {}).get("Line", [line])
            if "SalesItemLineDetail" in part
        )


def receivable_accounts(company: Company) -> dict[str, str]:
    """A/R accounts: id to currency."""
    return {
        account["Id"]: account["CurrencyRef"]["value"]
        for account in company.objects("Account")
        if account["AccountType"] == "Accounts Receivable"
    }


def original_parts(company: Company) -> dict[Part, Decimal]:
    """What each document puts on A/R, per customer, debits positive, before anything is applied."""
    accounts = receivable_accounts(company)
    parts: dict[Part, Decimal] = defaultdict(Decimal)
    for form in company.objects("Invoice"):
        parts["Invoice", form["Id"], form["CustomerRef"]["value"]] += form["TotalAmt"] - form.get(
            "Deposit", ZERO
        )
    for entity in ("CreditMemo", "Payment"):
        for form in company.objects(entity):
            parts[entity, form["Id"], form["CustomerRef"]["value"]] -= form["TotalAmt"]
    for form in company.objects("JournalEntry"):
        for line in form["Line"]:
            detail = line["JournalEntryLineDetail"]
            if detail["AccountRef"]["value"] in accounts:
                sign = 1 if detail["PostingType"] == "Debit" else -1
                customer = detail["Entity"]["EntityRef"]["value"]
                parts["JournalEntry", form["Id"], customer] += sign * line["Amount"]
    for form in company.objects("Deposit"):
        for line in form["Line"]:
            detail = line.get("DepositLineDetail")
            if detail and detail["AccountRef"]["value"] in accounts:
                parts["Deposit", form["Id"], detail["Entity"]["value"]] -= line["Amount"]
    for form in company.objects("Purchase"):
        for line in form["Line"]:
            detail = line.get("AccountBasedExpenseLineDetail", {})
            if detail.get("AccountRef", {}).get("value") in accounts:
                sign = -1 if form.get("Credit") else 1
                parts["Purchase", form["Id"], detail["CustomerRef"]["value"]] += sign * line["Amount"]
    return parts


def open_parts(company: Company) -> dict[Part, Decimal]:
    """What is left of each part after every payment line; no part crosses zero."""
    originals = original_parts(company)
    opened = dict(originals)
    by_document: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in originals:
        by_document[part[:2]].append(part)
    for payment in company.objects("Payment"):
        payer = payment["CustomerRef"]["value"]
        debits = credits = ZERO
        for line in payment["Line"]:
            (link,) = line["LinkedTxn"]
            assert line["Amount"] > 0
            target = (ENTITY.get(link["TxnType"], link["TxnType"]), link["TxnId"])
            parts = [part for part in by_document[target] if originals[part]]
            family = [part for part in parts if company.root(part[2]) == company.root(payer)]
            own = [part for part in parts if part[2] == payer]
            named = [part for part in parts if part[2] == named_customer(company, link)]
            part = (named or own or family or parts)[0]
            if originals[part] > 0:
                opened[part] -= line["Amount"]
                debits += line["Amount"]
            else:
                opened[part] += line["Amount"]
                credits += line["Amount"]
        assert debits - credits == payment["TotalAmt"] - payment["UnappliedAmt"], payment["Id"]
        opened["Payment", payment["Id"], payer] += debits - credits
    for part, amount in opened.items():
        assert amount * originals[part] >= 0, part
        assert abs(amount) <= abs(originals[part]), part
    return opened


def named_customer(company: Company, link: dict[str, Any]) -> str | None:
    """Whose line of a journal entry a payment's link names, if any."""
    entry = company.get("JournalEntry", link["TxnId"]) if "TxnLineId" in link else None
    for line in entry["Line"] if entry else ():
        if line["Id"] == link["TxnLineId"]:
            name: str = line["JournalEntryLineDetail"]["Entity"]["EntityRef"]["value"]
            return name
    return None


def assert_documents_agree(company: Company, opened: dict[Part, Decimal]) -> None:
    for (entity, id, _), amount in opened.items():
        form = company.get(entity, id)
        assert form is not None
        if entity == "Invoice":
            assert form["Balance"] == amount, form["Id"]
        elif entity == "CreditMemo":
            assert form["Balance"] == form["RemainingCredit"] == -amount, form["Id"]
        elif entity == "Payment":
            assert form["UnappliedAmt"] == -amount, form["Id"]


def assert_customers_agree(company: Company, opened: dict[Part, Decimal]) -> None:
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for (_, _, customer), amount in opened.items():
        owed[customer] += amount
    with_jobs: dict[str, Decimal] = defaultdict(Decimal)
    for customer in company.objects("Customer"):
        assert customer["Balance"] == owed[customer["Id"]], customer["DisplayName"]
        above: str | None = customer["Id"]
        while above:
            with_jobs[above] += owed[customer["Id"]]
            row = company.get("Customer", above)
            assert row is not None
            above = row.get("ParentRef", {}).get("value")
    for customer in company.objects("Customer"):
        assert customer["BalanceWithJobs"] == with_jobs[customer["Id"]], customer["DisplayName"]


def assert_accounts_agree(company: Company, opened: dict[Part, Decimal]) -> None:
    """Each A/R account, in its currency, is what its customers owe; A/P is what vendors are owed."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for (_, _, customer), amount in opened.items():
        row = company.get("Customer", customer)
        assert row is not None
        owed[row["CurrencyRef"]["value"]] += amount
    for id, currency in receivable_accounts(company).items():
        account = company.get("Account", id)
        assert account is not None
        assert account["CurrentBalance"] == owed[currency], account["Name"]
    for account in company.objects("Account"):
        if account["AccountType"] == "Accounts Payable":
            currency = account["CurrencyRef"]["value"]
            vendors = [row for row in company.objects("Vendor") if row["CurrencyRef"]["value"] == currency]
            assert -account["CurrentBalance"] == sum((row["Balance"] for row in vendors), ZERO)


def assert_postings_balance(company: Company) -> None:
    for key, entries in company.ledger.postings.items():
        assert sum((entry.home for entry in entries), ZERO) == 0, key


def assert_reports_agree(company: Company, opened: dict[Part, Decimal]) -> None:
    """AgedReceivables by either method, CustomerBalance and the trial balance all say the same of today."""
    home: dict[str, Decimal] = defaultdict(Decimal)
    for (entity, id, customer), amount in opened.items():
        form = company.get(entity, id)
        assert form is not None
        home[customer] += cents(amount * form.get("ExchangeRate", Decimal(1)))
    expected = {customer: amount for customer, amount in home.items() if amount}
    total = sum(expected.values(), ZERO)
    today = company.today()
    for params in ({"aging_method": "Report_Date", "report_date": today}, {"aging_method": "Current"}):
        report = answer_report(company, "AgedReceivables", params)
        assert {id: row[-1] for id, row in leaves(report).items() if row[-1]} == expected
        for row in leaves(report).values():
            assert sum(row[:-1], ZERO) == row[-1]
        assert grand_total(report)[-1] == total
    assert grand_total(answer_report(company, "CustomerBalance", {}))[-1] == total
    trial = answer_report(company, "TrialBalance", {"end_date": today})
    debits, credits = grand_total(trial)
    assert debits == credits
    accounts = leaves(trial)
    receivable = [accounts[id] for id in receivable_accounts(company) if id in accounts]
    assert sum((debit - credit for debit, credit in receivable), ZERO) == total


def leaves(report: dict[str, Any]) -> dict[str, list[Decimal]]:
    """Data rows at any depth: the id of the first cell to the amounts of the others."""
    found: dict[str, list[Decimal]] = {}

    def walk(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if "ColData" in row:
                first, *cells = row["ColData"]
                assert first["id"] not in found
                found[first["id"]] = [Decimal(cell["value"] or 0) for cell in cells]
            walk(row.get("Rows", {}).get("Row", []))

    walk(report["Rows"].get("Row", []))
    return found


def grand_total(report: dict[str, Any]) -> list[Decimal]:
    """The report's last row; without data a report has none, and everything is nothing."""
    if not report["Rows"]:
        return [ZERO for column in report["Columns"]["Column"] if column["ColType"] == "Money"]
    last = report["Rows"]["Row"][-1]
    assert last["group"] == "GrandTotal"
    return [Decimal(cell["value"]) for cell in last["Summary"]["ColData"][1:]]
