"""The suites of the published tables."""

from __future__ import annotations

from checks.engine.gx import gx
from checks.suites import (
    books,
    contacts,
    documents,
    marts,
    payment,
    receivable_months,
    receivables,
    revenue,
    value,
)

TOPICS = (books, receivables, receivable_months, documents, marts, payment, value, revenue, contacts)


def suites() -> list[gx.ExpectationSuite]:
    """One suite per table of core and marts."""
    return [suite for topic in TOPICS for suite in topic.suites()]
