"""The dlt source: one company's books, as sent, into append-only tables of versions and of deletions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dlt
import pendulum
import pyarrow as pa
from dlt.common.configuration.specs import BaseConfiguration
from dlt.extract import DltResource
from pendulum import DateTime

from .client import QuickBooks
from .entities import BY_NAME, CATALOGUE, Entity
from .errors import UnknownEntity
from .paging import Page, by_id, pages, utc
from .rows import Deletion, deletions, versions
from .visit import OVERLAP_SECONDS, Night

VISITED = "last_visited_at"
COLUMNS: Any = {"payload": {"data_type": "json"}}
TOGETHER = 5000  # rows that dlt is handed, and writes, at once: each table costs it 1 ms, however long


@dataclass(frozen=True)
class Visit:
    """What `cdc` hands to every entity: the night, its load, and dlt's state of when each was visited last."""

    night: Night
    load_id: str
    marks: dict[str, str]


@dlt.source(name="quickbooks", section="quickbooks")
def quickbooks(
    client: QuickBooks,
    *,
    entities: Sequence[str] | None = None,
    visit: Night | None = None,
) -> Iterable[DltResource]:
    """A company's changes since the last run; on the first run, everything.

    One resource per entity (`invoice`, `payment`, …) and `deletions`. Rows are versions:
    `realm_id, id, sync_token, created_at, last_updated_at, answered_at, changed_at, payload, load_id`.
    After a run, a `visit` passed in tells counts, deletions and what the company's edition lacks. One that has
    begun already has resources for the entities alone that changed: of forty, a night sees eight change, and dlt
    takes 10 ms for each.
    """
    night = visit or Night(client, catalogue(entities))
    read = [entity for entity in night.entities if not (night.has_begun and night.is_unchanged(entity))]

    @dlt.resource(name="cdc", selected=False)
    def cdc() -> Iterator[Visit]:
        marks = dlt.current.source_state().setdefault(VISITED, {})
        if not night.has_begun:
            night.begin(_instants(marks))
        for entity in night.entities:
            if entity not in read:
                marks[entity.name] = _mark(night)
        yield Visit(night, _load_id(), marks)

    yield cdc
    yield dlt.transformer(_gone, data_from=cdc, name="deletions", write_disposition="append")
    for entity in read:
        yield dlt.transformer(
            _changes(entity),
            data_from=cdc,
            name=entity.table,
            write_disposition="append",
            columns=COLUMNS,
            parallelized=True,
            spec=BaseConfiguration,  # nothing of it is for settings; to look for them took 4 ms each
        )


@dlt.source(name="quickbooks", section="quickbooks")
def quickbooks_again(
    client: QuickBooks,
    *,
    ids: Mapping[str, Collection[str]] | None = None,
    since: Mapping[str, DateTime | None] | None = None,
) -> Iterable[DltResource]:
    """Rows read once more: `ids` of an entity, or all of an entity `since` a time (None: all).

    An id that is asked for and not found is a deletion.
    The resource has no incremental, for dlt drops rows that are older than a cursor without a word.
    """

    @dlt.resource(name="again")
    def again() -> Iterator[Any]:
        load_id = _load_id()
        gone: list[Deletion] = []
        for name, wanted in (ids or {}).items():
            for page, missing in by_id(client, BY_NAME[name], sorted(wanted)):
                gone += missing
                yield from _marked(client, BY_NAME[name], page, load_id)
        for name, start in (since or {}).items():
            for page in pages(client, BY_NAME[name], since=start):
                yield from _marked(client, BY_NAME[name], page, load_id)
        if gone:
            table = deletions(gone, realm_id=client.realm_id, load_id=load_id)
            yield dlt.mark.with_hints(
                table, dlt.mark.make_hints(table_name="deletions"), create_table_variant=True
            )

    yield again


def _marked(client: QuickBooks, entity: Entity, page: Page, load_id: str) -> Iterator[Any]:
    hints = dlt.mark.make_hints(table_name=entity.table, columns=COLUMNS)
    for table in _tables(client, entity, page, page.answered_at, load_id):
        yield dlt.mark.with_hints(table, hints, create_table_variant=True)


def catalogue(names: Sequence[str] | None) -> list[Entity]:
    """The entities with these QuickBooks names (any case); all of them when none is named."""
    if not names:
        return list(CATALOGUE)
    known = {entity.name.lower(): entity for entity in CATALOGUE}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise UnknownEntity(
            f"Unknown entity {', '.join(unknown)}. QuickBooks calls them {', '.join(BY_NAME)}."
        )
    return list(dict.fromkeys(known[name.lower()] for name in names))


def _changes(entity: Entity) -> Any:
    def changes(
        visit: Visit,
        changed_at: dlt.sources.incremental[DateTime] = dlt.sources.incremental(  # noqa: B008 - dlt's own way
            "changed_at", lag=OVERLAP_SECONDS, primary_key=()
        ),
    ) -> Iterator[pa.Table]:
        night = visit.night
        yield from _together(
            table
            for page in _pages(night, entity, changed_at.start_value)
            for table in _tables(night.client, entity, page, night.started_at, visit.load_id)
        )
        if entity.name not in night.missing:
            visit.marks[entity.name] = _mark(night)

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


def _pages(night: Night, entity: Entity, cursor: DateTime | None) -> Iterator[Page]:
    """What changed, from the answer that is already here, else by query from the cursor on."""
    if entity.name in night.changes:
        yield night.changes[entity.name]
    elif entity.name in night.missing or not night.counts.get(entity.name, 1):
        return
    else:
        first = entity.name not in night.marks
        yield from pages(
            night.client,
            entity,
            since=None if first or cursor is None else utc(cursor),
            rows=night.counts.get(entity.name, 0) if first else 0,
        )


def _gone(visit: Visit) -> Iterator[pa.Table]:
    """Tombstones; on the first visit also none, so that the table exists."""
    night = visit.night
    if night.deletions or not night.marks:
        yield deletions(night.deletions, realm_id=night.client.realm_id, load_id=visit.load_id)


def _tables(
    client: QuickBooks, entity: Entity, page: Page, ceiling: DateTime, load_id: str
) -> Iterator[pa.Table]:
    """The page's rows, counted; none where it has none."""
    client.tally.add(entity.name, len(page.rows))
    if page.rows:
        yield versions(
            page.rows,
            realm_id=client.realm_id,
            answered_at=page.answered_at,
            ceiling=ceiling,
            load_id=load_id,
        )


def visited(state: Mapping[str, Any]) -> dict[str, DateTime]:
    """When each entity was visited last, out of the state of a company's pipeline."""
    return _instants(state.get("sources", {}).get("quickbooks", {}).get(VISITED, {}))


def _instants(marks: Mapping[str, str]) -> dict[str, DateTime]:
    return {name: _instant(mark) for name, mark in marks.items()}


def _mark(night: Night) -> str:
    return night.started_at.isoformat(timespec="microseconds")


def _instant(text: str) -> DateTime:
    return utc(pendulum.from_format(text, "YYYY-MM-DDTHH:mm:ss.SSSSSSZ"))


def _load_id() -> str:
    return dlt.current.load_package_state()["load_id"]
