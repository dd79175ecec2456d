"""Which accounts each document moves: its double entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from .documents import Document, charges, discount
from .money import ONE, ZERO, cents
from .profile import HIDDEN
from .state import State


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
Place = tuple[str, str | None]
"""An account, and on A/R and A/P whose part of it."""


def income(state: State, document: Document) -> Entries:
    """What a sale earns: items, discount, tax and the cost of the stock it takes, which is in home currency."""
    rate = Decimal(document.get("ExchangeRate", ONE))
    for line in charges(document):
        detail = line.get("SalesItemLineDetail")
        if not detail:
            continue
        item = state.store["Item"].get(detail.get("ItemRef", {}).get("value", ""))
        yield Entry(sale_account(state, detail), -line["Amount"])
        if item and item["Type"] == "Inventory" and detail.get("Qty"):
            cost = cents(detail["Qty"] * item["PurchaseCost"])
            cost = cost / rate if rate != ONE else cost
            yield Entry(item["ExpenseAccountRef"]["value"], cost)
            yield Entry(item["AssetAccountRef"]["value"], -cost)
    if reduction := discount(document):
        yield Entry(state.roles["discounts"], reduction)
    if tax := document.get("TxnTaxDetail", {}).get("TotalTax"):
        yield Entry(state.roles["sales tax"], -tax)


def sale_account(state: State, detail: Document) -> str:
    """The account that a line of a sales form posts to; a shipping line does not say it."""
    account: str = (
        detail["ItemAccountRef"]["value"] if "ItemAccountRef" in detail else state.roles["shipping"]
    )
    return account


def invoice(state: State, document: Document) -> Entries:
    deposit = document.get("Deposit", ZERO)
    receivable = state.control("receivable", document)
    yield Entry(receivable, document["TotalAmt"] - deposit, document["CustomerRef"]["value"])
    if deposit:
        yield Entry(document["DepositToAccountRef"]["value"], deposit)
    yield from income(state, document)


def credit_memo(state: State, document: Document) -> Entries:
    receivable = state.control("receivable", document)
    yield Entry(receivable, -document["TotalAmt"], document["CustomerRef"]["value"])
    yield from reversed_entries(income(state, document))


def sales_receipt(state: State, document: Document) -> Entries:
    yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
    yield from income(state, document)


def refund_receipt(state: State, document: Document) -> Entries:
    return reversed_entries(sales_receipt(state, document))


def payment(state: State, document: Document) -> Entries:
    if document["TotalAmt"]:
        receivable = state.control("receivable", document)
        yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
        yield Entry(receivable, -document["TotalAmt"], document["CustomerRef"]["value"])


def journal_entry(state: State, document: Document) -> Entries:
    for line in document["Line"]:
        detail = line.get("JournalEntryLineDetail")
        if detail:
            sign = 1 if detail["PostingType"] == "Debit" else -1
            party = detail.get("Entity", {}).get("EntityRef", {}).get("value")
            yield Entry(detail["AccountRef"]["value"], sign * line["Amount"], party)


def deposit(state: State, document: Document) -> Entries:
    yield Entry(document["DepositToAccountRef"]["value"], document["TotalAmt"])
    if back := document.get("CashBack"):
        yield Entry(back["AccountRef"]["value"], back["Amount"])
    for line in document["Line"]:
        detail = line.get("DepositLineDetail")
        if detail:
            yield Entry(detail["AccountRef"]["value"], -line["Amount"], detail.get("Entity", {}).get("value"))
        else:
            yield Entry(state.roles["undeposited"], -line["Amount"])


def expenses(state: State, document: Document) -> Entries:
    payee = document.get("EntityRef", {}).get("value")
    for line in document["Line"]:
        if detail := line.get("AccountBasedExpenseLineDetail"):
            party = detail.get("CustomerRef", {}).get("value", payee)
            yield Entry(detail["AccountRef"]["value"], line["Amount"], party)
        elif detail := line.get("ItemBasedExpenseLineDetail"):
            item = state.store["Item"][detail["ItemRef"]["value"]]
            kind = "AssetAccountRef" if item["Type"] == "Inventory" else "ExpenseAccountRef"
            yield Entry(item[kind]["value"], line["Amount"])


def bill(state: State, document: Document) -> Entries:
    yield Entry(state.control("payable", document), -document["TotalAmt"], document["VendorRef"]["value"])
    yield from expenses(state, document)


def vendor_credit(state: State, document: Document) -> Entries:
    return reversed_entries(bill(state, document))


def bill_payment(state: State, document: Document) -> Entries:
    if document["PayType"] == "Check":
        source = document["CheckPayment"]["BankAccountRef"]["value"]
    else:
        source = document["CreditCardPayment"]["CCAccountRef"]["value"]
    if document["TotalAmt"]:
        yield Entry(source, -document["TotalAmt"])
        yield Entry(state.control("payable", document), document["TotalAmt"], document["VendorRef"]["value"])


def purchase(state: State, document: Document) -> Entries:
    entries = purchase_entries(state, document)
    return reversed_entries(entries) if document.get("Credit") else entries


def purchase_entries(state: State, document: Document) -> Entries:
    yield Entry(document["AccountRef"]["value"], -document["TotalAmt"])
    yield from expenses(state, document)


def transfer(state: State, document: Document) -> Entries:
    yield Entry(document["ToAccountRef"]["value"], document["Amount"])
    yield Entry(document["FromAccountRef"]["value"], -document["Amount"])


def credit_card_payment(state: State, document: Document) -> Entries:
    yield Entry(document["CreditCardAccountRef"]["value"], document["Amount"])
    yield Entry(document["BankAccountRef"]["value"], -document["Amount"])


def tax_payment(state: State, document: Document) -> Entries:
    sign = -1 if document.get("Refund") else 1
    yield Entry(state.roles["sales tax"], sign * document["PaymentAmount"])
    yield Entry(document["PaymentAccountRef"]["value"], -sign * document["PaymentAmount"])


def inventory_adjustment(state: State, document: Document) -> Entries:
    for line in document["Line"]:
        detail = line["ItemAdjustmentLineDetail"]
        item = state.store["Item"][detail["ItemRef"]["value"]]
        value = cents(detail["QtyDiff"] * item["PurchaseCost"])
        yield Entry(item["AssetAccountRef"]["value"], value)
        yield Entry(document["AdjustAccountRef"]["value"], -value)


def hidden(state: State, document: Document) -> Entries:
    """What is paid from an account by the lines of a document that the API does not show."""
    yield Entry(document["AccountRef"]["value"], -document["TotalAmt"])
    for line in document["Line"]:
        yield Entry(line["AccountRef"]["value"], line["Amount"])


def reversed_entries(entries: Entries) -> Entries:
    for entry in entries:
        yield Entry(entry.account, -entry.amount, entry.party)


POSTING: dict[str, Callable[[State, Document], Entries]] = {
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
    **dict.fromkeys(HIDDEN, hidden),
}


def postings(state: State, entity: str, document: Document) -> list[Posting]:
    """The document's double entry, netted per account and party; it balances in home currency to the cent."""
    rule = POSTING.get(entity)
    if rule is None:
        return []
    places = [
        ((account, party if account in state.controls else None), amount)
        for account, amount, party in rule(state, document)
        if amount
    ]
    net: dict[Place, Decimal] = {}
    for place, amount in places:
        net[place] = net.get(place, ZERO) + amount
    currency = document.get("CurrencyRef", {}).get("value", state.home)
    if currency == state.home:
        return [Posting(account, amount, amount, party) for (account, party), amount in net.items() if amount]
    rate = Decimal(document["ExchangeRate"])
    rounded = net.items() if state.home_rounding == "account" else places
    home: dict[Place, Decimal] = {}
    for place, amount in rounded:
        if net[place]:
            home[place] = home.get(place, ZERO) + cents(amount * rate)
    return foreign(state, currency, net, home)


def foreign(
    state: State, currency: str, net: dict[Place, Decimal], home: dict[Place, Decimal]
) -> list[Posting]:
    """Each place in both currencies; a stray cent never lands on A/R or A/P."""
    stray = sum(home.values(), ZERO)
    if stray:
        free = [place for place in home if place[0] not in state.controls] or [
            (state.roles["exchange gain"], None)
        ]
        last = state.home_rounding == "last"
        spare = free[-1] if last else max(free, key=lambda place: abs(home.get(place, ZERO)))
        home[spare] = home.get(spare, ZERO) - stray
    return [
        Posting(
            account,
            net[account, party] if state.account_currency(account) == currency else amount,
            amount,
            party,
        )
        for (account, party), amount in home.items()
    ]
