"""The suites cover what is published, and say when they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

import transforms
from checks.suites import comparisons, staging
from checks.suites.company import published_suites
from checks.suites.counts import counted, results
from checks.suites.tables import column_types, table
from tests.checks.conftest import REALM

TABLES = {
    f"{schema}.{path.stem}"
    for schema in ("core", "marts")
    for path in (Path(transforms.__file__).parent / schema).glob("*.*")
    if path.suffix in (".sql", ".py") and not path.stem.startswith("_")
}


@pytest.fixture(scope="module")
def suites():
    compared = [comparisons.sync_accuracy(), comparisons.questions()]
    return [*published_suites(), *compared, *map(comparisons.suite_of, comparisons.NAMES)]


def test_every_table_of_core_and_marts_has_a_suite(suites):
    """Every table of core and marts has a suite, and every suite has its table."""
    assert {suite.name for suite in suites if "." in suite.name} == TABLES


def test_every_expectation_says_when_it_fails(suites):
    """Every expectation says when it fails, in a sentence that is unique within its suite."""
    for suite in suites:
        sentences = [one.description for one in suite.expectations]
        assert all(sentence.startswith("Fails if ") and sentence.endswith(".") for sentence in sentences)
        assert len(set(sentences)) == len(sentences), suite.name


def test_great_expectations_agrees_with_the_counts_on_good_books(night, tmp_path, suites):
    """On good books, Great Expectations agrees with the counts in SQL for every expectation of every table."""
    from checks.engine import checkpoint, frames, library

    named = [suite for suite in suites if "." in suite.name]
    with night.warehouse() as connection:
        types = column_types(connection)
        published = [one for suite in named if (one := table(suite, REALM, types))]
        counts = counted(connection, {REALM: published})[REALM]
        rows = [one for held in published if (one := frames.frame(connection, held, tmp_path))]
        by_counts = [result for one in counts for result in results(connection, one)]
    context = library.context(None)
    by_library = checkpoint.on_counts(context, {REALM: counts})[REALM]
    assert [result for result in by_library if not result.passed] == []
    assert by_library == by_counts
    assert len(by_library) == sum(len(suite.expectations) for suite in named)
    of_rows = checkpoint.on_rows(context, REALM, rows)
    assert [result for result in of_rows if not result.passed] == []
    assert len(of_rows) == len(by_library)


def test_what_bears_no_money_here_may_lack_a_date():
    """A time activity without a date is a warning, while an invoice without one is critical."""
    tables = {"staging.time_activities": "time_activity_id", "staging.invoices": "invoice_id"}
    columns = {name: dict.fromkeys(("realm_id", id, "txn_date"), "VARCHAR") for name, id in tables.items()}
    severities = {
        suite.name: one.severity
        for suite in staging.suites(columns)
        for one in suite.expectations
        if one.columns == ("txn_date",)
    }
    assert severities == {"staging.invoices": "critical", "staging.time_activities": "warning"}
