"""Amounts and balances on both sides, per month and currency of one entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from checks.compare.content import Money
from checks.evidence import ZERO, Cell


@dataclass
class _Sums:
    source: Decimal = ZERO
    copy: Decimal = ZERO
    diff: Decimal = ZERO

    def add(self, source: Decimal, copy: Decimal) -> None:
        self.source += abs(source)
        self.copy += abs(copy)
        self.diff += abs(source - copy)


@dataclass
class _Pair:
    amount: _Sums = field(default_factory=_Sums)
    balance: _Sums = field(default_factory=_Sums)

    def add(self, source: Money | None, copy: Money | None) -> None:
        self.amount.add(source.amount if source else ZERO, copy.amount if copy else ZERO)
        self.balance.add(source.balance if source else ZERO, copy.balance if copy else ZERO)


@dataclass
class Sums:
    """Takes objects, one after another, as each side has them; an object that moved to another month is in both."""

    pairs: dict[tuple[str, str], _Pair] = field(default_factory=lambda: defaultdict(_Pair))

    def take(self, source: Money | None, copy: Money | None) -> None:
        """One object; None where a side lacks it."""
        places = {(one.month, one.currency) for one in (source, copy) if one}
        for place in places:
            self.pairs[place].add(_there(source, place), _there(copy, place))

    @property
    def amount(self) -> _Sums:
        """All months and currencies together, amounts without balances."""
        total = _Sums()
        for pair in self.pairs.values():
            total.source += pair.amount.source
            total.copy += pair.amount.copy
            total.diff += pair.amount.diff
        return total

    def cells(self) -> tuple[Cell, ...]:
        """Months and currencies in order, those without any money left out."""
        return tuple(_cells(sorted(self.pairs.items())))


def _there(one: Money | None, place: tuple[str, str]) -> Money | None:
    return one if one and (one.month, one.currency) == place else None


def _cells(pairs: Iterable[tuple[tuple[str, str], _Pair]]) -> Iterable[Cell]:
    for (month, currency), pair in pairs:
        amount, balance = pair.amount, pair.balance
        if amount.source or amount.copy or balance.source or balance.copy:
            yield Cell(
                date.fromisoformat(f"{month}-01") if month else None,
                currency,
                amount.source,
                amount.copy,
                amount.diff,
                balance.source,
                balance.copy,
                balance.diff,
            )
