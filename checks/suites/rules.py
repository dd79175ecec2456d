"""Expectations in Great Expectations's own vocabulary, each with the sentence that says when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checks.engine.gx import FailureSeverity, gx, gxe

CRITICAL, WARNING = FailureSeverity.CRITICAL, FailureSeverity.WARNING
MODEL_STATUSES = ["fitted", "insufficient_data"]


def suite(
    table: str, *expectations: gxe.Expectation, computed: dict[str, str] | None = None
) -> gx.ExpectationSuite:
    """A suite for a table; `computed` names SQL expressions that stand as further columns, amounts in cents."""
    return gx.ExpectationSuite(name=table, expectations=list(expectations), meta={"computed": computed or {}})


def key(*columns: str) -> gxe.Expectation:
    """The columns that name a row; the company belongs to them."""
    named = ["realm_id", *columns]
    if not columns:
        return gxe.ExpectColumnValuesToBeUnique(column="realm_id", description="Fails if it has two rows.")
    return gxe.ExpectCompoundColumnsToBeUnique(
        column_list=named, description=f"Fails if two rows share {', '.join(columns)}."
    )


def given(column: str, severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, severity=severity, description=f"Fails if {column} is missing."
    )


def one_of(column: str, values: Sequence[Any], severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeInSet(
        column=column,
        value_set=list(values),
        severity=severity,
        description=f"Fails if {column} is none of {', '.join(map(str, values))}.",
    )


def zero(column: str, sentence: str, severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=[0], severity=severity, description=f"Fails if {sentence}."
    )


def at_least(column: str, least: float = 0, severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeBetween(
        column=column,
        min_value=least,
        severity=severity,
        description=f"Fails if {column} is below {least:g}.",
    )


def share(column: str, severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeBetween(
        column=column,
        min_value=0,
        max_value=1,
        severity=severity,
        description=f"Fails if {column} lies outside 0 to 1.",
    )


def not_before(later: str, earlier: str, severity: FailureSeverity = CRITICAL) -> gxe.Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        severity=severity,
        description=f"Fails if {later} is smaller than {earlier}.",
    )
