"""Great Expectations on our tables: whole ones as frames in cents, large ones by figures out of SQL."""

from __future__ import annotations

import duckdb
import pytest

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
    from checks.suites import rules

    return rules.suite(
        "marts.ar_aging_by_customer",
        rules.key("customer_id"),
        rules.given("total_open_amount"),
        rules.one_of("bucket", ["current", "d1_30"]),
        rules.at_least("open_invoice_count"),
        rules.not_before("total_open_amount", "d1_30_amount"),
        rules.not_before("as_of_date", "oldest_due_date", rules.WARNING),
        rules.zero("residual", "the buckets do not add up to the total"),
        computed={"residual": "((total_open_amount - current_amount - d1_30_amount) * 100)::bigint"},
    )


DAMAGE = {
    "nothing": ("select 1", [], True),
    "a row twice": (
        "insert into marts.ar_aging_by_customer select * from marts.ar_aging_by_customer where customer_id = '7'",
        ["Fails if two rows share customer_id."],
        False,
    ),
    "a cent": (
        "update marts.ar_aging_by_customer set current_amount = current_amount + 0.01 where customer_id = '7'",
        ["Fails if the buckets do not add up to the total."],
        False,
    ),
    "a bucket nobody knows": (
        "update marts.ar_aging_by_customer set bucket = 'd1_31' where customer_id = '7'",
        ["Fails if bucket is none of current, d1_30."],
        False,
    ),
    "a missing amount": (
        "update marts.ar_aging_by_customer set total_open_amount = null where customer_id = '7'",
        ["Fails if total_open_amount is missing."],
        False,
    ),
    "a warning": (
        "update marts.ar_aging_by_customer set oldest_due_date = date '2027-01-01' where customer_id = '7'",
        ["Fails if as_of_date is smaller than oldest_due_date."],
        True,
    ),
    "a column gone": (
        "alter table marts.ar_aging_by_customer drop column open_invoice_count",
        ["Fails if open_invoice_count is below 0."],
        False,
    ),
}


def judged(warehouse, realm_id=REALM):
    """The table as the suite sees it, and the judgement on its counts."""
    from checks.engine import checkpoint, counts, frames, gx

    published = frames.table(suite(), realm_id, frames.types(warehouse))
    assert published
    context = gx.context(None)
    judgement = checkpoint.run(context, {realm_id: [counts.counted(warehouse, published)]})[realm_id]
    return published, context, judgement


@pytest.mark.parametrize(("damage", "failures", "passed"), DAMAGE.values(), ids=DAMAGE)
def test_damage_fails_the_expectation_that_speaks_of_it(warehouse, damage, failures, passed):
    """Damage to one row fails exactly the expectation about it, and stops publishing where that is an error."""
    warehouse.execute(damage)
    _, _, judgement = judged(warehouse)
    assert [result.description for result in judgement.results if not result.passed] == failures
    assert judgement.passed is passed


@pytest.mark.parametrize(("damage", "failures", "passed"), DAMAGE.values(), ids=DAMAGE)
def test_great_expectations_finds_the_same_in_the_rows_as_sql(warehouse, tmp_path, damage, failures, passed):
    """Great Expectations reads the same results off the rows as the counts in SQL that decide on publishing."""
    from checks.engine import checkpoint, frames

    warehouse.execute(damage)
    published, context, judgement = judged(warehouse)
    frame = frames.frame(warehouse, published, tmp_path)
    assert frame
    results = checkpoint.validated(context, REALM, [frame])
    assert [result.description for result in results if not result.passed] == failures
    counted = {result.description: result.unexpected_count for result in judgement.results}
    rows = {result.description: result.unexpected_count for result in results}
    for description in failures:
        assert rows[description] in (
            counted[description],
            2 * counted[description],
            None,
        )  # a pair is two rows


def test_what_failed_is_told_with_the_values_seen(warehouse, tmp_path):
    """A failed expectation shows the values seen and their number, and a large table does without them."""
    from checks.engine import checkpoint, frames

    warehouse.execute("update marts.ar_aging_by_customer set bucket = 'late' where customer_id in ('7', '9')")
    published, context, judgement = judged(warehouse)
    frame = frames.frame(warehouse, published, tmp_path)
    assert frame
    seen = checkpoint.seen(context, REALM, judgement, [frame])
    assert [(one.observed, one.unexpected_count) for one in seen.results if not one.passed] == [
        ("late, late", 2)
    ]
    assert frames.frame(warehouse, published, tmp_path, whole=10) is None, "counts do for large tables"
    assert checkpoint.seen(context, REALM, judgement, []).results == judgement.results


def test_rows_that_break_an_expectation_are_named_by_their_key(warehouse):
    """The rows that break an expectation are named by their key and value."""
    from checks.engine import frames

    warehouse.execute("update marts.ar_aging_by_customer set bucket = 'late' where customer_id in ('7', '9')")
    published, _, _ = judged(warehouse)
    rule = next(one for one in published.suite.expectations if getattr(one, "column", "") == "bucket")
    assert frames.offenders(warehouse, published, rule) == [("7", "late"), ("9", "late")]


def test_each_company_is_judged_by_its_own_rows(warehouse):
    """All companies are validated at once, and a fault in one company stops that one alone."""
    from checks.engine import checkpoint, counts, frames, gx

    warehouse.execute(
        "insert into marts.ar_aging_by_customer "
        "select * replace ('2' as realm_id, 'late' as bucket) from marts.ar_aging_by_customer"
    )
    types = frames.types(warehouse)
    counted = {
        realm_id: [counts.counted(warehouse, frames.table(suite(), realm_id, types))]
        for realm_id in (REALM, "2")
    }
    judgements = checkpoint.run(gx.context(None), counted)
    assert {realm_id: judgement.passed for realm_id, judgement in judgements.items()} == {
        REALM: True,
        "2": False,
    }
    assert [one.unexpected_count for one in judgements["2"].results if not one.passed] == [40]


def test_a_suite_that_one_company_has_not_tonight_is_no_failure_of_it(warehouse):
    """A company without tables to judge passes, while the other's are judged in full."""
    from checks.engine import checkpoint, counts, frames, gx

    types = frames.types(warehouse)
    counted = counts.counted(warehouse, frames.table(suite(), REALM, types))
    judgements = checkpoint.run(gx.context(None), {REALM: [counted], "2": []})
    assert judgements["2"] == checkpoint.Judgement(True, ())
    assert len(judgements[REALM].results) == len(suite().expectations)


def test_a_company_without_rows_breaks_nothing(warehouse):
    """A company without rows passes every expectation."""
    _, _, judgement = judged(warehouse, "nobody")
    assert judgement.passed
