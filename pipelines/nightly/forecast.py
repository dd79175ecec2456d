"""What a run is expected to cost and to publish, out of what the data folder knows already; nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from math import ceil

import duckdb
import pendulum
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.collect.plan import next_deep, plan
from pipelines.nightly import ops
from pipelines.nightly.ending import Ending
from pipelines.nightly.stages import Compare, Extract, Stage
from pipelines.quickbooks.entities import Kind
from pipelines.quickbooks.meters import METERED
from pipelines.quickbooks.statements import BATCH
from pipelines.quickbooks.visit import LOOK_BACK_DAYS
from pipelines.workspace.home import Home, HomeBusy

LATELY = 7
"""Runs whose median says what a company has cost."""

KINDS = {"sync_accuracy": "batch", "content": "query"}
"""The kind of request that a check makes; the others ask for reports."""

VISITS = f"select entity, epoch(last_synced_at), live_rows from {ops.KEPT.sync_status} where realm_id = ?"
COSTS = f"""
with visits as (
    select * from {ops.KEPT.runs} where realm_id = ? and verdict = '{Ending.PUBLISHED}' and calls_batch > 0
),
last_runs as (
    select * from visits
    where run_id > (select min(run_id) from visits)
    order by run_id desc
    limit {LATELY}
)
select count(*)::integer, {", ".join(f"median(calls_{kind})" for kind in METERED)} from last_runs
"""


@dataclass(frozen=True)
class Visits:
    """What the data folder knows of a company: when each entity was last read, and how many objects it had."""

    synced_at: Mapping[str, DateTime]
    objects: Mapping[str, int]
    deep_from: DateTime | None
    lately: Mapping[str, float]
    runs: int

    @property
    def last(self) -> DateTime | None:
        """The server's clock at the last visit; None before any."""
        return max(self.synced_at.values(), default=None)


NEVER = Visits({}, {}, None, {}, 0)


@dataclass(frozen=True)
class Forecast:
    """What one company is expected to cost in requests, by kind: at `least`, if nothing changed, and `lately`.

    `lately` is the median of the last `runs` that published and were no first load. `first` names the entities that
    were never read: how many requests they take depends on how many objects they have, which nobody has counted.
    """

    realm_id: str
    last_visit: DateTime | None
    is_deep: bool
    deep_from: DateTime | None
    least: Mapping[str, int]
    lately: Mapping[str, float]
    runs: int
    first: Sequence[str]


@contextmanager
def latest_books(home: Home) -> Iterator[DuckDBPyConnection | None]:
    """The warehouse to read, else the published file, which no run is in the way of, else None; changes nothing."""
    with ExitStack() as stack:
        yield _opened(home, stack)


def _opened(home: Home, stack: ExitStack) -> DuckDBPyConnection | None:
    with suppress(HomeBusy, duckdb.Error), ExitStack() as look:
        look.enter_context(home.look())
        books = look.enter_context(duckdb.connect(str(home.warehouse), read_only=True))
        stack.enter_context(look.pop_all())
        return books
    with suppress(duckdb.Error):
        return stack.enter_context(duckdb.connect(str(home.analytics), read_only=True))
    return None


def published_companies(home: Home) -> tuple[str, ...]:
    """The companies whose rows people see now; none where nothing is published or nobody can tell."""
    with suppress(duckdb.Error), duckdb.connect(str(home.analytics), read_only=True) as books:
        rows = books.execute("select realm_id from core.companies order by all").fetchall()
        return tuple(realm_id for (realm_id,) in rows)
    return ()


def visits(books: DuckDBPyConnection | None, realm_id: str) -> Visits:
    """What these books know of a company."""
    if books is None:
        return NEVER
    try:
        synced = books.execute(VISITS, [realm_id]).fetchall()
        ((runs, *medians),) = books.execute(COSTS, [realm_id]).fetchall()
        deep_from = next_deep(books, realm_id)
    except duckdb.CatalogException:  # a folder in which no run has come that far
        return NEVER
    return Visits(
        {entity: pendulum.from_timestamp(at) for entity, at, _ in synced if at is not None},
        {entity: rows or 0 for entity, _, rows in synced},
        deep_from,
        {kind: median or 0 for kind, median in zip(METERED, medians, strict=True)},
        runs,
    )


def forecast(realm_id: str, stages: Sequence[Stage], before: Visits, now: DateTime | None = None) -> Forecast:
    """What these stages are expected to cost for one company; `now` is its server's clock, else the last visit's."""
    least = dict.fromkeys(METERED, 0)
    first: list[str] = []
    is_deep = False
    for stage in stages:
        if isinstance(stage, Extract):
            first = [entity.name for entity in stage.entities if entity.name not in before.synced_at]
            _add_visit(least, stage, before, now or before.last)
        elif isinstance(stage, Compare):
            is_deep = _is_deep(stage, before, now or before.last)
            for cost in plan(before.objects, deep=is_deep):
                least[KINDS.get(cost.check, "report")] += cost.calls
    return Forecast(
        realm_id, before.last, is_deep, before.deep_from, least, before.lately, before.runs, tuple(first)
    )


def _add_visit(least: dict[str, int], stage: Extract, before: Visits, now: DateTime | None) -> None:
    """Counts and small lists in batches, the changes of all other entities at once; what is too long ago by query.

    What is read for the first time is followed by a second visit, for what changed meanwhile.
    """
    counted = [entity for entity in stage.entities if entity.kind is not Kind.SINGLETON]
    listed = [entity for entity in stage.entities if not entity.cdc]
    seen = [entity for entity in stage.entities if entity.name in before.synced_at]
    visits_made = 1 if len(seen) == len(stage.entities) else 2
    least["batch"] += visits_made * ceil((len(counted) + len(listed)) / BATCH)
    if any(entity.cdc for entity in (seen if visits_made == 1 else stage.entities)):
        least["cdc"] += 1
    if now:
        oldest = now.subtract(days=LOOK_BACK_DAYS)
        least["query"] += sum(entity.cdc and before.synced_at[entity.name] <= oldest for entity in seen)
    least["query"] += len(stage.again)


def _is_deep(stage: Compare, before: Visits, now: DateTime | None) -> bool:
    if stage.deep is not None:
        return stage.deep
    return bool(now and before.deep_from and before.deep_from <= now)
