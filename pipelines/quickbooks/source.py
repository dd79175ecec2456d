"""The dlt source: one company's books, as sent, into append-only tables of versions and of deletions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dlt
import pyarrow as pa
from dlt.common.configuration.specs import BaseConfiguration
from dlt.common.schema.typing import TTableSchemaColumns
from dlt.extract import DltResource
from dlt.extract.items import DataItemWithMeta
from pendulum import DateTime

from .client import QuickBooks
from .entities import BY_NAME, CATALOGUE, Entity
from .errors import QuickBooksFault, UnknownEntity
from .paging import QueryPage, by_id, pages
from .rows import Deletion, deletions, versions
from .times import from_mark, mark, utc
from .visit import OVERLAP_SECONDS, Visit

VISITED = "last_visited_at"
COLUMNS: TTableSchemaColumns = {"payload": {"data_type": "json"}}
TOGETHER = 5000  # rows given to dlt at once, since each table costs it 1 ms however long it is


@dataclass(frozen=True)
class LoadPackage:
    """What `cdc` passes to every entity: the visit, the load, and dlt's state with the last visit of each entity."""

    visit: Visit
    load_id: str
    marks: dict[str, str]


@dlt.source(name="quickbooks", section="quickbooks")
def quickbooks(
    client: QuickBooks,
    *,
    entities: Sequence[str] | None = None,
    visit: Visit | None = None,
) -> Iterable[DltResource]:
    """A company's changes since the last run; on the first run, everything.

    One resource per entity (`invoice`, `payment`, …) and `deletions`. Rows are versions:
    `realm_id, id, sync_token, created_at, last_updated_at, answered_at, changed_at, payload, load_id`.
    After a run, a `visit` passed in tells counts, deletions and what the company's edition lacks. One that has
    begun already has resources for the entities alone that changed: of forty, a night sees eight change, and dlt
    takes 10 ms for each.
    """
    visit = visit or Visit(client, catalogue(entities))
    read = [entity for entity in visit.entities if not (visit.has_begun and visit.is_unchanged(entity))]

    @dlt.resource(name="cdc", selected=False)
    def cdc() -> Iterator[LoadPackage]:
        marks = dlt.current.source_state().setdefault(VISITED, {})
        if not visit.has_begun:
            visit.begin(_instants(marks))
        for entity in visit.entities:
            if entity not in read:
                marks[entity.name] = mark(visit.started_at)
        yield LoadPackage(visit, _load_id(), marks)

    yield cdc
    yield dlt.transformer(_tombstones, data_from=cdc, name="deletions", write_disposition="append")
    for entity in read:
        yield dlt.transformer(
            _changes(entity),
            data_from=cdc,
            name=entity.table,
            write_disposition="append",
            columns=COLUMNS,
            parallelized=True,
            spec=BaseConfiguration,  # dlt looks for no settings of it, which took 4 ms each
        )


@dlt.source(name="quickbooks", section="quickbooks")
def quickbooks_again(
    client: QuickBooks,
    *,
    ids: Mapping[str, Collection[str]] | None = None,
    since: Mapping[str, DateTime | None] | None = None,
) -> Iterable[DltResource]:
    """Rows read once more: these `ids` of an entity, or whatever changed `since` a time (None reads all of it).

    An id that QuickBooks does not have any more becomes a deletion; an entity that it offers no more stays as it is.
    The resource has no incremental, for dlt drops rows that are older than a cursor without a word.
    """

    @dlt.resource(name="again")
    def again() -> Iterator[DataItemWithMeta]:
        load_id = _load_id()
        deleted: list[Deletion] = []
        for name, listed in (ids or {}).items():
            with _while_offered(BY_NAME[name]):
                for page, absent in by_id(client, BY_NAME[name], sorted(listed)):
                    deleted += absent
                    yield from _marked(client, BY_NAME[name], page, load_id)
        for name, start in (since or {}).items():
            with _while_offered(BY_NAME[name]):
                for page in pages(client, BY_NAME[name], since=start):
                    yield from _marked(client, BY_NAME[name], page, load_id)
        if deleted:
            table = deletions(deleted, realm_id=client.realm_id, load_id=load_id)
            yield dlt.mark.with_hints(
                table, dlt.mark.make_hints(table_name="deletions"), create_table_variant=True
            )

    yield again


@contextmanager
def _while_offered(entity: Entity) -> Iterator[None]:
    """The block ends where QuickBooks answers that the company's plan has no such entity."""
    try:
        yield
    except QuickBooksFault as fault:
        if entity.is_in_every_plan or not fault.is_not_offered:
            raise


def _marked(client: QuickBooks, entity: Entity, page: QueryPage, load_id: str) -> Iterator[DataItemWithMeta]:
    hints = dlt.mark.make_hints(table_name=entity.table, columns=COLUMNS)
    for table in _tables(client, entity, page, page.answered_at, load_id):
        yield dlt.mark.with_hints(table, hints, create_table_variant=True)


def catalogue(names: Sequence[str] | None) -> list[Entity]:
    """The entities with these QuickBooks names, in any case; all entities when none is named. Raises UnknownEntity."""
    if not names:
        return list(CATALOGUE)
    by_name = {entity.name.lower(): entity for entity in CATALOGUE}
    unknown = [name for name in names if name.lower() not in by_name]
    if unknown:
        raise UnknownEntity(
            f"Unknown entity {', '.join(unknown)}. QuickBooks calls them {', '.join(BY_NAME)}."
        )
    return list(dict.fromkeys(by_name[name.lower()] for name in names))


def _changes(entity: Entity) -> Callable[..., Iterator[pa.Table]]:
    def changes(
        package: LoadPackage,
        changed_at: dlt.sources.incremental[DateTime] = dlt.sources.incremental(  # noqa: B008 - dlt's own way
            "changed_at", lag=OVERLAP_SECONDS, primary_key=()
        ),
    ) -> Iterator[pa.Table]:
        visit = package.visit
        yield from _together(
            table
            for page in _pages(visit, entity, changed_at.start_value)
            for table in _tables(visit.client, entity, page, visit.started_at, package.load_id)
        )
        if entity.name not in visit.missing:
            package.marks[entity.name] = mark(visit.started_at)

    return changes


def _together(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in fewer tables."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(map(len, held)) >= TOGETHER:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _pages(visit: Visit, entity: Entity, cursor: DateTime | None) -> Iterator[QueryPage]:
    """What changed: from the answer that is here already, else by query from the cursor on."""
    if entity.name in visit.changes:
        yield visit.changes[entity.name]
    elif entity.name in visit.missing or not visit.counts.get(entity.name, 1):
        return
    else:
        first = entity.name not in visit.marks
        try:
            yield from pages(
                visit.client,
                entity,
                since=None if first or cursor is None else utc(cursor),
                rows=visit.counts.get(entity.name, 0) if first else 0,
            )
        except QuickBooksFault as fault:
            if not (fault.is_not_offered and visit.lacks(entity, fault)):
                raise


def _tombstones(package: LoadPackage) -> Iterator[pa.Table]:
    """What was deleted. The first visit yields a table without rows, so that the table exists."""
    visit = package.visit
    if visit.deletions or not visit.marks:
        yield deletions(visit.deletions, realm_id=visit.client.realm_id, load_id=package.load_id)


def _tables(
    client: QuickBooks, entity: Entity, page: QueryPage, ceiling: DateTime, load_id: str
) -> Iterator[pa.Table]:
    """The page's rows as a table, after counting them; a page without rows yields none."""
    client.tally.add(entity.name, len(page.rows))
    if page.rows:
        yield versions(
            page.rows,
            realm_id=client.realm_id,
            answered_at=page.answered_at,
            ceiling=ceiling,
            load_id=load_id,
        )


def visited(state: Mapping[str, Any]) -> dict[str, DateTime]:  # Any: dlt types no source's own state
    """When each entity was visited last, by the state of a company's dlt pipeline."""
    return _instants(state.get("sources", {}).get("quickbooks", {}).get(VISITED, {}))


def _instants(marks: Mapping[str, str]) -> dict[str, DateTime]:
    return {name: from_mark(text) for name, text in marks.items()}


def _load_id() -> str:
    return dlt.current.load_package_state()["load_id"]
