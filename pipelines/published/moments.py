"""Moments as they are published: plain TIMESTAMP in UTC.

A type with a time zone wants another package in some tools, and shows each reader the hours of his own machine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

ZONED, PLAIN = "TIMESTAMP WITH TIME ZONE", "TIMESTAMP"


def plain_kind(kind: str) -> str:
    """The type with which a column of this type is published."""
    return PLAIN if kind == ZONED else kind


def plain_sql(sql: str, kind: str) -> str:
    """SQL for the published value of a column of this type."""
    return f"({sql} at time zone 'UTC')" if kind == ZONED else sql


def in_utc(value: Any) -> Any:
    """A value of the published file; a moment says that it is UTC, as JSON and CSV have to."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
