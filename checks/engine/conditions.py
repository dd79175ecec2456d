"""Expectations as SQL: which rows of a table break one, for tables too large for a frame and for naming rows."""

from __future__ import annotations

from collections.abc import Sequence

from checks.engine.gx import gxe
from pipelines.base.sqltext import identifier, literal, literals


def broken(expectation: gxe.Expectation) -> str | None:
    """The SQL condition of rows that break `expectation`; None where it is not about single rows."""
    match expectation:
        case gxe.ExpectColumnValuesToNotBeNull():
            return f"{identifier(expectation.column)} is null"
        case gxe.ExpectColumnValuesToBeNull():
            return f"{identifier(expectation.column)} is not null"
        case gxe.ExpectColumnValuesToBeInSet():
            return f"{identifier(expectation.column)} not in ({literals(expectation.value_set)})"
        case gxe.ExpectColumnValuesToBeBetween():
            value = identifier(expectation.column)
            low, high = expectation.min_value, expectation.max_value
            sides = [f"{value} < {literal(low)}"] if low is not None else []
            sides += [f"{value} > {literal(high)}"] if high is not None else []
            return f"({' or '.join(sides)})"
        case gxe.ExpectColumnPairValuesAToBeGreaterThanB():
            sign = "<" if expectation.or_equal else "<="
            return f"{identifier(expectation.column_A)} {sign} {identifier(expectation.column_B)}"
        case gxe.ExpectColumnValuesToMatchRegex():
            matches = f"regexp_matches({identifier(expectation.column)}, {literal(expectation.regex)})"
            return f"not {matches}"
        case gxe.ExpectColumnValuesToNotMatchRegex():
            return f"regexp_matches({identifier(expectation.column)}, {literal(expectation.regex)})"
    return None


def unique(expectation: gxe.Expectation) -> Sequence[str] | None:
    """The columns that `expectation` wants to be unique together; None where it wants something else."""
    match expectation:
        case gxe.ExpectCompoundColumnsToBeUnique():
            return list(expectation.column_list)
        case gxe.ExpectColumnValuesToBeUnique():
            return [expectation.column]
    return None


def mentioned(expectation: gxe.Expectation) -> list[str]:
    """The columns an expectation reads."""
    names = [getattr(expectation, name, None) for name in ("column", "column_A", "column_B")]
    listed = getattr(expectation, "column_list", None) or []
    return [name for name in (*names, *listed) if name]
