"""What every run did, kept in schema `ops`: its runs, and how fresh each entity of each company is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import NamedTuple

import duckdb
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base import kept_tables
from pipelines.base.kept_tables import insert
from pipelines.base.sqltext import transaction
from pipelines.nightly.ending import Ending
from pipelines.nightly.ops_tables import KINDS, RUNS, SYNC_STATUS
from pipelines.quickbooks.entities import Entity
from transforms.engine.current_versions import census

VERSIONS = ", ".join(f"{name} {version(name)}" for name in ("quickduck", "dlt", "duckdb"))


class Tables(NamedTuple):
    """Where runs are noted, and how fresh their companies are."""

    runs: str
    sync_status: str


KEPT = Tables(RUNS.name, SYNC_STATUS.name)
DRAFT = Tables("build.runs_to_publish", "build.sync_status_to_publish")
"""As they are to be published, before the kept ones may say that they are."""

UNKNOWN: tuple[None, None] = (None, None)

BUILD = """
create schema if not exists build;
create table if not exists build.passed (realm_id varchar);
alter table build.passed add column if not exists withheld varchar[];
"""


def create(connection: DuckDBPyConnection) -> None:
    """Makes the tables of `ops` where they are missing, and brings older ones into their present form."""
    connection.execute(BUILD)
    kept_tables.create(connection, [RUNS, SYNC_STATUS])


class Freshness(NamedTuple):
    """How fresh the copy of one entity of a company is, as `ops.sync_status` keeps it."""

    realm_id: str
    entity: str
    cursor_at: datetime | None
    last_synced_at: datetime
    live_rows: int
    deletions: int
    accuracy: float | None
    state: str
    error: str | None


@dataclass
class RunOfCompany:
    """One company's part in one run, as `ops.runs` keeps it."""

    run_id: str
    realm_id: str
    trigger: str
    started_at: DateTime
    ended_at: DateTime | None = None
    step: str = "extract"
    ending: Ending = Ending.RUNNING
    calls: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    intuit_tid: str | None = None


def begin(connection: DuckDBPyConnection, runs: Sequence[RunOfCompany]) -> None:
    """Notes that a run has begun; what an earlier one left running was killed."""
    create(connection)
    connection.execute(
        f"update {KEPT.runs} set verdict = ? where verdict = ?", [str(Ending.KILLED), str(Ending.RUNNING)]
    )
    for run in runs:
        write(connection, run)


def forget_verdicts(connection: DuckDBPyConnection) -> None:
    """What is built anew has not been judged, whichever company the run was about: all share the tables."""
    create(connection)
    connection.execute("delete from build.passed")


def note_passed(
    connection: DuckDBPyConnection, realm_ids: Collection[str], withheld: Collection[str]
) -> None:
    """These companies passed their checks as they stand, which did not look at the columns withheld."""
    connection.execute("delete from build.passed where list_contains($1, realm_id)", [list(realm_ids)])
    connection.execute(
        "insert into build.passed select unnest($1), $2::varchar[]", [list(realm_ids), sorted(withheld)]
    )


def passed(connection: DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """Companies that passed their checks since anything was built, and the columns that were withheld then."""
    rows = connection.execute(
        "select realm_id, withheld from build.passed where withheld is not null"
    ).fetchall()
    return {realm_id: frozenset(withheld) for realm_id, withheld in rows}


def companies(connection: DuckDBPyConnection) -> list[str]:
    """Those that ever ran."""
    create(connection)
    rows = connection.execute(f"select distinct realm_id from {KEPT.runs} order by realm_id").fetchall()
    return [realm_id for (realm_id,) in rows]


def unfinished(connection: DuckDBPyConnection) -> list[str]:
    """Runs that were killed and have not been found out yet."""
    create(connection)
    rows = connection.execute(
        f"select distinct run_id from {KEPT.runs} where verdict = ?", [str(Ending.RUNNING)]
    ).fetchall()
    return [run_id for (run_id,) in rows]


def draft(connection: DuckDBPyConnection) -> None:
    """Makes the draft as `ops` stands, for the notes of a run that is about to publish."""
    for table, aside in zip(KEPT, DRAFT, strict=True):
        connection.execute(f"create or replace table {aside} as from {table}")


def forget_draft(connection: DuckDBPyConnection) -> None:
    """Removes the draft, once the kept tables say the same or nothing was published."""
    for aside in DRAFT:
        connection.execute(f"drop table if exists {aside}")


def write(connection: DuckDBPyConnection, run: RunOfCompany, tables: Tables = KEPT) -> None:
    """Stores where the run stands."""
    connection.execute(
        f"delete from {tables.runs} where run_id = ? and realm_id = ?", [run.run_id, run.realm_id]
    )
    row = {
        "run_id": run.run_id,
        "realm_id": run.realm_id,
        "trigger": run.trigger,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "step": run.step,
        "verdict": str(run.ending),
        "exit_code": run.ending.exit_code,
        **{f"calls_{kind}": run.calls.get(kind, 0) for kind in KINDS},
        "versions": VERSIONS,
        "error": run.error,
        "intuit_tid": run.intuit_tid,
    }
    insert(connection, tables.runs, [row])


def freshness(
    connection: DuckDBPyConnection,
    realm_id: str,
    entities: Sequence[Entity],
    *,
    at: DateTime,
    missing: Mapping[str, str],
    no_longer_offered: Collection[str],
    accuracy: Mapping[str, float],
) -> list[Freshness]:
    """How fresh each of these entities is after a good visit; one that was not checked keeps its accuracy.

    One that is no longer offered is as fresh as when it was read last.
    """
    before = {
        entity: (known, synced_at)
        for entity, known, synced_at in connection.execute(
            f"select entity, accuracy, last_synced_at from {KEPT.sync_status} where realm_id = ?", [realm_id]
        ).fetchall()
    }
    held = census(connection, realm_id, entities)

    def state(name: str) -> str:
        if name in no_longer_offered:
            return "no longer offered"
        return "not in this edition" if name in missing else "synced"

    return [
        Freshness(
            realm_id,
            entity.name,
            held[entity.name].latest,
            (entity.name in no_longer_offered and before.get(entity.name, UNKNOWN)[1]) or at,
            held[entity.name].live,
            held[entity.name].deleted,
            accuracy.get(entity.name, before.get(entity.name, UNKNOWN)[0]),
            state(entity.name),
            missing.get(entity.name),
        )
        for entity in entities
    ]


def synced(connection: DuckDBPyConnection, rows: Sequence[Freshness], tables: Tables = KEPT) -> None:
    """Stores how fresh these entities of one company are."""
    connection.execute(
        f"delete from {tables.sync_status} where realm_id = ? and list_contains(?, entity)",
        [rows[0].realm_id, [row.entity for row in rows]],
    )
    insert(connection, tables.sync_status, [row._asdict() for row in rows])


def failed(connection: DuckDBPyConnection, realm_id: str, error: str, tables: Tables = KEPT) -> None:
    """Marks the company's entities as not synced, and why; when they were last synced stays."""
    connection.execute(
        f"update {tables.sync_status} set state = 'failed', error = ? where realm_id = ?", [error, realm_id]
    )


def learn(connection: DuckDBPyConnection, published: DuckDBPyConnection) -> None:
    """Takes over from a published file how unfinished runs ended that had published it, and how fresh they left it.

    A run notes here that it has published after it has, so if it is killed in between, only the file shows it.
    """
    runs = unfinished(connection)
    try:
        ended = _rows(
            published, KEPT.runs, "list_contains(?, run_id) and verdict <> ?", [runs, str(Ending.RUNNING)]
        )
        realms = sorted({str(row["realm_id"]) for row in ended})
        fresh = _rows(published, KEPT.sync_status, "list_contains(?, realm_id)", [realms])
    except duckdb.Error:  # of a file of another version, whose run cannot have been one of ours
        return
    with transaction(connection):
        for row in ended:
            connection.execute(
                f"delete from {KEPT.runs} where run_id = ? and realm_id = ?", [row["run_id"], row["realm_id"]]
            )
        connection.execute(f"delete from {KEPT.sync_status} where list_contains(?, realm_id)", [realms])
        for table, rows in ((KEPT.runs, ended), (KEPT.sync_status, fresh)):
            insert(connection, table, rows)


def _rows(
    connection: DuckDBPyConnection, table: str, condition: str, values: Sequence[object]
) -> list[dict[str, object]]:
    answer = connection.execute(f"from {table} where {condition}", values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
