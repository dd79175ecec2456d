"""Payments and bill payments: what they settle, and how far they may."""

from __future__ import annotations

from decimal import Decimal

from .books import Books
from .documents import LINKED_ENTITY, Document, Key, Refused, settlements
from .heads import home_total, transaction_head
from .money import ZERO, cents

NAME_VALUE = "{http://schema.intuit.com/finance/v3}NameValue"
LINKING_NOTE = "Created by QB Online to link credits to charges."


def complete_payment(books: Books, entity: str, body: Document, changes: Document) -> Document:
    payment = transaction_head(books, entity, body, "Customer", changes)
    payment["TotalAmt"] = cents(payment.get("TotalAmt", ZERO))
    if payment["TotalAmt"]:
        payment.setdefault("DepositToAccountRef", books.ref("Account", books.roles["undeposited"]))
    if books.profile.multicurrency:
        payment["ARAccountRef"] = {"value": books.control("receivable", payment)}
    payment["Line"] = settlement_lines(books, payment)
    payment.setdefault("UnappliedAmt", ZERO)
    payment.setdefault("ProcessPayment", False)
    payment.setdefault("LinkedTxn", [])
    home_total(books, payment)
    return payment


def complete_bill_payment(books: Books, entity: str, body: Document, changes: Document) -> Document:
    payment = transaction_head(books, entity, body, "Vendor", changes)
    payment["TotalAmt"] = cents(payment.get("TotalAmt", ZERO))
    payment.setdefault("PayType", "Check")
    if payment["PayType"] == "Check":
        bank = {"BankAccountRef": books.ref("Account", books.roles["checking"]), "PrintStatus": "NotSet"}
        payment.setdefault("CheckPayment", bank)
    else:
        payment.setdefault("CreditCardPayment", {"CCAccountRef": books.ref("Account", books.roles["card"])})
    payment["Line"] = settlement_lines(books, payment)
    home_total(books, payment)
    return payment


def settlement_lines(books: Books, payment: Document) -> list[Document]:
    return [
        line if "LineEx" in line else explain(books, payment, line)
        for line in ({**line, "Amount": cents(line["Amount"])} for line in payment.get("Line", ()))
        if line["Amount"]
    ]


def explain(books: Books, payment: Document, line: Document) -> Document:
    """The line with what QuickBooks adds: the document's id, open balance before this payment, and number."""
    (link,) = line["LinkedTxn"]
    key = (LINKED_ENTITY[link["TxnType"]], link["TxnId"])
    target = books.store[key[0]].get(key[1], {})
    parts = books.ledger.open.get(key, {})
    if len(parts) > 1:
        parts = {
            party: amount for party, amount in parts.items() if party == books.ledger.part_for(payment, key)
        }
    opened = abs(sum(parts.values(), ZERO))
    facts = {"txnId": key[1], "txnOpenBalance": f"{opened:.2f}"}
    if "DocNumber" in target:
        facts["txnReferenceNumber"] = target["DocNumber"]
    return {**line, "LineEx": {"any": [name_value(name, value) for name, value in facts.items()]}}


def name_value(name: str, value: str) -> Document:
    return {
        "name": NAME_VALUE,
        "nil": False,
        "value": {"Name": name, "Value": value},
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "globalScope": True,
        "typeSubstituted": False,
    }


def refuse_overapplied(books: Books, key: Key, payment: Document) -> None:
    """A line may take no more than is open on its document, and the lines no more than the payment has."""
    taken: dict[Key, Decimal] = {}
    for target, amount in settlements(payment):
        if amount < 0:
            raise Refused("2140", f"{key[0]} line on {target[0]} {target[1]} is negative")
        document = books.store[target[0]].get(target[1])
        if document is None or not books.ledger.original(target):
            raise Refused("620", f"{target[0]} {target[1]} cannot be linked")
        if document.get("CurrencyRef") != payment.get("CurrencyRef"):
            raise Refused("620", f"{target[0]} {target[1]} is in another currency")
        taken[target] = taken.get(target, ZERO) + amount
    balance = ZERO
    for target, amount in taken.items():
        part = books.ledger.part_for(payment, target)
        sign = 1 if books.ledger.original(target)[part] > 0 else -1
        others = sum(
            (line for settler in books.ledger.settlers.get(target, ()) if settler != key
             and books.ledger.part(settler, target) == part
             for where, line in settlements(books.store[settler[0]][settler[1]]) if where == target),
            ZERO,
        )  # fmt: skip
        if amount + others > abs(books.ledger.original(target)[part]):
            raise Refused("6000", f"{target[0]} {target[1]} has less open than {amount}")
        balance += sign * amount
    due = balance if key[0] == "Payment" else -balance
    if not ZERO <= payment["TotalAmt"] - due <= payment["TotalAmt"]:
        raise Refused("6000", f"{key[0]} of {payment['TotalAmt']} cannot settle {due}")


def fit(books: Books, key: Key, payment: Document) -> Document | None:
    """The payment with lines cut from the end until it settles no more than it has.

    None when nothing is left of a payment that only linked credits to charges.
    """
    lines = list(payment["Line"])
    side = 1 if key[0] == "Payment" else -1

    def due(line: Document) -> Decimal:
        target, amount = next(settlements({"Line": [line]}))
        return side * books.ledger.sign(key, target) * amount

    for kind in (1, -1):
        for number in reversed(range(len(lines))):
            settles = sum(map(due, lines), ZERO)
            over = settles - payment["TotalAmt"] if kind == 1 else -settles
            if over > 0 and due(lines[number]) * kind > 0:
                rest = lines[number]["Amount"] - min(over, lines[number]["Amount"])
                lines[number : number + 1] = [{**lines[number], "Amount": cents(rest)}] if rest else []
    if not lines and not payment["TotalAmt"]:
        return None
    return {**payment, "Line": lines}
