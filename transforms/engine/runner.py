"""Builds staging, core and marts from raw, in one transaction."""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

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
    """What a build did: tables it made, entities parsed again, documents set aside, seconds it took.

    `left_out` are the companies whose rows no table could be made of, each with the reason.
    """

    tables: list[str]
    changed: list[str]
    rejected: int
    excess_decimals: int
    seconds: float
    left_out: Mapping[str, str] = field(default_factory=dict)


def build(
    connection: DuckDBPyConnection,
    *,
    as_of: Mapping[str, datetime.date],
    inputs: Inputs | None = NOTHING_GIVEN,
    full: bool = False,
    only: Collection[str] | None = None,
) -> Built:
    """Brings staging up to date and builds core and marts anew, as of each company's date.

    Either everything is built or nothing changes; where each of several companies fails, staging alone is brought up
    to date. `as_of` names every company that has data. `only` names tables of core and marts that are built, with those
    they select from; the others stay as they are. Without `inputs`, people's lists are those of the last build.
    A company of whose rows no table can be made is left out, and the others are built; its rows of before are then in
    the published file alone.
    """
    started = time.perf_counter()

    def build_without(left_out: Mapping[str, str]) -> Built:
        with session_settings(connection, SETTINGS), transaction(connection):
            changed = incremental.stage(connection, full=full)
            made = _make(connection, as_of, inputs, only, left_out, from_scratch=full)
            return Built(
                made,
                changed,
                count(connection, "checks.rejected"),
                count(connection, "checks.excess_decimals"),
                time.perf_counter() - started,
                left_out,
            )

    try:
        return build_without({})
    except models.ModelFailed:
        if left_out := _unbuildable(connection, as_of, inputs):
            return build_without(left_out)
        raise


def _make(
    connection: DuckDBPyConnection,
    as_of: Mapping[str, datetime.date],
    inputs: Inputs | None,
    only: Collection[str] | None,
    without: Collection[str],
    *,
    from_scratch: bool = False,
) -> list[str]:
    """Makes core and marts out of staging, within the caller's transaction; the names of all tables there are then."""
    set_dates(connection, as_of, without)
    if inputs is not None:
        inputs.write(connection)
    history.create(connection)
    write_item_versions(connection)
    for schema in ("core", "marts"):
        connection.execute(f"create schema if not exists {schema}")
    staging, core_and_marts = models.read("staging"), models.read_all("core", "marts")
    made = models.in_order(core_and_marts if only is None else models.making(core_and_marts, only))
    for model in made:
        model.create(connection, without, from_scratch=from_scratch)
    if only is None:
        drop_unmade(connection, [*staging, *core_and_marts])
    macros.create(connection)
    connection.execute("drop schema if exists documents")
    return [model.table for model in (*staging, *made)]


def _unbuildable(
    connection: DuckDBPyConnection, as_of: Mapping[str, datetime.date], inputs: Inputs | None
) -> dict[str, str]:
    """The companies that cannot be built, with the reason; none where the fault is in no company or in all of them.

    Each half of the companies is tried by itself until the halves are single companies. Nothing is kept of a trial but
    staging, so that no document is parsed twice. Where there is one company, nothing is tried.
    """
    if len(as_of) < 2:
        return {}
    with session_settings(connection, SETTINGS), transaction(connection):
        incremental.stage(connection, full=False)
    left_out: dict[str, str] = {}

    def search(realm_ids: Sequence[str]) -> None:
        reason = ""
        with session_settings(connection, SETTINGS):
            connection.begin()
            try:
                _make(connection, as_of, inputs, None, as_of.keys() - set(realm_ids))
            except models.ModelFailed as error:
                reason = str(error)
            finally:
                connection.rollback()
        if reason and len(realm_ids) == 1:
            left_out[realm_ids[0]] = reason
        elif reason:
            half = len(realm_ids) // 2
            search(realm_ids[:half])
            search(realm_ids[half:])

    search(sorted(as_of))
    return left_out if len(left_out) < len(as_of) else {}


def drop_unmade(connection: DuckDBPyConnection, current: Collection[models.Table]) -> None:
    """Drops the tables whose file is gone or has another name: they would be published as they once were."""
    made = {model.table for model in current} | {other_fields.TABLE.name}
    for schema in models.SCHEMAS:
        for name in tables(connection, schema):
            if f"{schema}.{name}" not in made:
                connection.execute(f"drop table {identifier(schema, name)}")


def set_dates(
    connection: DuckDBPyConnection, as_of: Mapping[str, datetime.date], without: Collection[str] = ()
) -> None:
    """Writes the date that each company's marts stand for, which core.companies reads, but for those left out."""
    rows = connection.execute("select distinct realm_id from build.loads").fetchall()
    if unknown := {realm_id for (realm_id,) in rows} - as_of.keys():
        raise ValueError(f"no as-of date for company {', '.join(sorted(unknown))}")
    connection.execute(
        "create or replace table build.as_of_dates (realm_id varchar, as_of_date date, is_today boolean)"
    )
    today = dates.of_today(connection, as_of)
    for realm_id, day in as_of.items():
        if realm_id not in without:
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
