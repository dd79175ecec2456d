"""Amounts and balances on both sides, per month and currency of one entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from checks.compare.content import Money
from checks.evidence import Cell

ZERO = Decimal(0)


@dataclass
class _Sums:
    source: Decimal = ZERO
    ours: Decimal = ZERO
    diff: Decimal = ZERO

    def add(self, theirs: Decimal, ours: Decimal) -> None:
        self.source += abs(theirs)
        self.ours += abs(ours)
        self.diff += abs(theirs - ours)


@dataclass
class _Pair:
    amount: _Sums = field(default_factory=_Sums)
    balance: _Sums = field(default_factory=_Sums)

    def add(self, theirs: Money | None, ours: Money | None) -> None:
        self.amount.add(theirs.amount if theirs else ZERO, ours.amount if ours else ZERO)
        self.balance.add(theirs.balance if theirs else ZERO, ours.balance if ours else ZERO)


@dataclass
class Sums:
    """Takes objects, one after another, as each side has them; an object that moved to another month is in both."""

    pairs: dict[tuple[str, str], _Pair] = field(default_factory=lambda: defaultdict(_Pair))

    def take(self, theirs: Money | None, ours: Money | None) -> None:
        """One object; None where a side lacks it."""
        places = {(one.month, one.currency) for one in (theirs, ours) if one}
        for place in places:
            self.pairs[place].add(_there(theirs, place), _there(ours, place))

    @property
    def amount(self) -> _Sums:
        """All months and currencies together, amounts without balances."""
        found = _Sums()
        for pair in self.pairs.values():
            found.source += pair.amount.source
            found.ours += pair.amount.ours
            found.diff += pair.amount.diff
        return found

    def cells(self) -> tuple[Cell, ...]:
        """Months and currencies in order, those without any money left out."""
        return tuple(_cells(sorted(self.pairs.items())))


def _there(one: Money | None, place: tuple[str, str]) -> Money | None:
    return one if one and (one.month, one.currency) == place else None


def _cells(pairs: Iterable[tuple[tuple[str, str], _Pair]]) -> Iterable[Cell]:
    for (month, currency), pair in pairs:
        amount, balance = pair.amount, pair.balance
        if amount.source or amount.ours or balance.source or balance.ours:
            yield Cell(
                date.fromisoformat(f"{month}-01") if month else None,
                currency,
                amount.source,
                amount.ours,
                amount.diff,
                balance.source,
                balance.ours,
                balance.diff,
            )
