"""A small receivables ledger that keeps its own open amounts, without a line of SQL."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from tests.support.books import Books

FIRST = datetime.date(2026, 1, 1)
CENT = Decimal("0.01")
CUSTOMERS = {"P": None, "S": "P", "C": None}
FAMILY = {"P": ["P", "S"], "S": ["S"], "C": ["C"]}
TYPE_NAMES = {"Purchase": ["Check", "Expense"]}


@dataclass
class Document:
    """One A/R document of one customer; `open` is what its applications have left of `amount`."""

    kind: str
    id: str
    customer: str
    date: datetime.date
    amount: Decimal
    open: Decimal
    due: datetime.date
    links: list[tuple[Document, Decimal]] = field(default_factory=list)


@dataclass
class Ledger:
    """Documents in the order they were entered; dates are in no order."""

    documents: list[Document] = field(default_factory=list)
    scale: int = 1
    shift: int = 0

    def post(self, kind: str, customer: str, date: datetime.date, amount: Decimal, term: int = 0) -> Document:
        amount, date = amount * self.scale, date + datetime.timedelta(self.shift)
        due = date + datetime.timedelta(term)
        document = Document(kind, str(len(self.documents) + 1), customer, date, amount, amount, due)
        self.documents.append(document)
        return document

    def pay(
        self, customer: str, date: datetime.date, cash: Decimal, links: list[tuple[Document, Decimal]]
    ) -> None:
        """Links are (document, share of what it has open); credits among them add to the cash."""
        payment = self.post("Payment", customer, date, Decimal(0))
        used = Decimal(0)
        for document, share in links:
            applied = (document.open / self.scale * share).quantize(CENT) * self.scale
            if applied:
                document.open -= applied
                payment.links.append((document, abs(applied)))
                used += applied
        if used < 0:  # more credits than charges: take the payment back
            for document, applied in payment.links:
                document.open += applied if document.amount > 0 else -applied
            payment.links, used = [], Decimal(0)
        payment.amount = -(used + cash * self.scale)
        payment.open = -cash * self.scale

    def open_on(self, day: datetime.date) -> dict[str, Decimal]:
        """What is open at a day's end, replayed document by document."""
        result = {document.id: document.amount for document in self.documents if document.date <= day}
        for payment in self.documents:
            for target, applied in payment.links:
                if max(payment.date, target.date) <= day:
                    sign = 1 if target.amount > 0 else -1
                    result[target.id] -= sign * applied
                    result[payment.id] += sign * applied
        return {id: amount for id, amount in result.items() if amount}

    def write(self, books: Books) -> None:
        """Enters everything as QuickBooks would send it, balances included."""
        books.receivable_account()
        for id, parent in CUSTOMERS.items():
            books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
        for document in self.documents:
            kind, id, date, amount = document.kind, document.id, str(document.date), abs(document.amount)
            if kind == "Invoice":
                books.invoice(id, amount, date, str(document.due), document.customer, Balance=document.open)
            elif kind == "CreditMemo":
                books.credit_memo(id, amount, date, document.customer, RemainingCredit=-document.open)
            elif kind == "JournalEntry":
                books.journal_entry(id, date, (document.customer, document.amount))
            elif kind == "Deposit":
                books.deposit(id, amount, date, document.customer)
            elif kind == "Purchase":
                books.cheque(id, amount, date, document.customer)
            else:
                links = [
                    (TYPE_NAMES.get(target.kind, [target.kind])[0], target.id, a)
                    for target, a in document.links
                ]
                books.payment(
                    id, amount, date, *links, customer=document.customer, UnappliedAmt=-document.open
                )


def random_ledger(random: Random, *, scale: int = 1, shift: int = 0) -> Ledger:
    """About thirty documents over half a year: partial, mixed, over- and prepayments, credits of every kind."""
    ledger = Ledger(scale=scale, shift=shift)

    def some_day() -> datetime.date:
        return FIRST + datetime.timedelta(random.randrange(180))

    for _ in range(30):
        customer = random.choice("PSC")
        amount = Decimal(random.randrange(1, 50_000)).scaleb(-2)
        kind = random.choice(
            ["Invoice"] * 4 + ["CreditMemo", "JournalEntry", "Deposit", "Purchase"] + ["Payment"] * 5
        )
        if kind == "Payment":
            family = [document for document in ledger.documents if document.customer in FAMILY[customer]]
            chosen = [document for document in family if document.open and document.kind != "Payment"]
            chosen = random.sample(chosen, min(len(chosen), random.randrange(1, 4)))
            chosen.sort(key=lambda document: document.open < 0)
            shares = [Decimal(random.choice(["1", "1", "0.5", "0.333"])) for _ in chosen]
            cash = random.choice([Decimal(0), Decimal(0), amount])
            ledger.pay(customer, some_day(), cash, list(zip(chosen, shares, strict=True)))
        else:
            credit = kind in ("CreditMemo", "Deposit") or (kind == "JournalEntry" and random.random() < 0.5)
            ledger.post(
                kind, customer, some_day(), -amount if credit else amount, 30 if kind == "Invoice" else 0
            )
    return ledger
