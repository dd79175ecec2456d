"""The guesses that anybody can make without a model, from documents alone: what each prediction is compared with.

Whoever wrote these had not read the models; `tests/transforms/test_simple_rules.py` holds what is published to them.
"""

from __future__ import annotations

import datetime
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

import duckdb

Date = datetime.date
Purchase = tuple[str, str, Date]
"""A customer, an item and the day it was bought."""


def days(count: float) -> datetime.timedelta:
    return datetime.timedelta(days=count)


@dataclass(frozen=True)
class Bill:
    """An invoice with what settled it, in the order of days: day, amount applied, part of it that was money."""

    id: str
    issued: Date
    due: Date
    amount: Decimal
    settled: tuple[tuple[Date, Decimal, Decimal], ...]

    def closed_on(self, known_by: Date) -> Date | None:
        """Day on which nothing was open any more; null while something is."""
        settled = [part for part in self.settled if part[0] <= known_by]
        for (date, _, _), total in zip(settled, accumulate(part[1] for part in settled), strict=True):
            if total >= self.amount:
                return date
        return None

    def paid_on(self, known_by: Date) -> Date | None:
        """Day on which it was closed, if any money took part in it; null for one that credits alone closed."""
        closed = self.closed_on(known_by)
        return closed if any(money > 0 and date <= known_by for date, _, money in self.settled) else None

    def is_open(self, on: Date) -> bool:
        return self.issued <= on and self.closed_on(on) is None


def bills(connection: duckdb.DuckDBPyConnection, realm_id: str) -> list[Bill]:
    """Invoices that ask for money, with what settled them.

    What an invoice asks for again, after a returned cheque, is money of the invoice that the cheque was for.
    """
    settled = defaultdict(list)
    for id, date, applied, money in connection.execute(
        """select invoice_id, effective_date, applied_amount - returned_amount, cash_amount
        from core.invoice_settlements where realm_id = $1
        union all
        select settled_id, effective_date, applied_amount, 0
        from core.invoice_settlements
        where realm_id = $1 and settled_type = 'Invoice' and settled_id <> invoice_id
        order by effective_date""",
        [realm_id],
    ).fetchall():
        settled[id].append((date, applied, money))
    return [
        Bill(id, issued, due, amount, tuple(settled[id]))
        for id, issued, due, amount in connection.execute(
            """select doc_id, txn_date, due_date, ar_amount from core.receivables
            where realm_id = ? and doc_type = 'Invoice' and not is_voided and ar_amount > 0
            order by doc_id""",
            [realm_id],
        ).fetchall()
    ]


def days_to_pay(known: Iterable[Bill], split: Date) -> list[int]:
    """Days from issue to full payment of what was paid by the split; 0 where it was paid in advance."""
    paid = [(bill.issued, bill.paid_on(split)) for bill in known if bill.issued <= split]
    return [max(0, (date - issued).days) for issued, date in paid if date]


def by_global_median(known: Iterable[Bill], split: Date) -> int | None:
    """Everybody takes as many days as half of the invoices paid by the split took."""
    known_days = days_to_pay(known, split)
    return statistics.median_low(known_days) if known_days else None


def days_from(split: Date, expected: Date) -> int:
    """Days until a day expected; one that is over says that the money comes the next day."""
    return max(1, (expected - split).days)


def last_year_again(
    orders: Iterable[tuple[str, Date, Decimal]], split: Date, horizon_days: int, first_day: Date
) -> dict[str, float]:
    """What each customer brought in the 365 days up to the split, for so many days. With an amount of 1, its orders.

    Where the books began less than a year before the split, what it brought since then. Customers without anything in
    that time are left out: their guess is 0.
    """
    known_days = min(365, (split - first_day).days)
    brought: dict[str, float] = defaultdict(float)
    for customer, date, amount in orders:
        if split - days(365) < date <= split:
            brought[customer] += float(amount) * horizon_days / known_days
    return dict(brought)


def orders_left(days: Iterable[tuple[Date, Decimal]]) -> list[Date]:
    """Days of one customer's orders of which something is left, if what was given back is taken off the latest ones."""
    stack: list[tuple[Date, Decimal]] = []
    for date, amount in sorted(days):
        if amount > 0:
            stack.append((date, amount))
        while amount < 0 and stack:
            last, left = stack.pop()
            amount += left
            if amount > 0:
                stack.append((last, amount))
    return [date for date, _ in stack]


def same_month_last_year(months: Sequence[float], ahead: int) -> float:
    """Months known, the last one last; `ahead` is 1 for the next."""
    return months[-12 + (ahead - 1) % 12]


def mean_of_last_year(months: Sequence[float], ahead: int) -> float:
    return statistics.fmean(months[-12:])


def drift(months: Sequence[float], ahead: int) -> float:
    """The line from the first month known to the last one, drawn on."""
    return months[-1] + ahead * (months[-1] - months[0]) / (len(months) - 1)


def share_won(outcomes: Collection[str]) -> float | None:
    """Of the estimates won or lost so far, the share won; null before any was."""
    decided = [outcome for outcome in outcomes if outcome in ("won", "lost")]
    return decided.count("won") / len(decided) if decided else None


def popular_offers(
    purchases: Iterable[Purchase], split: Date, counts: Mapping[str, int]
) -> dict[str, list[str]]:
    """For each customer so many items: of those not bought in 365 days, the ones that most customers bought in them."""
    recent = {(customer, item) for customer, item, date in purchases if split - days(365) < date <= split}
    popularity = Counter(item for _, item in recent)
    ranked = sorted(popularity, key=lambda item: (-popularity[item], item))
    return {
        customer: [item for item in ranked if (customer, item) not in recent][:count]
        for customer, count in counts.items()
    }


def share_bought(
    offers: Mapping[str, Collection[str]], purchases: Iterable[Purchase], split: Date, horizon_days: int
) -> float | None:
    """Of the offers, the share that the customer bought within the horizon; null without an offer."""
    end = split + days(horizon_days)
    bought = {(customer, item) for customer, item, date in purchases if split < date <= end}
    made = [(customer, item) for customer, items in offers.items() for item in items]
    return sum(offer in bought for offer in made) / len(made) if made else None


def brier(guesses: Sequence[float], outcomes: Sequence[bool]) -> float:
    return statistics.fmean((guess - outcome) ** 2 for guess, outcome in zip(guesses, outcomes, strict=True))


def mean_absolute_error(guesses: Sequence[float], outcomes: Sequence[float]) -> float:
    return statistics.fmean(abs(guess - outcome) for guess, outcome in zip(guesses, outcomes, strict=True))


def bias(guesses: Sequence[float], outcomes: Sequence[float]) -> float:
    """The sum guessed by the sum that came, less 1."""
    return sum(guesses) / sum(outcomes) - 1
