"""What every run did, kept in schema `ops`: its runs, and how fresh each entity of each company is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.quickbooks.entities import Entity
from pipelines.quickbooks.meters import BESIDE, METERED
from transforms.engine.current_versions import census

KINDS = METERED + BESIDE
VERSIONS = ", ".join(f"{name} {version(name)}" for name in ("quickduck", "dlt", "duckdb"))

TABLES = f"""
create schema if not exists build;
create table if not exists build.passed (realm_id varchar);
alter table build.passed add column if not exists withheld varchar[];
create schema if not exists ops;
create table if not exists ops.runs (
    run_id varchar, realm_id varchar, trigger varchar, started_at timestamptz, ended_at timestamptz,
    step varchar, verdict varchar, exit_code integer,
    {", ".join(f"calls_{kind} integer" for kind in KINDS)},
    versions varchar, error varchar, intuit_tid varchar
);
create table if not exists ops.sync_status (
    realm_id varchar, entity varchar, cursor_at timestamptz, last_synced_at timestamptz,
    live_rows bigint, deletions bigint, accuracy double, state varchar, error varchar
);
comment on table ops.runs is 'Every run, failed ones too. One row per run and company.';
comment on column ops.runs.run_id is 'The run; the start in UTC.';
comment on column ops.runs.realm_id is 'The company.';
comment on column ops.runs.trigger is 'What started the run: schedule, manual or test.';
comment on column ops.runs.started_at is 'Start, UTC.';
comment on column ops.runs.ended_at is 'End, UTC; null while it runs and after it was killed.';
comment on column ops.runs.step is 'The last step reached: extract, transform, check, publish, done.';
comment on column ops.runs.verdict is 'How far a good run went: extracted, built, passed, published.
Else: checks failed, failed, sign-in needed, interrupted, running or killed.';
comment on column ops.runs.exit_code is 'What the process answered for this company; null when it was killed.';
comment on column ops.runs.versions is 'Versions of the software that ran.';
comment on column ops.runs.error is 'Why it failed, in a sentence; null when it did not.';
comment on column ops.runs.intuit_tid is 'Intuit''s id of the failed request, for their support.';
comment on table ops.sync_status is 'How fresh the copy is. One row per company and entity.';
comment on column ops.sync_status.realm_id is 'The company.';
comment on column ops.sync_status.entity is 'QuickBooks''s name of the entity.';
comment on column ops.sync_status.cursor_at is 'The latest LastUpdatedTime stored, UTC; null without rows.';
comment on column ops.sync_status.last_synced_at is 'The server''s clock at the last good visit, UTC.';
comment on column ops.sync_status.live_rows is 'Rows the company has now, inactive ones included.';
comment on column ops.sync_status.deletions is 'Rows known to be deleted.';
comment on column ops.sync_status.accuracy is 'Sync accuracy at the last check, 0 to 1; null before it.';
comment on column ops.sync_status.state is 'synced, failed, or not in this edition.';
comment on column ops.sync_status.error is 'Why not, in QuickBooks''s words; null when synced.';
""" + "".join(f"comment on column ops.runs.calls_{kind} is 'Requests sent: {kind}.';\n" for kind in KINDS)


@dataclass
class RunOfCompany:
    """One company's part in one run, as `ops.runs` keeps it."""

    run_id: str
    realm_id: str
    trigger: str
    started_at: DateTime
    step: str = "extract"
    verdict: str = "running"
    exit_code: int | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    intuit_tid: str | None = None


def begin(connection: DuckDBPyConnection, runs: Sequence[RunOfCompany]) -> None:
    """Notes that a run has begun; what an earlier one left running was killed."""
    connection.execute(TABLES)
    connection.execute("update ops.runs set verdict = 'killed' where verdict = 'running'")
    for run in runs:
        write(connection, run, None)


def forget_verdicts(connection: DuckDBPyConnection) -> None:
    """What is built anew has not been judged, whichever company the run was about: all share the tables."""
    connection.execute(TABLES)
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
    connection.execute(TABLES)
    rows = connection.execute("select distinct realm_id from ops.runs order by realm_id").fetchall()
    return [realm_id for (realm_id,) in rows]


def write(connection: DuckDBPyConnection, run: RunOfCompany, ended_at: DateTime | None) -> None:
    """Stores where the run stands."""
    connection.execute("delete from ops.runs where run_id = ? and realm_id = ?", [run.run_id, run.realm_id])
    values = [
        run.run_id, run.realm_id, run.trigger, run.started_at, ended_at, run.step, run.verdict, run.exit_code,
        *(run.calls.get(kind, 0) for kind in KINDS), VERSIONS, run.error, run.intuit_tid,
    ]  # fmt: skip
    connection.execute(f"insert into ops.runs values ({', '.join('?' * len(values))})", values)


def synced(
    connection: DuckDBPyConnection,
    realm_id: str,
    entities: Sequence[Entity],
    *,
    at: DateTime,
    missing: Mapping[str, str],
    accuracy: Mapping[str, float],
) -> None:
    """Stores how fresh each of these entities is after a good visit."""
    known = dict(
        connection.execute(
            "select entity, accuracy from ops.sync_status where realm_id = ?", [realm_id]
        ).fetchall()
    )
    found = census(connection, realm_id, entities)
    rows = []
    for entity in entities:
        counted = found[entity.name]
        rows.append((
            realm_id, entity.name, counted.latest, at, counted.live, counted.deleted,
            accuracy.get(entity.name, known.get(entity.name)),
            "not in this edition" if entity.name in missing else "synced", missing.get(entity.name),
        ))  # fmt: skip
    connection.execute(
        "delete from ops.sync_status where realm_id = ? and list_contains(?, entity)",
        [realm_id, [entity.name for entity in entities]],
    )
    connection.executemany("insert into ops.sync_status values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def failed(connection: DuckDBPyConnection, realm_id: str, error: str) -> None:
    """Marks the company's entities as not synced, and why; when they were last synced stays."""
    connection.execute(
        "update ops.sync_status set state = 'failed', error = ? where realm_id = ?", [error, realm_id]
    )
