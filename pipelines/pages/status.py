"""What `quickduck status` knows: how fresh each company is, how its last run went, what the month has cost."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pendulum
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect.expiry import stored_sign_ins
from pipelines.published.file import published
from pipelines.published.folder import open_read_only
from pipelines.quickbooks.meters import METERED
from pipelines.workspace.home import Home, HomeBusy
from pipelines.workspace.warehouse import WarehouseBusy

MONTHLY_CALLS = 500_000
"""Free reads a month for an app, all its companies together; after them Intuit answers no more."""

# Only a run writes `running`, and it holds the folder's lock: whoever can read the warehouse knows it was killed.
COMPANIES = """
with last_runs as (
    select * from ops.runs qualify row_number() over (partition by realm_id order by run_id desc) = 1
),
visits as (
    select
        realm_id,
        max(last_synced_at) as synced_at,
        min(accuracy) as accuracy,
        list(entity order by entity) filter (state = 'no longer offered') as no_longer_offered
    from ops.sync_status
    group by realm_id
)
select
    last_runs.realm_id,
    epoch(last_runs.started_at),
    if(last_runs.verdict = 'running', 'killed', last_runs.verdict),
    last_runs.error,
    epoch(visits.synced_at),
    visits.accuracy,
    coalesce(visits.no_longer_offered, [])
from last_runs
left join visits using (realm_id)
order by last_runs.realm_id
"""
CALLS = f"""
select
    coalesce(sum({" + ".join(f"calls_{kind}" for kind in METERED)}), 0)::bigint,
    coalesce(sum(calls_batch), 0)::bigint,
    coalesce(sum(calls_batch_item), 0)::bigint
from ops.runs
where epoch(started_at) >= ?
"""


@dataclass(frozen=True)
class CompanyStatus:
    """One company: its last run, failed or not, its last good visit by the server's clock, its worst accuracy.

    `no_longer_offered` are entities that its plan had once. `open_as_of` is the day of the marts that people open,
    which a rollback or `--as-of` sets back.
    """

    realm_id: str
    started_at: DateTime
    verdict: str
    error: str | None
    synced_at: DateTime | None
    accuracy: float | None
    no_longer_offered: Sequence[str] = ()
    open_as_of: date | None = None


@dataclass(frozen=True)
class MonthOfCalls:
    """What a calendar month (UTC) has cost so far, all companies together; `total` counts a batch as one."""

    start: DateTime
    total: int
    batches: int
    batch_items: int

    @property
    def most(self) -> int:
        """The calls if Intuit meters each item of a batch."""
        return self.total - self.batches + self.batch_items


@dataclass(frozen=True)
class Status:
    """What `ops` holds; `source` says which file it was read from and why."""

    companies: list[CompanyStatus]
    calls: MonthOfCalls
    source: str


def read_status(home: Home, now: DateTime) -> Status:
    """The status from the warehouse, which knows failed runs, or else from the published file."""
    return _with_days(_runs(home, now), home)


def _runs(home: Home, now: DateTime) -> Status:
    if not home.warehouse.exists():
        return _nothing(now, f"Nothing has run in {home.path} yet: `quickduck run` does that.")
    try:
        with open_read_only(home) as warehouse:
            return _read(warehouse, now, f"From {home.warehouse}: every run, failed ones too.")
    except HomeBusy as busy:
        why = f"{busy.holder} is at work in the folder"
    except WarehouseBusy:
        why = f"another program has {home.warehouse.name} open"
    if not home.analytics.exists():
        return _nothing(now, f"Nothing is published in {home.path} yet, and {why}: ask again later.")
    source = f"From {home.analytics}, for {why}: runs since it was published are not in it."
    with published(home) as file:
        return _read(file, now, source)


def _with_days(status: Status, home: Home) -> Status:
    """The same status with the day of each company's published marts."""
    if not (status.companies and home.analytics.exists()):
        return status
    with published(home) as file, suppress(duckdb.Error):  # of a file of another version
        days = dict(file.execute("select realm_id, as_of_date from core.companies").fetchall())
        companies = [replace(one, open_as_of=days.get(one.realm_id)) for one in status.companies]
        return replace(status, companies=companies)
    return status


def _read(connection: DuckDBPyConnection, now: DateTime, source: str) -> Status:
    month = now.in_timezone("UTC").start_of("month")
    try:
        companies = connection.execute(COMPANIES).fetchall()
        calls = connection.execute(CALLS, [month.timestamp()]).fetchall()[0]
    except duckdb.CatalogException:
        return _nothing(now, f"{source} None has begun yet: `quickduck run` does that.")
    return Status(
        [
            CompanyStatus(realm_id, _moment(started), verdict, error, _moment_or_none(synced), accuracy, lost)
            for realm_id, started, verdict, error, synced, accuracy, lost in companies
        ],
        MonthOfCalls(month, *calls),
        source,
    )


def _nothing(now: DateTime, source: str) -> Status:
    return Status([], MonthOfCalls(now.in_timezone("UTC").start_of("month"), 0, 0, 0), source)


def status_values(home: Home, now: DateTime) -> dict[str, Any]:
    """The status for programs; `sign_in_problem` says why the token file cannot be opened."""
    status = read_status(home, now)
    try:
        sign_ins, problem = stored_sign_ins(home.tokens, lambda: now), None
    except ConfigurationError as error:
        sign_ins, problem = [], str(error)
    return {
        "source": status.source,
        "companies": [asdict(company) for company in status.companies],
        "calls": asdict(status.calls) | {"most": status.calls.most, "free_a_month": MONTHLY_CALLS},
        "sign_ins": [asdict(one) | {"warning": one.warning} for one in sign_ins],
        "sign_in_problem": problem,
    }


def _moment(seconds: float) -> DateTime:
    return pendulum.from_timestamp(seconds)


def _moment_or_none(seconds: float | None) -> DateTime | None:
    return None if seconds is None else _moment(seconds)
