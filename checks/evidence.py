"""What the checks of one company bring to light, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pendulum import DateTime

ZERO = Decimal(0)
CENT = Decimal("0.01")
BUCKETS = ("current", "d1_30", "d31_60", "d61_90", "d91_plus")
"""Of aging, as the columns of the marts are called."""


MOST_CENTS = 2**63 - 1


def agree(first: Decimal, second: Decimal) -> bool:
    """Whether two sums are the same to twenty digits: to the cent, unless an amount is larger than any business."""
    return abs(first - second) <= max(abs(first), abs(second)).scaleb(-20)


def cents(amount: Decimal) -> int:
    """An amount as tie-outs have it among their figures, which hold no more than 19 digits."""
    return max(-MOST_CENTS, min(MOST_CENTS, int(amount * 100)))


@dataclass(frozen=True)
class Suspect:
    """An object to read again before anybody is blamed for a difference."""

    entity: str
    id: str


@dataclass(frozen=True)
class Difference:
    """One thing that QuickBooks and our copy say differently; `id` is the object's or the customer's.

    `expected` is QuickBooks's word and `actual` ours. `is_money` differences stop publishing;
    an `in_flight` one changed after the cut-off, so that it says nothing yet; one that `explains` is right: it is why a
    report says something else than we do, or follows from rounding or from a document that was set aside; an `accepted`
    one somebody let through for a while.
    """

    check: str
    entity: str
    id: str
    column: str
    expected: str | None
    actual: str | None
    amount_diff: Decimal | None = None
    is_money: bool = True
    in_flight: bool = False
    explains: bool = False
    accepted: bool = False

    @classmethod
    def of_amounts(
        cls, check: str, entity: str, id: str, column: str, expected: Decimal, actual: Decimal
    ) -> Difference:
        """Two amounts that differ."""
        return cls(check, entity, id, column, str(expected), str(actual), actual - expected)

    @property
    def is_error(self) -> bool:
        return self.is_money and not self.in_flight and not self.explains and not self.accepted

    @property
    def state(self) -> str:
        """error, warning, in_flight, accepted or explained."""
        if self.accepted:
            return "accepted"
        if self.explains:
            return "explained"
        if self.in_flight:
            return "in_flight"
        return "error" if self.is_money else "warning"

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What is compared, whatever its values."""
        return (self.check, self.entity, self.id, self.column)


@dataclass(frozen=True)
class Cell:
    """Amounts and balances of one entity, month and currency, each object's compared with QuickBooks's.

    `month` is the first day of the transactions' month, None for lists. The differences are sums of absolute ones, so
    that a cent too much here does not make up for a cent too little there.
    """

    month: date | None
    currency: str
    source_amount: Decimal
    warehouse_amount: Decimal
    amount_diff: Decimal
    source_balance: Decimal
    warehouse_balance: Decimal
    balance_diff: Decimal

    @property
    def money_accuracy(self) -> float:
        """1 less the absolute differences over the absolute amounts and balances."""
        return share_right(self.amount_diff + self.balance_diff, self.source_amount + self.source_balance)


def share_right(diff: Decimal, source: Decimal) -> float:
    """1 less the difference over the source; without a source nothing is right unless nothing differs."""
    if not source:
        return 0.0 if diff else 1.0
    return float(1 - diff / source)


@dataclass(frozen=True)
class Accuracy:
    """How well our copy of one entity agrees with QuickBooks.

    `method`: `count` compared numbers of rows, `ids` the ids, `content` ids, sync tokens and every field.
    """

    entity: str
    method: str
    source_count: int
    warehouse_count: int
    missing: int = 0
    phantom: int = 0
    stale: int = 0
    content_diff: int = 0
    money_diff: int = 0
    in_flight: int = 0
    source_amount: Decimal | None = None
    warehouse_amount: Decimal | None = None
    amount_diff: Decimal | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def accuracy(self) -> float:
        """Objects present in both, with the same sync token and content, of those present in either."""
        return 1.0 if not self.union else self.same / self.union

    @property
    def same(self) -> int:
        return max(0, self.union - self.missing - self.phantom - self.stale - self.content_diff)

    @property
    def union(self) -> int:
        return self.source_count + self.phantom

    @property
    def completeness(self) -> float:
        return 1.0 if not self.source_count else 1 - self.missing / self.source_count

    @property
    def currentness(self) -> float:
        """Objects with the same sync token, of those present in both."""
        both = self.source_count - self.missing
        return 1.0 if both <= 0 else 1 - self.stale / both

    @property
    def money_accuracy(self) -> float | None:
        """1 less the absolute differences over the absolute amounts; None where amounts were not compared."""
        if self.source_amount is None or self.amount_diff is None:
            return None
        return share_right(self.amount_diff, self.source_amount)


@dataclass(frozen=True)
class TieOut:
    """One comparison with QuickBooks by a second route: figures to judge, and the rows that differ.

    `beside` are rows to look at in which nothing differs from QuickBooks: oddities, and what explains a figure.
    Unless it `stops` publishing where it fails, it is a warning.
    """

    name: str
    figures: Mapping[str, int]
    differences: tuple[Difference, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    beside: tuple[Difference, ...] = ()
    stops: bool = True


@dataclass
class Evidence:
    """Everything that one pass brought about one company.

    `unanswered` names the questions that QuickBooks refused; what was not compared is not proven.
    """

    realm_id: str
    run_id: str
    as_of: date
    cutoff: DateTime | None = None
    deep: bool = False
    compared: bool = True
    accuracy: list[Accuracy] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    tie_outs: list[TieOut] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def beside(self) -> list[Difference]:
        """Rows to look at in which nothing differs from QuickBooks."""
        return [row for tie_out in self.tie_outs for row in tie_out.beside]

    @property
    def needs_healing(self) -> bool:
        """Something differs that reading again may settle."""
        return bool(self.suspects)

    @property
    def to_heal(self) -> dict[str, set[str]]:
        """Ids to read again, by entity."""
        ids: dict[str, set[str]] = {}
        for suspect in self.suspects:
            ids.setdefault(suspect.entity, set()).add(suspect.id)
        return ids

    @property
    def worst(self) -> Accuracy | None:
        """The entity with the lowest accuracy; the larger one among equals."""
        return min(self.accuracy, key=lambda row: (row.accuracy, -row.source_count), default=None)

    @property
    def pooled(self) -> float:
        """Accuracy over all objects of all entities."""
        union = sum(row.union for row in self.accuracy)
        return sum(row.same for row in self.accuracy) / union if union else 1.0

    def take(self, tie_out: TieOut) -> None:
        """Adds a comparison."""
        self.tie_outs.append(tie_out)
        self.differences.extend(tie_out.differences)
        self.suspects.extend(tie_out.suspects)

    def tie_out(self, name: str) -> TieOut | None:
        """The comparison of that name; None where it was not made."""
        return next((one for one in self.tie_outs if one.name == name), None)

    def replace(self, earlier: TieOut, later: TieOut) -> None:
        """Puts a comparison in the place of an earlier one."""
        self.tie_outs[self.tie_outs.index(earlier)] = later
        others = [row for row in self.differences if row not in earlier.differences]
        self.differences = others + list(later.differences)
