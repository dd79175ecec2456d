"""What was open on A/R at a date, replayed from postings and payment lines."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..books.books import Books
from ..books.documents import Document, Key, settlements
from ..books.money import ONE, ZERO, cents
from ..clock import add_days, days_between

BUCKETS = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")


class OpenItem(NamedTuple):
    """One document's open part on one customer, debits positive; `home` at the document's own rate."""

    key: Key
    customer: str
    txn_date: str
    due_date: str
    amount: Decimal
    open: Decimal
    home: Decimal
    bucket: int


def open_as_of(books: Books, date: str, method: str) -> list[OpenItem]:
    """Everything open at the date.

    `Report_Date` counts a settlement from the later of the payment's and the document's date;
    `Current` counts every settlement up to now, whatever its date.
    """
    parts = receivable_parts(books, date)
    open = dict(parts)
    for id, payment in books.store["Payment"].items():
        settler = ("Payment", id)
        payer = payment["CustomerRef"]["value"]
        for target, amount in settlements(payment):
            effective = max(payment["TxnDate"], books.store[target[0]][target[1]]["TxnDate"])
            if method == "Report_Date" and effective > date:
                continue
            part = (target, books.ledger.part_for(payment, target))
            sign = books.ledger.sign(settler, target)
            for place, move in ((part, -sign * amount), ((settler, payer), sign * amount)):
                if place in open:
                    open[place] += move
                elif place[0] == settler and not payment["TotalAmt"] and payment["TxnDate"] <= date:
                    open[place] = move
    items = []
    for (key, customer), amount in open.items():
        if amount:
            document = books.store[key[0]][key[1]]
            due = due_date(books, key[0], document)
            home = cents(amount * document.get("ExchangeRate", ONE))
            original = parts.get((key, customer), ZERO)
            bucket = bucket_of(days_between(due, date))
            items.append(OpenItem(key, customer, document["TxnDate"], due, original, amount, home, bucket))
    return items


def receivable_parts(books: Books, date: str) -> dict[tuple[Key, str], Decimal]:
    """Per document dated up to the date and customer: its posting to A/R."""
    accounts = {
        id
        for id, account in books.store["Account"].items()
        if account["AccountType"] == "Accounts Receivable"
    }
    parts: dict[tuple[Key, str], Decimal] = {}
    for key, entries in books.ledger.postings.items():
        for entry in entries:
            if entry.account in accounts and entry.party is not None and date_of(books, key) <= date:
                place = (key, entry.party)
                parts[place] = parts.get(place, ZERO) + entry.amount
    return parts


def date_of(books: Books, key: Key) -> str:
    date: str = books.store[key[0]][key[1]]["TxnDate"]
    return date


def due_date(books: Books, entity: str, document: Document) -> str:
    """An invoice's due date, else its date plus terms, else its date; all else is due on its own date."""
    date: str = document["TxnDate"]
    if entity != "Invoice":
        return date
    if "DueDate" in document:
        due: str = document["DueDate"]
        return due
    term = books.store["Term"].get(document.get("SalesTermRef", {}).get("value", ""))
    return add_days(date, int(term["DueDays"])) if term else date


def bucket_of(days_past_due: int) -> int:
    """Index into BUCKETS: 30 days past due are still in `1 - 30`."""
    return 0 if days_past_due <= 0 else min((days_past_due - 1) // 30 + 1, 4)
