"""Which accounts each document moves: its double entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .documents import Document, charges, discount
from .money import ZERO, cents

if TYPE_CHECKING:
    from .books import Company


class Posting(NamedTuple):
    """A debit (positive) or credit in the account's own currency and at home; `party` on A/R and A/P."""

    account: str
    amount: Decimal
    home: Decimal
    party: str | None


class Entry(NamedTuple):
    """A debit (positive) or credit in the document's currency."""

    account: str
    amount: Decimal
    party: str | None = None


Entries = Iterator[Entry]


def income(company: Company, document: Document) -> Entries:
    """What a sale earns: items, discount, tax and the cost of the stock it takes."""
    for line in charges(document):
        detail = line.get("SalesItemLineDetail")
        if not detail:
            continue
        item = company.store["Item"][detail["ItemRef"]["value"]]
        yield Entry(detail["ItemAccountRef"]["value"], -line["Amount"])
        if item["Type"] == "Inventory" and detail.get("Qty"):
            cost = cents(detail["Qty"] * item["PurchaseCost"])
            yield Entry(item["ExpenseAccountRef"]["value"], cost)
            yield Entry(item["AssetAccountRef"]["value"], -cost)
    if reduction := discount(document):
        yield Entry(company.roles["discounts"], reduction)
    if tax := document.get("TxnTaxDetail", {}).get("TotalTax"):
        yield Entry(company.roles["sales tax"], -tax)


def invoice(company: Company, document: Document) -> Entries:
    deposit = document.get("Deposit", ZERO)
    receivable = company.control("receivable", document)
    yield Entry(receivable, document["TotalAmt"] - deposit, document["CustomerRef"]["value"])
    if deposit:
        yield Entry(document["DepositToAccountRef"]["value"], deposit)
    yield from income(company, document)


def credit_memo(company: Company, document: Document) -> Entries:
    receivable = company.control("receivable", document)
    yield Entry(receivable, -document["TotalAmt"], document["CustomerRef"]["value"])
    yield from reversed_entries(income(company, document))


def sales_receipt(company: Company, document: Document) -> Entries:
    yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
    yield from income(company, document)


def refund_receipt(company: Company, document: Document) -> Entries:
    return reversed_entries(sales_receipt(company, document))


def payment(company: Company, document: Document) -> Entries:
    if document["TotalAmt"]:
        receivable = company.control("receivable", document)
        yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
        yield Entry(receivable, -document["TotalAmt"], document["CustomerRef"]["value"])


def journal_entry(company: Company, document: Document) -> Entries:
    for line in document["Line"]:
        detail = line.get("JournalEntryLineDetail")
        if detail:
            sign = 1 if detail["PostingType"] == "Debit" else -1
            party = detail.get("Entity", {}).get("EntityRef", {}).get("value")
            yield Entry(detail["AccountRef"]["value"], sign * line["Amount"], party)


def deposit(company: Company, document: Document) -> Entries:
    yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
    if back := document.get("CashBack"):
        yield Entry(back["AccountRef"]["value"], back["Amount"])
    for line in document["Line"]:
        detail = line.get("DepositLineDetail")
        if detail:
            yield Entry(detail["AccountRef"]["value"], -line["Amount"], detail.get("Entity", {}).get("value"))
        else:
            yield Entry(company.roles["undeposited"], -line["Amount"])


def expenses(company: Company, document: Document) -> Entries:
    payee = document.get("EntityRef", {}).get("value")
    for line in document["Line"]:
        if detail := line.get("AccountBasedExpenseLineDetail"):
            party = detail.get("CustomerRef", {}).get("value", payee)
            yield Entry(detail["AccountRef"]["value"], line["Amount"], party)
        elif detail := line.get("ItemBasedExpenseLineDetail"):
            item = company.store["Item"][detail["ItemRef"]["value"]]
            kind = "AssetAccountRef" if item["Type"] == "Inventory" else "ExpenseAccountRef"
            yield Entry(item[kind]["value"], line["Amount"])


def bill(company: Company, document: Document) -> Entries:
    yield Entry(company.control("payable", document), -document["TotalAmt"], document["VendorRef"]["value"])
    yield from expenses(company, document)


def vendor_credit(company: Company, document: Document) -> Entries:
    return reversed_entries(bill(company, document))


def bill_payment(company: Company, document: Document) -> Entries:
    if document["PayType"] == "Check":
        source = document["CheckPayment"]["BankAccountRef"]["value"]
    else:
        source = document["CreditCardPayment"]["CCAccountRef"]["value"]
    if document["TotalAmt"]:
        yield Entry(source, -document["TotalAmt"])
        yield Entry(
            company.control("payable", document), document["TotalAmt"], document["VendorRef"]["value"]
        )


def purchase(company: Company, document: Document) -> Entries:
    entries = spent(company, document)
    return reversed_entries(entries) if document.get("Credit") else entries


def spent(company: Company, document: Document) -> Entries:
    yield Entry(document["AccountRef"]["value"], -document["TotalAmt"])
    yield from expenses(company, document)


def transfer(company: Company, document: Document) -> Entries:
    yield Entry(document["ToAccountRef"]["value"], document["Amount"])
    yield Entry(document["FromAccountRef"]["value"], -document["Amount"])


def credit_card_payment(company: Company, document: Document) -> Entries:
    yield Entry(document["CreditCardAccountRef"]["value"], document["Amount"])
    yield Entry(document["BankAccountRef"]["value"], -document["Amount"])


def tax_payment(company: Company, document: Document) -> Entries:
    sign = -1 if document.get("Refund") else 1
    yield Entry(company.roles["sales tax"], sign * document["PaymentAmount"])
    yield Entry(document["PaymentAccountRef"]["value"], -sign * document["PaymentAmount"])


def inventory_adjustment(company: Company, document: Document) -> Entries:
    for line in document["Line"]:
        detail = line["ItemAdjustmentLineDetail"]
        item = company.store["Item"][detail["ItemRef"]["value"]]
        value = cents(detail["QtyDiff"] * item["PurchaseCost"])
        yield Entry(item["AssetAccountRef"]["value"], value)
        yield Entry(document["AdjustAccountRef"]["value"], -value)


def reversed_entries(entries: Entries) -> Entries:
    for entry in entries:
        yield Entry(entry.account, -entry.amount, entry.party)


POSTING: dict[str, Callable[[Company, Document], Entries]] = {
    "Invoice": invoice,
    "CreditMemo": credit_memo,
    "SalesReceipt": sales_receipt,
    "RefundReceipt": refund_receipt,
    "Payment": payment,
    "JournalEntry": journal_entry,
    "Deposit": deposit,
    "Bill": bill,
    "VendorCredit": vendor_credit,
    "BillPayment": bill_payment,
    "Purchase": purchase,
    "Transfer": transfer,
    "CreditCardPayment": credit_card_payment,
    "TaxPayment": tax_payment,
    "InventoryAdjustment": inventory_adjustment,
}


def postings(company: Company, entity: str, document: Document) -> list[Posting]:
    """The document's double entry, netted per account and party; it balances in home currency to the cent."""
    rule = POSTING.get(entity)
    if rule is None:
        return []
    net: dict[tuple[str, str | None], Decimal] = {}
    for account, amount, party in rule(company, document):
        if amount:
            place = (account, party if account in company.controls else None)
            net[place] = net.get(place, ZERO) + amount
    currency = document.get("CurrencyRef", {}).get("value", company.home)
    if currency == company.home:
        return [Posting(account, amount, amount, party) for (account, party), amount in net.items() if amount]
    return foreign(company, currency, Decimal(document["ExchangeRate"]), net)


def foreign(
    company: Company, currency: str, rate: Decimal, net: dict[tuple[str, str | None], Decimal]
) -> list[Posting]:
    """Each place in home currency at the document's rate; a stray cent never lands on A/R or A/P."""
    home = {place: cents(amount * rate) for place, amount in net.items() if amount}
    stray = sum(home.values(), ZERO)
    if stray:
        free = [place for place in home if place[0] not in company.controls]
        spare = max(free, key=lambda place: abs(home[place]), default=(company.roles["exchange gain"], None))
        home[spare] = home.get(spare, ZERO) - stray
    return [
        Posting(
            account,
            net[account, party] if company.account_currency(account) == currency else amount,
            amount,
            party,
        )
        for (account, party), amount in home.items()
    ]
