"""Webhooks on disk, from before they are answered until a run has read what they announce."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.base.errors import ConfigurationError
from pipelines.serve.webhooks.events import Event

REMEMBERED = timedelta(days=7)
"""How long events are remembered after a run read them, so that a late duplicate is recognized."""

LOCK_SECONDS = 3.0
"""How long to wait for a server that was just killed to let go of the file."""

TABLES = """
create table if not exists events (
    number integer primary key,
    realm_id text not null,
    entity text not null,
    id text not null,
    operation text not null,
    occurred_at text,
    deleted_id text,
    received_at text not null,
    worked_at text,
    unique (realm_id, entity, id, operation, occurred_at)
);
delete from events where number in (
    select number from (
        select number, row_number() over (
            partition by realm_id, entity, id, operation order by worked_at is not null, number
        ) as copy
        from events
        where occurred_at is null
    )
    where copy > 1
);
create unique index if not exists without_a_time on events (realm_id, entity, id, operation) where occurred_at is null;
create index if not exists pending on events (realm_id, number) where worked_at is null;
create index if not exists worked on events (worked_at) where worked_at is not null;
"""
"""Nulls differ from each other in a unique key, so events without a time have an index of their own; a file from before
it may hold duplicates, of which one that still waits for a run stays."""

Work = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True)
class Pending:
    """A company's events that no run has read yet; `last` is the number of the newest."""

    realm_id: str
    count: int
    last: int
    oldest_received_at: str


class Inbox:
    """A SQLite file that one thread of one server owns.

    What arrives while the disk is busy is written together, in one transaction with one fsync. A future has its result
    only when it is on disk. Raises ConfigurationError where another server has the folder.
    """

    def __init__(self, path: Path) -> None:
        self._queue: queue.SimpleQueue[tuple[Work, Future[Any]] | None] = queue.SimpleQueue()
        self._connection = _opened(path)
        self._thread = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._thread.start()

    def put(self, events: Iterable[Event], at: datetime) -> Future[int]:
        """The number of new events, once they are on disk."""
        rows = [
            (one.realm_id, one.entity, one.id, one.operation, one.occurred_at, one.deleted_id, at.isoformat())
            for one in events
        ]

        def insert(connection: sqlite3.Connection) -> int:
            before = connection.total_changes
            connection.executemany(
                """insert or ignore into events
                (realm_id, entity, id, operation, occurred_at, deleted_id, received_at) values (?, ?, ?, ?, ?, ?, ?)""",
                rows,
            )
            return connection.total_changes - before

        return self._submit(insert)

    def pending(self) -> list[Pending]:
        """The events that no run has read, company by company."""
        rows = self._submit(
            lambda connection: connection.execute(
                """select realm_id, count(*), max(number), min(received_at) from events
                where worked_at is null group by realm_id order by realm_id"""
            ).fetchall()
        ).result()
        return [Pending(*row) for row in rows]

    def worked(self, done: Iterable[Pending], at: datetime) -> None:
        """Marks events as read by a run, and deletes those that were read long ago."""
        marks = [(at.isoformat(), one.realm_id, one.last) for one in done]

        def mark(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "update events set worked_at = ? where worked_at is null and realm_id = ? and number <= ?",
                marks,
            )
            connection.execute("delete from events where worked_at < ?", [(at - REMEMBERED).isoformat()])

        self._submit(mark).result()

    def last_received_at(self) -> str | None:
        """When the last new event came in."""
        rows = self._submit(
            lambda connection: connection.execute(
                "select received_at from events order by number desc limit 1"
            ).fetchall()
        ).result()
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Writes what is still queued, and closes the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _submit(self, work: Work) -> Future[Any]:
        future: Future[Any] = Future()
        self._queue.put((work, future))
        return future

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            closing = False
            while not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    closing = True
                    break
                batch.append(more)
            self._commit([(work, future) for work, future in batch if future.set_running_or_notify_cancel()])
            if closing:
                return

    def _commit(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        """Commits all of the batch or nothing: everyone gets the error, and QuickBooks sends again."""
        try:
            with self._connection:
                self._connection.execute("begin")
                results = [work(self._connection) for work, _ in batch]
        except Exception as error:
            for _, future in batch:
                future.set_exception(error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)


def _opened(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("pragma locking_mode = exclusive")  # until this process ends, however it does
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.executescript(TABLES)
    except sqlite3.OperationalError as error:
        connection.close()
        raise ConfigurationError(
            f"{path} cannot be used, {error}: another `quickduck serve`, or another program, has it open. Stop that, "
            "or point QUICKDUCK_HOME elsewhere."
        ) from None
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ConfigurationError(
            f"{path} is no list of webhooks that can be read, {error}. Move it away; the next night reads what it "
            "told of."
        ) from None
    return connection
