"""The tables of verdicts: `checks.results`, `checks.accuracy`, `checks.money` and `checks.differences`."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import literal

TABLES = {
    "results": """
        realm_id varchar not null,
        run_id varchar not null,
        as_of_date date,
        suite varchar,
        expectation varchar,
        column_name varchar,
        severity varchar,
        is_passed boolean,
        observed varchar,
        unexpected_count bigint,
        description varchar
    """,
    "accuracy": """
        realm_id varchar not null,
        run_id varchar not null,
        as_of_date date,
        entity varchar,
        method varchar,
        accuracy double,
        completeness double,
        currentness double,
        money_accuracy double,
        source_count bigint,
        warehouse_count bigint,
        missing_count bigint,
        phantom_count bigint,
        stale_count bigint,
        content_diff_count bigint,
        money_diff_count bigint,
        in_flight_count bigint,
        source_amount decimal(38, 2),
        warehouse_amount decimal(38, 2),
        amount_diff decimal(38, 2),
        cutoff_at timestamptz
    """,
    "money": """
        realm_id varchar not null,
        run_id varchar not null,
        as_of_date date,
        entity varchar,
        month date,
        currency varchar,
        money_accuracy double,
        source_amount decimal(38, 2),
        warehouse_amount decimal(38, 2),
        amount_diff decimal(38, 2),
        source_balance decimal(38, 2),
        warehouse_balance decimal(38, 2),
        balance_diff decimal(38, 2)
    """,
    "differences": """
        realm_id varchar not null,
        run_id varchar not null,
        as_of_date date,
        check_name varchar,
        entity varchar,
        id varchar,
        column_name varchar,
        expected varchar,
        actual varchar,
        amount_diff decimal(38, 8),
        state varchar
    """,
}
COMMENTS = {
    "results": "Every expectation of every run. One row per company, run, suite and expectation.",
    "accuracy": "How well our copy agreed with QuickBooks. One row per company, run and entity.",
    "money": "Amounts and balances, each object's compared with QuickBooks's, of every deep check. "
    "One row per company, run, entity, month and currency.",
    "differences": "What QuickBooks (expected) and our copy (actual) said differently, and what is odd. state: error, "
    "warning, in_flight (changed after the cut-off), healed (gone once it was read again), explained (income that is "
    "no sale).",
}
COLUMN_COMMENTS = {
    "realm_id": "QuickBooks company id (realm).",
    "run_id": "The run, as in ops.runs.",
    "as_of_date": "The day the marts spoke of.",
    "suite": "Suite of expectations: a table, sync_accuracy, identities, or a tie-out.",
    "expectation": "Name of the expectation in Great Expectations.",
    "column_name": "Column or field; null where the expectation is about a whole table.",
    "severity": "critical stops publishing, warning is shown.",
    "is_passed": "Whether it held.",
    "observed": "What was seen instead; empty when it held.",
    "unexpected_count": "Rows against it; null where rows are not counted.",
    "description": "When it fails, in a sentence.",
    "entity": "QuickBooks's name of the entity.",
    "method": "count compared numbers, ids the ids, content also sync tokens and every field.",
    "accuracy": "Objects the same on both sides, of those on either, 0 to 1.",
    "completeness": "Objects of QuickBooks that we have, 0 to 1.",
    "currentness": "Objects with the same sync token, of those on both sides, 0 to 1.",
    "money_accuracy": "1 less absolute differences over absolute amounts; null where amounts were not compared.",
    "source_count": "Objects QuickBooks has.",
    "warehouse_count": "Objects we have.",
    "missing_count": "Objects we lack.",
    "phantom_count": "Objects we have and QuickBooks has not.",
    "stale_count": "Objects with another sync token.",
    "content_diff_count": "Objects with the same sync token and other content.",
    "money_diff_count": "Objects with other amounts.",
    "in_flight_count": "Objects that changed after the cut-off, not counted as wrong.",
    "source_amount": "Sum of absolute amounts in QuickBooks; null where amounts were not compared.",
    "warehouse_amount": "The same sum here.",
    "amount_diff": "Difference in money; null where there is none to speak of.",
    "cutoff_at": "What changed later, UTC, is in flight.",
    "check_name": "The check that found it.",
    "id": "The object, or the customer where balances differ.",
    "expected": "QuickBooks's word; of free text the length alone.",
    "actual": "Ours; null when we lack the object.",
    "state": "error, warning, in_flight, healed or explained.",
    "month": "First day of the month of the transactions; null for lists.",
    "currency": "Currency of the objects, as QuickBooks codes it; empty where it names none.",
    "source_balance": "Sum of absolute open balances in QuickBooks.",
    "warehouse_balance": "The same sum here.",
    "balance_diff": "Sum of absolute differences of balances, object by object.",
}
LATER = {"currentness": "double"}


def create(connection: DuckDBPyConnection) -> None:
    """Makes the tables where they are missing."""
    connection.execute("create schema if not exists checks")
    for name, definition in TABLES.items():
        connection.execute(f"create table if not exists checks.{name} ({definition})")
        connection.execute(f"comment on table checks.{name} is {literal(COMMENTS[name])}")
        for column in columns(name):
            if column in LATER:  # a warehouse of before has the table without it
                connection.execute(
                    f"alter table checks.{name} add column if not exists {column} {LATER[column]}"
                )
            connection.execute(
                f"comment on column checks.{name}.{column} is {literal(COLUMN_COMMENTS[column])}"
            )


def columns(table: str) -> list[str]:
    """The columns of one of them, in order."""
    return [line.split()[0] for line in TABLES[table].split("\n") if line.strip()]
