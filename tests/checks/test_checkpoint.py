"""Great Expectations on our tables: whole ones as frames in cents, large ones by figures out of SQL."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize("whole", [200_000, 10], ids=["as a frame", "by figures"])
@pytest.mark.parametrize(("damage", "failures", "passed"), DAMAGE.values(), ids=DAMAGE)
def test_damage_fails_the_expectation_that_speaks_of_it(warehouse, tmp_path, damage, failures, passed, whole):
    from checks import checkpoint, frames, gx

    warehouse.execute(damage)
    published = frames.table(warehouse, suite(), REALM)
    assert published
    frame = frames.frame(warehouse, published, tmp_path, whole=whole)
    judgement = checkpoint.run(gx.context(None), REALM, [frame])
    assert [result.description for result in judgement.results if not result.passed] == failures
    assert judgement.passed is passed


def test_rows_that_break_an_expectation_are_named_by_their_key(warehouse):
    from checks import frames

    warehouse.execute("update marts.ar_aging_by_customer set bucket = 'late' where customer_id in ('7', '9')")
    published = frames.table(warehouse, suite(), REALM)
    assert published
    rule = next(one for one in published.suite.expectations if getattr(one, "column", "") == "bucket")
    assert frames.offenders(warehouse, published, rule) == [("7", "late"), ("9", "late")]


def test_other_companies_are_not_judged(warehouse, tmp_path: Path):
    from checks import frames

    warehouse.execute(
        "insert into marts.ar_aging_by_customer select * replace ('2' as realm_id) from marts.ar_aging_by_customer"
    )
    published = frames.table(warehouse, suite(), "2")
    assert published
    assert frames.frame(warehouse, published, tmp_path).rows == 40
