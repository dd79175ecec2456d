"""Types as they are published, which every tool reads and shows well: moments in UTC, quantities without padding."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pipelines.base.sqltext import identifier

ZONED = "TIMESTAMP WITH TIME ZONE"
"""It wants another package in some tools, and shows each reader the hours of his own machine."""

QUANTITY = re.compile(r"(^|_)quantity(_|$)|^reorder_point$")
"""Columns that a decimal would show as 36.0000000000; what money is made of stays one (transforms/DECISIONS.md)."""


def plain_kind(name: str, kind: str) -> str:
    """The type with which a column of this name and type is published."""
    if kind == ZONED:
        return "TIMESTAMP"
    return "DOUBLE" if kind.startswith("DECIMAL") and QUANTITY.search(name) else kind


def plain_sql(name: str, kind: str) -> str:
    """SQL for the published value of a column of this name and type."""
    plain, quoted = plain_kind(name, kind), identifier(name)
    if kind == ZONED:
        return f"({quoted} at time zone 'UTC')"
    return quoted if plain == kind else f"{quoted}::{plain}"


def in_utc(value: Any) -> Any:
    """A value of the published file; a moment says that it is UTC, as JSON and CSV have to."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
