"""The rows of one company as queries see them: encoded once, sorted once, until the books change."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from ..books.state import State
from ..wire.encoding import encode, instant
from .entities import BY_NAME
from .properties import STAMPS
from .views import Row, View, in_query

Order = tuple[tuple[str, bool], ...]
"""(property, descending), most important first."""


class Table:
    """Every row of one entity, inactive ones too, addressed by position."""

    def __init__(self, entity: str, rows: list[Row], view: View) -> None:
        self.entity = entity
        self.rows = rows
        self.view = view
        self._inner = [inner(row) for row in rows] if BY_NAME[entity].wrapped else rows
        self._encoded: dict[tuple[int, bool], bytes] = {}
        self._columns: dict[str, list[Any]] = {}
        self._orders: dict[tuple[Order, bool], list[int]] = {}
        self._keys: dict[tuple[Order, bool], list[float]] = {}

    def encoded(self, position: int) -> bytes:
        """The row's JSON, as a query shows it."""
        key = position, self.view.every_custom_field
        text = self._encoded.get(key)
        if text is None or self.view.changes(self.entity):
            text = self._encoded[key] = encode(in_query(self.entity, self.rows[position], self.view))
        return text

    def column(self, name: str) -> list[Any]:
        """One comparable value per row: seconds for stamps, the id of a reference, None where missing."""
        values = self._columns.get(name)
        if values is None:
            values = self._columns[name] = [_value(row, name) for row in self._inner]
        return values

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each Id."""
        return {str(row["Id"]): position for position, row in enumerate(self._inner) if "Id" in row}

    @cached_property
    def scalars(self) -> dict[str, str]:
        """Right spelling of every field that holds a plain value somewhere, by its lower-case name."""
        plain = {
            name for row in self._inner for name, value in row.items() if not isinstance(value, dict | list)
        }
        return {name.lower(): name for name in plain}

    def ordered(self, order: Order, hidden: bool) -> list[int]:
        """All positions in an order, with the inactive rows or without."""
        positions = self._orders.get((order, hidden))
        if positions is None:
            everything: Iterable[int] = range(len(self.rows))
            if not hidden and BY_NAME[self.entity].active:
                active = self.column("Active")
                everything = (position for position in everything if active[position] is not False)
            positions = self._orders[order, hidden] = self.sort(everything, order)
        return positions

    def ordered_stamps(self, order: Order, hidden: bool) -> list[float]:
        """The stamps of `ordered(order, hidden)`, negated when descending, so that they always rise."""
        stamps_in_order = self._keys.get((order, hidden))
        if stamps_in_order is None:
            name, descending = order[0]
            stamps, sign = self.column(name), -1.0 if descending else 1.0
            stamps_in_order = [
                sign * _or_earliest(stamps[position]) for position in self.ordered(order, hidden)
            ]
            self._keys[order, hidden] = stamps_in_order
        return stamps_in_order

    def sort(self, positions: Iterable[int], order: Order) -> list[int]:
        """Positions in an order; rows that tie stand by Id, missing values first."""
        result = sorted(positions, key=self._rank.__getitem__)
        for name, descending in reversed(order):
            keys: list[Any] = self._rank if name == "Id" else self.column(name)
            if None in keys:
                keys = [(False,) if key is None else (True, key) for key in keys]
            result.sort(key=keys.__getitem__, reverse=descending)
        return result

    @cached_property
    def _rank(self) -> list[int]:
        ids = self.column("Id")
        ranks = [0] * len(ids)
        for rank, position in enumerate(sorted(range(len(ids)), key=lambda position: _id_key(ids[position]))):
            ranks[position] = rank
        return ranks

    def projected(self, position: int, columns: list[str]) -> bytes:
        """The row's JSON with a few scalar fields only, without those that the row lacks."""
        row = self._inner[position]
        shown: Row = {"domain": "QBO", "sparse": True}
        for name in columns:
            head, _, tail = name.partition(".")
            if tail:
                if tail in row.get(head, {}):
                    shown.setdefault(head, {})[tail] = row[head][tail]
            elif head in row:
                shown[head] = row[head]
        outer = self.rows[position]
        return encode({next(iter(outer)): shown} if outer is not row else shown)


class Tables:
    """The tables of one company; hold `company.lock` while using them."""

    def __init__(self, company: State) -> None:
        self._company = company
        self._revision = -1
        self._tables: dict[str, Table] = {}
        self.view = View()

    def table(self, entity: str) -> Table:
        """One entity as the books are now."""
        if self._company.revision != self._revision:
            self._tables = {}
            self._revision = self._company.revision
        table = self._tables.get(entity)
        if table is None:
            table = self._tables[entity] = Table(entity, self._company.objects(entity), self.view)
        return table


def inner(row: Row) -> Row:
    """The object itself; a RecurringTransaction comes wrapped in the name of its kind."""
    if "Id" not in row and len(row) == 1:
        (wrapped,) = row.values()
        return wrapped if isinstance(wrapped, dict) else row
    return row


def _value(row: Row, name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is not None and name in STAMPS:
        return instant(value)
    if isinstance(value, dict):
        return value.get("value", value.get("Address"))
    return value


def _or_earliest(stamp: float | None) -> float:
    return float("-inf") if stamp is None else stamp


def _id_key(value: str | None) -> tuple[int, str]:
    text = str(value or "")
    return (len(text), text) if text.isdigit() else (0, text)
