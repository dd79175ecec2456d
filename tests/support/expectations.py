"""Which expectations on tables of core and marts a company of written books breaks."""

from __future__ import annotations

from checks.suites import tables
from checks.suites.company import published_suites
from checks.suites.counts import bare_results, counted
from tests.support.books import Books


def broken(books: Books, realm_id: str) -> list[str]:
    """The sentences of those that stop publishing; every table must be built."""
    types = tables.column_types(books.as_is)
    built = [held for suite in published_suites() if (held := tables.table(suite, realm_id, types))]
    (counts,) = counted(books.as_is, {realm_id: built}).values()
    return [one.description for each in counts for one in bare_results(each) if one.is_error]
