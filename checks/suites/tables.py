"""The suites of the published tables."""

from __future__ import annotations

from checks.gx import gx
from checks.suites import books, contacts, documents, marts, payment, receivable_months, receivables, value


def suites() -> list[gx.ExpectationSuite]:
    """One suite per table of core and marts."""
    topics = (books, receivables, receivable_months, documents, marts, payment, value, contacts)
    return [suite for topic in topics for suite in topic.suites()]
