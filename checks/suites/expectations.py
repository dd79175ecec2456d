"""Expectations as values: a condition on the rows of a table, and the sentence that says when it fails.

Each condition bears the name that Great Expectations has for it, and says in SQL which rows are against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pipelines.base.sqltext import identifier, literals

Severity = Literal["critical", "warning"]
"""What is critical stops publishing; a warning is shown."""
CRITICAL: Severity = "critical"
WARNING: Severity = "warning"
MODEL_STATUSES = [
    "fitted",
    "small_book",
    "due_date",
    "nbd",
    "seasonal_index",
    "mean",
    "nothing_significant",
    "insufficient_data",
]


@dataclass(frozen=True)
class NotNull:
    """Every row has a value."""

    name: ClassVar[str] = "expect_column_values_to_not_be_null"
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def against(self) -> str:
        return f"{identifier(self.column)} is null"


@dataclass(frozen=True)
class OneOf:
    """The value, where there is one, is among these."""

    name: ClassVar[str] = "expect_column_values_to_be_in_set"
    column: str
    values: tuple[str | int, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def against(self) -> str:
        return f"{identifier(self.column)} not in ({literals(self.values)})"


@dataclass(frozen=True)
class Between:
    """The value, where there is one, lies between these, both included; None is no bound."""

    name: ClassVar[str] = "expect_column_values_to_be_between"
    column: str
    low: float | None = None
    high: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def against(self) -> str:
        value = identifier(self.column)
        sides = [f"{value} < {self.low!r}"] if self.low is not None else []
        sides += [f"{value} > {self.high!r}"] if self.high is not None else []
        return f"({' or '.join(sides)})"


@dataclass(frozen=True)
class NotBefore:
    """The one is as great as the other, where there are both."""

    name: ClassVar[str] = "expect_column_pair_values_a_to_be_greater_than_b"
    later: str
    earlier: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.later, self.earlier)

    @property
    def against(self) -> str:
        return f"{identifier(self.later)} < {identifier(self.earlier)}"


@dataclass(frozen=True)
class Unique:
    """No two rows share the values of all these columns; which of them is too many, no condition says."""

    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        one = len(self.columns) == 1
        return "expect_column_values_to_be_unique" if one else "expect_compound_columns_to_be_unique"


Condition = NotNull | OneOf | Between | NotBefore | Unique


@dataclass(frozen=True)
class Expectation:
    """A condition, when it fails as a sentence, and what becomes of publishing then."""

    condition: Condition
    description: str
    severity: Severity = CRITICAL

    @property
    def name(self) -> str:
        """What Great Expectations calls it."""
        return self.condition.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.condition.columns


@dataclass(frozen=True)
class Suite:
    """The expectations of a table, which the suite is named after, or of figures computed elsewhere.

    `computed` names SQL expressions that stand as further columns, amounts in cents.
    """

    name: str
    expectations: tuple[Expectation, ...]
    computed: Mapping[str, str] = field(default_factory=dict)


def suite(table: str, *expectations: Expectation, computed: Mapping[str, str] | None = None) -> Suite:
    """A suite for a table."""
    return Suite(table, expectations, computed or {})


def key(*columns: str) -> Expectation:
    """The columns that name a row; the company belongs to them."""
    if not columns:
        return Expectation(Unique(("realm_id",)), "Fails if it has two rows.")
    return Expectation(Unique(("realm_id", *columns)), f"Fails if two rows share {', '.join(columns)}.")


def not_null(column: str, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(NotNull(column), f"Fails if {column} is missing.", severity)


def one_of(column: str, values: Sequence[str | int], severity: Severity = CRITICAL) -> Expectation:
    sentence = f"Fails if {column} is none of {', '.join(map(str, values))}."
    return Expectation(OneOf(column, tuple(values)), sentence, severity)


def zero(column: str, sentence: str, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(OneOf(column, (0,)), f"Fails if {sentence}.", severity)


def at_least(column: str, least: float = 0, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(Between(column, low=least), f"Fails if {column} is below {least:g}.", severity)


def share(column: str, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(Between(column, 0, 1), f"Fails if {column} lies outside 0 to 1.", severity)


def percent(column: str, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(Between(column, 0, 100), f"Fails if {column} lies outside 0 to 100.", severity)


def not_before(later: str, earlier: str, severity: Severity = CRITICAL) -> Expectation:
    return Expectation(NotBefore(later, earlier), f"Fails if {later} is smaller than {earlier}.", severity)
