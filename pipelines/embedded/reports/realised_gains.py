"""The gains and losses that payments realise on exchange rates."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..books.books import Books
from ..books.documents import Key, settlements
from ..books.ledger import SETTLEMENTS
from ..books.money import ZERO, cents


class RealisedGain(NamedTuple):
    """Home currency that leaves (negative) or enters an A/R or A/P account when a settlement takes effect."""

    date: str
    account: str
    home: Decimal


def realised_gains(books: Books) -> list[RealisedGain]:
    """Every home-currency difference between a settlement's rate and that of what it settles.

    A/R clears at the invoice's rate, so a document's home balance is always its open amount at its own rate;
    the other side of each row is Exchange Gain or Loss.
    """
    if not books.profile.multicurrency:
        return []
    steps = []
    for entity in SETTLEMENTS:
        for id, payment in books.store[entity].items():
            if payment["CurrencyRef"]["value"] == books.home:
                continue
            for number, (target, amount) in enumerate(settlements(payment)):
                date = max(payment["TxnDate"], books.store[target[0]][target[1]]["TxnDate"])
                steps.append((date, int(id), number, (entity, id), target, amount))
    steps.sort(key=lambda step: step[:3])
    open: dict[tuple[Key, str], Decimal] = {}
    rows = []
    for date, _, _, settler, target, amount in steps:
        part = books.ledger.part(settler, target)
        (payer,) = books.ledger.original(settler)
        sign = books.ledger.sign(settler, target)
        change = ZERO
        for key, party, move in ((target, part, -sign * amount), (settler, payer, sign * amount)):
            rate = books.store[key[0]][key[1]]["ExchangeRate"]
            before = open.setdefault((key, party), books.ledger.original(key)[party])
            open[key, party] = before + move
            change += cents((before + move) * rate) - cents(before * rate)
        if change:
            document = books.store[settler[0]][settler[1]]
            kind = "receivable" if settler[0] == "Payment" else "payable"
            rows.append(RealisedGain(date, books.control(kind, document), change))
    return rows
