"""Filters of a query as predicates over positions of a table."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from ..wire.encoding import instant
from ..wire.fault_codes import Fault
from .properties import STAMPS
from .query_language import Condition, Value
from .tables import Table

Predicate = Callable[[int], bool]
_COMPARE = {"=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def check(condition: Condition) -> None:
    """Raises `Fault` 4001 for operators that a property does not know."""
    if condition.property in ("Id", "Active") and condition.operator not in ("=", "in"):
        raise Fault(
            "4001",
            f"QueryValidationError: operator '{condition.operator}' is not supported for "
            f"property '{condition.property}'",
        )


def predicate(table: Table, condition: Condition, today: str) -> Predicate:
    """Whether the row at a position meets the condition."""
    values = table.column(condition.property)
    name, operation = condition.property, condition.operator
    if condition.values == (" ",) and operation == "=":
        return lambda position: values[position] is None
    sample = next((value for value in values if value is not None), None)
    if name not in STAMPS and isinstance(sample, str):
        values = [None if value is None else value.casefold() for value in values]
    wanted = [_literal(name, sample, value, today) for value in condition.values]
    if operation == "in":
        choices = set(wanted)
        return lambda position: values[position] in choices
    if operation == "like":
        pattern = re.compile(".*".join(map(re.escape, str(wanted[0]).split("%"))), re.DOTALL)
        return lambda position: (
            values[position] is not None and bool(pattern.fullmatch(str(values[position])))
        )
    compare, bound = _COMPARE[operation], wanted[0]
    return lambda position: values[position] is not None and compare(values[position], bound)


def narrow(conditions: list[Condition], stamps: list[float], descending: bool) -> tuple[int, int]:
    """Half-open range of a list of rising (if descending: negated) stamps that meets all the conditions."""
    low, high = 0, len(stamps)
    for condition in conditions:
        bound = stamp_literal(condition.property, condition.values[0])
        operation = condition.operator
        if descending:
            bound, operation = -bound, operation.translate(str.maketrans("<>", "><"))
        if operation in (">=", "="):
            low = max(low, bisect_left(stamps, bound))
        if operation in ("<=", "="):
            high = min(high, bisect_right(stamps, bound))
        if operation == ">":
            low = max(low, bisect_right(stamps, bound))
        if operation == "<":
            high = min(high, bisect_left(stamps, bound))
    return low, high


def stamp_literal(name: str, value: Value) -> float:
    """Seconds of a time in a filter, whatever its offset."""
    try:
        return instant(str(value))
    except ValueError:
        raise _unfit(name, value) from None


def _literal(name: str, sample: Any, value: Value, today: str) -> Any:
    if name in STAMPS:
        return stamp_literal(name, value)
    if isinstance(sample, bool):
        text = str(value).lower()
        if text not in ("true", "false"):
            raise _unfit(name, value)
        return text == "true"
    if isinstance(sample, int | Decimal):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise _unfit(name, value) from None
        if not number.is_finite():
            raise _unfit(name, value)
        return number
    if name.endswith("Date"):
        text = today if value == "CURRENT_DATE" else str(value)
        if not _DATE.fullmatch(text):
            raise _unfit(name, value)
        return text
    return str(value).casefold()


def _unfit(name: str, value: Value) -> Fault:
    return Fault("4001", f"QueryValidationError: invalid value '{value}' for property '{name}'")
