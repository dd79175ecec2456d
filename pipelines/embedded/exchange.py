"""Exchange rates of a made-up world, and the gains that payments realise on them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from .documents import Key, settled
from .ledger import SETTLEMENTS
from .money import ZERO, cents

if TYPE_CHECKING:
    from .books import Company

LEVELS = {"USD": 1.37, "EUR": 1.5}


@lru_cache(maxsize=4096)
def exchange_rate(seed: int, currency: str, date: str) -> Decimal:
    """Home units per foreign unit, six decimals: a slow swing around a level and a daily jitter."""
    day = dt.date.fromisoformat(date).toordinal()
    jitter = Random(f"{seed}/{currency}/{date}").uniform(-0.004, 0.004)
    rate = LEVELS[currency] * (1 + 0.03 * math.sin(day / 97 + len(currency) + seed) + jitter)
    return Decimal(rate).quantize(Decimal("0.000001"), ROUND_HALF_UP)


class Realised(NamedTuple):
    """Home currency that leaves (negative) or enters an A/R or A/P account when a settlement takes effect."""

    date: str
    account: str
    home: Decimal


def realised(company: Company) -> list[Realised]:
    """Every home-currency difference between a settlement's rate and that of what it settles.

    A/R clears at the invoice's rate, so a document's home balance is always its open amount at its own rate;
    the other side of each row is Exchange Gain or Loss.
    """
    if not company.profile.multicurrency:
        return []
    steps = []
    for entity in SETTLEMENTS:
        for id, payment in company.store[entity].items():
            if payment["CurrencyRef"]["value"] == company.home:
                continue
            for number, (target, amount) in enumerate(settled(payment)):
                date = max(payment["TxnDate"], company.store[target[0]][target[1]]["TxnDate"])
                steps.append((date, int(id), number, (entity, id), target, amount))
    steps.sort(key=lambda step: step[:3])
    open: dict[tuple[Key, str], Decimal] = {}
    rows = []
    for date, _, _, settler, target, amount in steps:
        part = company.ledger.part(settler, target)
        (payer,) = company.ledger.original(settler)
        sign = company.ledger.sign(settler, target)
        change = ZERO
        for key, party, move in ((target, part, -sign * amount), (settler, payer, sign * amount)):
            rate = company.store[key[0]][key[1]]["ExchangeRate"]
            before = open.setdefault((key, party), company.ledger.original(key)[party])
            open[key, party] = before + move
            change += cents((before + move) * rate) - cents(before * rate)
        if change:
            document = company.store[settler[0]][settler[1]]
            kind = "receivable" if settler[0] == "Payment" else "payable"
            rows.append(Realised(date, company.control(kind, document), change))
    return rows
