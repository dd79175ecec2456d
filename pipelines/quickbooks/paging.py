"""Reading every row of an entity while people go on editing it.

Positions over an order that moves lose a row for each edit made meanwhile. We walk the keys instead: pages
in the order of LastUpdatedTime, the next one from the last stamp seen. An edited row moves ahead of us, never
past us.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Queue

import msgspec
from pendulum import DateTime

from . import statements
from .client import QuickBooks
from .entities import Entity
from .errors import QuickBooksFault, UnreadableAnswer
from .exchange import Exchange
from .rows import Deletion, Row, read
from .times import utc

FEWEST_PAGES = 4  # fewer are walked one after another: to find where to cut costs a request
FILLED = 0.98  # of a page; the rest is for rows that share a second with a bound


@dataclass(frozen=True)
class QueryPage:
    """The rows of one answer, and the server's clock at that moment."""

    answered_at: DateTime
    rows: list[Row]


@dataclass(frozen=True)
class Window:
    """A half-open range of LastUpdatedTime; None is unbounded."""

    since: DateTime | None = None
    until: DateTime | None = None


def pages(
    client: QuickBooks, entity: Entity, *, since: DateTime | None = None, rows: int = 0
) -> Iterator[QueryPage]:
    """Every row of `entity` changed since `since`, at least once; `rows` is how many are expected.

    Large reads are cut into windows of time, of a page each, that are read side by side.
    """
    if not entity.sortable:
        yield from _by_position(client, entity, Window(since))
        return
    windows = _windows(client, entity, since, rows)
    if len(windows) == 1:
        yield from _by_key(client, entity, windows[0])
        return
    yield from _side_by_side(client, entity, windows)


def by_id(
    client: QuickBooks, entity: Entity, listed: Sequence[str]
) -> Iterator[tuple[QueryPage, list[Deletion]]]:
    """The rows with these ids, and a Deletion for each id that is not there.

    An entity that is not keyed by Id is read whole, for it cannot be asked by its key.
    """
    if not entity.keyed_by_id:
        yield from _by_key_of_its_own(client, entity, listed)
        return
    for start in range(0, len(listed), statements.MOST_OBJECTS):
        part = listed[start : start + statements.MOST_OBJECTS]
        page = _page(client, entity, statements.by_id(entity, part))
        present = {row.id for row in page.rows}
        yield (
            page,
            [Deletion(entity.name, id, page.answered_at, None, "read") for id in part if id not in present],
        )


def _by_key_of_its_own(
    client: QuickBooks, entity: Entity, listed: Sequence[str]
) -> Iterator[tuple[QueryPage, list[Deletion]]]:
    """All rows, and a Deletion for each key that is not among them."""
    absent, answered_at = set(listed), None
    for page in pages(client, entity):
        absent -= {row.id for row in page.rows}
        answered_at = page.answered_at
        yield page, []
    if absent:
        last = QueryPage(answered_at or client.query(statements.count(entity)).answered_at, [])
        yield last, [Deletion(entity.name, key, last.answered_at, None, "read") for key in sorted(absent)]


def ids(client: QuickBooks, entity: Entity) -> set[str]:
    """All ids that exist. A deletion meanwhile can hide one: ask for it by id before believing it gone."""
    if not entity.keyed_by_id:
        return {row.id for page in pages(client, entity) for row in page.rows}
    existing: set[str] = set()
    position = 1
    while True:
        rows = _page(client, entity, statements.ids(entity, position=position)).rows
        before = len(existing)
        existing.update(row.id for row in rows)
        position += len(rows)
        if len(rows) < statements.MOST_OBJECTS or len(existing) == before:
            return existing


def _by_key(client: QuickBooks, entity: Entity, window: Window) -> Iterator[QueryPage]:
    since = window.since
    seen: dict[str, msgspec.Raw] = {}
    while True:
        page = _page(client, entity, statements.changed(entity, since=since, until=window.until))
        rows = page.rows
        fresh = [row for row in rows if seen.get(row.id) != row.payload]
        if fresh:
            yield QueryPage(page.answered_at, fresh)
        if len(rows) < statements.MOST_OBJECTS:
            return
        last = _last_stamp(rows, since)
        if last is None:
            yield from _by_position(client, entity, Window(since, window.until), order="Id")
            return
        if last == since:
            second = Window(since, since.add(seconds=1))
            yield from _by_position(client, entity, second, order="Id")
            since, seen = second.until, {}
        else:
            since = last
            seen = {row.id: row.payload for row in rows if row.last_updated_at == last}


def _by_position(
    client: QuickBooks, entity: Entity, window: Window, order: str = statements.STAMP
) -> Iterator[QueryPage]:
    """Pages by position, repeated until no row left the range while they were read.

    Rows leave a past range and never enter it, so an unchanged count means that no position moved. Without a count,
    one page is whole, and of several it takes two readings of the same rows.
    """
    earlier: set[str] = set()
    for _ in range(client.retries.readings):
        before = _count(client, entity, window)
        read_ids: set[str] = set()
        position = 1
        while True:
            statement = statements.changed(
                entity, since=window.since, until=window.until, position=position, order=order
            )
            page = _page(client, entity, statement)
            if page.rows:
                yield page
            seen = len(read_ids)
            read_ids.update(row.id for row in page.rows)
            position += len(page.rows)
            if len(page.rows) < statements.MOST_OBJECTS or len(read_ids) == seen:
                break
        if before is None:
            if len(read_ids) < statements.MOST_OBJECTS or read_ids == earlier:
                return
        elif len(read_ids) >= before == _count(client, entity, window):
            return
        earlier = read_ids
    raise UnreadableAnswer(
        f"{before or len(earlier)} rows that share one second, or come in no order, changed during each of "
        f"{client.retries.readings} readings",
        Exchange("POST", "", client.realm_id, f"query {entity.name}"),
        advice="Run again when the books are quieter.",
    )


def _page(client: QuickBooks, entity: Entity, statement: str) -> QueryPage:
    answer = client.query(statement)
    return QueryPage(answer.answered_at, read(entity, answer.rows))


def _count(client: QuickBooks, entity: Entity, window: Window) -> int | None:
    """How many rows there are; None where QuickBooks answers without a number."""
    return client.query(statements.count(entity, since=window.since, until=window.until)).total_count


def _last_stamp(rows: list[Row], since: DateTime | None) -> DateTime | None:
    """The stamp to go on from; None when rows lack stamps, are out of order, or lie before the range."""
    stamps = [row.last_updated_at for row in rows if row.last_updated_at]
    if len(stamps) < len(rows) or stamps != sorted(stamps) or (since and stamps[0] < since):
        return None
    return utc(stamps[-1])


def _windows(client: QuickBooks, entity: Entity, since: DateTime | None, rows: int) -> list[Window]:
    """Windows of just under a page; their bounds are stamps of rows at evenly spread positions.

    They can be read in any order, so that no long walk is left over when all other rows are here.
    """
    if rows < FEWEST_PAGES * statements.MOST_OBJECTS:
        return [Window(since)]
    many = math.ceil(rows / (FILLED * statements.MOST_OBJECTS))
    positions = [rows * part // many for part in range(1, many)]
    probes = {str(at): statements.changed(entity, since=since, position=at, limit=1) for at in positions}
    bounds: set[DateTime] = set()
    for part in statements.in_batches(probes):
        for item in client.batch(part).items.values():
            if isinstance(item, QuickBooksFault):
                raise item
            bounds.update(utc(row.last_updated_at) for row in read(entity, item.rows) if row.last_updated_at)
    edges = [since, *sorted(bounds), None]
    return [Window(lower, upper) for lower, upper in zip(edges, edges[1:], strict=False)]


def _side_by_side(client: QuickBooks, entity: Entity, windows: list[Window]) -> Iterator[QueryPage]:
    """Pages of all windows as they come; a failure in one of them is raised here.

    A company's entities share its readers, which must never wait for one entity, so the queue of results has no bound.
    Instead a window is handed out only when there is room for its pages, or when none of this entity is under way.
    """
    results: Queue[QueryPage | BaseException | None] = Queue()
    stopped = False

    def walk(window: Window) -> None:
        try:
            for page in () if stopped else _by_key(client, entity, window):
                results.put(page)
                if stopped:
                    return
            results.put(None)
        except BaseException as error:  # the thread that waits for results raises it
            results.put(error)

    waiting, out = deque(windows), 0
    try:
        while waiting or out:
            while waiting and (not out or client.ahead.acquire(blocking=False)):
                client.readers.submit(walk, waiting.popleft())
                out += 1
            match results.get():
                case None:
                    out -= 1
                    if out:
                        client.ahead.release()
                case BaseException() as error:
                    raise error
                case QueryPage() as page:
                    yield page
    finally:
        stopped = True
        if out > 1:
            client.ahead.release(out - 1)
