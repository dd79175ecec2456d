"""Great Expectations on our tables: whole ones as frames in cents, large ones by figures out of SQL."""

from __future__ import annotations

import duckdb
import pytest

from checks.suites import expectations
from checks.suites.counts import counted, offenders, results
from checks.suites.tables import column_types, table

REALM = "9130"


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.ar_aging_by_customer as select '9130' as realm_id, i::varchar as customer_id, "
            "(i * 1.10)::decimal(18, 2) as total_open_amount, (i * 1.00)::decimal(18, 2) as d1_30_amount, "
            "(i * 0.10)::decimal(18, 2) as current_amount, i % 7 as open_invoice_count, "
            "case when i % 2 = 0 then date '2026-11-20' end as oldest_due_date, date '2026-11-20' as as_of_date, "
            "'current' as bucket from range(1, 41) as r(i)"
        )
        yield connection


def suite():
    return expectations.suite(
        "marts.ar_aging_by_customer",
        expectations.key("customer_id"),
        expectations.not_null("total_open_amount"),
        expectations.one_of("bucket", ["current", "d1_30"]),
        expectations.at_least("open_invoice_count"),
        expectations.not_before("total_open_amount", "d1_30_amount"),
        expectations.not_before("as_of_date", "oldest_due_date", expectations.WARNING),
        expectations.zero("residual", "the buckets do not add up to the total"),
        computed={"residual": "((total_open_amount - current_amount - d1_30_amount) * 100)::bigint"},
    )


DAMAGE = {
    "nothing": ("select 1", [], False),
    "a row twice": (
        "insert into marts.ar_aging_by_customer select * from marts.ar_aging_by_customer where customer_id = '7'",
        ["Fails if two rows share customer_id."],
        True,
    ),
    "a cent": (
        "update marts.ar_aging_by_customer set current_amount = current_amount + 0.01 where customer_id = '7'",
        ["Fails if the buckets do not add up to the total."],
        True,
    ),
    "a bucket nobody knows": (
        "update marts.ar_aging_by_customer set bucket = 'd1_31' where customer_id = '7'",
        ["Fails if bucket is none of current, d1_30."],
        True,
    ),
    "a missing amount": (
        "update marts.ar_aging_by_customer set total_open_amount = null where customer_id = '7'",
        ["Fails if total_open_amount is missing."],
        True,
    ),
    "a warning": (
        "update marts.ar_aging_by_customer set oldest_due_date = date '2027-01-01' where customer_id = '7'",
        ["Fails if as_of_date is smaller than oldest_due_date."],
        False,
    ),
    "a column gone": (
        "alter table marts.ar_aging_by_customer drop column open_invoice_count",
        ["Fails if open_invoice_count is below 0."],
        True,
    ),
}


def on_counts(warehouse, realm_id=REALM):
    """The counts of the table as the suite sees it, and what Great Expectations reads off them."""
    from checks.engine import checkpoint, library

    published = table(suite(), realm_id, column_types(warehouse))
    assert published
    ((counts,),) = counted(warehouse, {realm_id: [published]}).values()
    return counts, checkpoint.on_counts(library.context(None), {realm_id: [counts]})[realm_id]


def on_rows(warehouse, published, folder):
    """What Great Expectations finds in the rows themselves."""
    from checks.engine import checkpoint, frames, library

    frame = frames.frame(warehouse, published, folder)
    assert frame
    return checkpoint.on_rows(library.context(None), REALM, [frame])


def failures_of(results):
    return [result.description for result in results if not result.passed]


@pytest.mark.parametrize(("damage", "failures", "stops"), DAMAGE.values(), ids=DAMAGE)
def test_damage_fails_the_expectation_that_speaks_of_it(warehouse, damage, failures, stops):
    """Damage to one row fails exactly the expectation about it, and stops publishing where that is an error."""
    warehouse.execute(damage)
    _, judged = on_counts(warehouse)
    assert failures_of(judged) == failures
    assert any(result.is_error for result in judged) is stops


@pytest.mark.parametrize(("damage", "failures", "stops"), DAMAGE.values(), ids=DAMAGE)
def test_great_expectations_finds_the_same_in_the_rows_as_sql(warehouse, tmp_path, damage, failures, stops):
    """Great Expectations reads the same results off the rows as SQL, values and numbers too."""
    from checks.engine import checkpoint

    warehouse.execute(damage)
    counts, judged = on_counts(warehouse)
    judged = checkpoint.with_values(judged, on_rows(warehouse, counts.table, tmp_path))
    assert failures_of(judged) == failures
    if damage.startswith("alter"):
        assert "column" in next(one.observed for one in judged if not one.passed), "the library says why"
    else:
        assert judged == results(warehouse, counts)


def test_what_failed_is_told_with_the_values_seen(warehouse, tmp_path):
    """A failed expectation shows the values seen and their number, and a large table does without them."""
    from checks.engine import checkpoint, frames

    warehouse.execute("update marts.ar_aging_by_customer set bucket = 'late' where customer_id in ('7', '9')")
    counts, judged = on_counts(warehouse)
    seen = checkpoint.with_values(judged, on_rows(warehouse, counts.table, tmp_path))
    assert [(one.observed, one.unexpected_count) for one in seen if not one.passed] == [("late, late", 2)]
    assert frames.frame(warehouse, counts.table, tmp_path, whole=10) is None, "counts do for large tables"
    assert checkpoint.with_values(judged, []) == judged


def test_rows_that_break_an_expectation_are_named_by_their_key(warehouse):
    """The rows that break an expectation are named by their key and value."""
    warehouse.execute("update marts.ar_aging_by_customer set bucket = 'late' where customer_id in ('7', '9')")
    published = table(suite(), REALM, column_types(warehouse))
    rule = next(one for one in published.suite.expectations if one.columns == ("bucket",))
    assert offenders(warehouse, published, rule) == [("7", "late"), ("9", "late")]


def test_each_company_is_judged_by_its_own_rows(warehouse):
    """All companies are validated at once, and a fault in one company stops that one alone."""
    from checks.engine import checkpoint

    warehouse.execute(
        "insert into marts.ar_aging_by_customer "
        "select * replace ('2' as realm_id, 'late' as bucket) from marts.ar_aging_by_customer"
    )
    types = column_types(warehouse)
    companies = {realm_id: [table(suite(), realm_id, types)] for realm_id in (REALM, "2")}
    judged = checkpoint.results(warehouse, companies)
    failures = {
        realm_id: [one.unexpected_count for one in results if not one.passed]
        for realm_id, results in judged.items()
    }
    assert failures == {REALM: [], "2": [40]}


def test_a_suite_that_one_company_has_not_tonight_is_no_failure_of_it(warehouse):
    """A company without tables to judge passes, while the other's are judged in full."""
    from checks.engine import checkpoint

    published = table(suite(), REALM, column_types(warehouse))
    judged = checkpoint.results(warehouse, {REALM: [published], "2": []})
    assert judged["2"] == []
    assert len(judged[REALM]) == len(suite().expectations)


def test_a_company_without_rows_breaks_nothing(warehouse):
    """A company without rows passes every expectation."""
    _, judged = on_counts(warehouse, "nobody")
    assert failures_of(judged) == []
    assert len(judged) == len(suite().expectations)
