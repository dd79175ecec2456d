"""The suites of the published tables."""

from __future__ import annotations

from checks.gx import gx
from checks.suites import books, contacts, documents, marts, receivables, value


def suites() -> list[gx.ExpectationSuite]:
    """One suite per table of core and marts."""
    return [
        *books.suites(),
        *receivables.suites(),
        *marts.suites(),
        *documents.suites(),
        *value.suites(),
        *contacts.suites(),
    ]
