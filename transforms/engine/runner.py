"""Builds staging, core and marts from raw, in one transaction."""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import UNORDERED, identifier, session_settings, tables, transaction
from transforms.engine import dates, history, incremental, macros, models, other_fields
from transforms.engine.csv_inputs import NOTHING_GIVEN, Inputs

SETTINGS = {
    # Joins run in the order the SQL gives. Tables made in this very transaction have no statistics yet, and the
    # optimizer then joins by company alone: 200,000 invoices filled the disk with 50 GB.
    "disabled_optimizers": "join_order",
    # Nor can it know how many rows an ASOF join has on its left: it took 14,000 for fewer than 64 and looped over them.
    "asof_loop_join_threshold": 0,
    **UNORDERED,
}
"""DuckDB's settings while the tables are built."""

ITEM_VERSIONS = """
    select
        realm_id,
        id as item_id,
        try_cast(payload->>'$.PurchaseCost' as decimal(24, 10)) as purchase_cost,
        coalesce(last_updated_at, answered_at) as saved_at,
        answered_at
    from raw.item
"""
NO_ITEM_VERSIONS = """
    select
        null::varchar as realm_id, null::varchar as item_id, null::decimal(24, 10) as purchase_cost,
        null::timestamptz as saved_at, null::timestamptz as answered_at
    where false
"""


@dataclass(frozen=True)
class Built:
    """What a build did: tables it made, entities parsed again, documents set aside, seconds it took."""

    tables: list[str]
    changed: list[str]
    rejected: int
    excess_decimals: int
    seconds: float


def build(
    connection: DuckDBPyConnection,
    *,
    as_of: Mapping[str, datetime.date],
    inputs: Inputs = NOTHING_GIVEN,
    full: bool = False,
    only: Collection[str] | None = None,
) -> Built:
    """Brings staging up to date and builds core and marts anew, as of each company's date.

    Either everything is built or nothing changes. `as_of` names every company that has data. `only` names tables
    of core and marts that are built, with those they select from; the others stay as they are.
    """
    started = time.perf_counter()
    with session_settings(connection, SETTINGS), transaction(connection):
        changed = incremental.stage(connection, full=full)
        set_dates(connection, as_of)
        inputs.write(connection)
        history.create(connection)
        write_item_versions(connection)
        for schema in ("core", "marts"):
            connection.execute(f"create schema if not exists {schema}")
        staging, core_and_marts = models.read("staging"), models.read_all("core", "marts")
        made = models.in_order(core_and_marts if only is None else models.making(core_and_marts, only))
        for model in made:
            model.create(connection)
        if only is None:
            drop_unmade(connection, [*staging, *core_and_marts])
        macros.create(connection)
        connection.execute("drop schema documents")
        return Built(
            [model.table for model in (*staging, *made)],
            changed,
            count(connection, "checks.rejected"),
            count(connection, "checks.excess_decimals"),
            time.perf_counter() - started,
        )


def drop_unmade(connection: DuckDBPyConnection, current: Collection[models.Table]) -> None:
    """Drops the tables whose file is gone or has another name: they would be published as they once were."""
    made = {model.table for model in current} | {other_fields.TABLE.name}
    for schema in models.SCHEMAS:
        for name in tables(connection, schema):
            if f"{schema}.{name}" not in made:
                connection.execute(f"drop table {identifier(schema, name)}")


def set_dates(connection: DuckDBPyConnection, as_of: Mapping[str, datetime.date]) -> None:
    """Writes the date that each company's marts stand for, which core.companies reads."""
    rows = connection.execute("select distinct realm_id from build.loads").fetchall()
    if unknown := {realm_id for (realm_id,) in rows} - as_of.keys():
        raise ValueError(f"no as-of date for company {', '.join(sorted(unknown))}")
    connection.execute(
        "create or replace table build.as_of_dates (realm_id varchar, as_of_date date, is_today boolean)"
    )
    today = dates.of_today(connection, as_of)
    for realm_id, day in as_of.items():
        connection.execute(
            "insert into build.as_of_dates values (?, ?, ?)", [realm_id, day, realm_id in today]
        )


def write_item_versions(connection: DuckDBPyConnection) -> None:
    """Writes what each item cost to buy, version by version, out of raw; staging holds only the live version."""
    versions = ITEM_VERSIONS if "item" in tables(connection, "raw") else NO_ITEM_VERSIONS
    connection.execute(f"create or replace table build.item_versions as {versions}")


def built_as_of(connection: DuckDBPyConnection) -> dict[str, datetime.date]:
    """The date each company's marts stand for now; empty before the first build."""
    if "as_of_dates" not in tables(connection, "build"):
        return {}
    return dict(connection.execute("select realm_id, as_of_date from build.as_of_dates").fetchall())


def count(connection: DuckDBPyConnection, table: str) -> int:
    """Rows of one table."""
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def is_built(connection: DuckDBPyConnection) -> bool:
    """Whether the marts have been built."""
    return bool(tables(connection, "marts"))
