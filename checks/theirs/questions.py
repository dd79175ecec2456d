"""Questions to QuickBooks: how many objects there are, which ones, what they hold, and what its reports say.

Objects come page by page by position in the order of ids, unlike the extractor's: what its way of reading loses is
found here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from typing import Any, Protocol

import pendulum
from pendulum import DateTime

from checks.evidence import Suspect
from checks.theirs.reports import Report, UnreadableReport, parse
from pipelines.quickbooks import statements
from pipelines.quickbooks.answers import BatchAnswer, QueryAnswer
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity, Kind
from pipelines.quickbooks.errors import RequestFailed
from pipelines.quickbooks.rows import Row, read
from pipelines.quickbooks.visit import NOT_IN_THIS_EDITION


class Asks(Protocol):
    """The part of the QuickBooks client that checks use."""

    def query(self, statement: str) -> QueryAnswer: ...
    def batch(self, statements: Mapping[str, str]) -> BatchAnswer: ...
    def report(self, name: str, **params: str) -> dict[str, Any]: ...  # JSON of many shapes


class Questions:
    """Asks through a client and notes in `unanswered` what brought no answer: a refusal is a finding, not the end."""

    def __init__(self, client: Asks, unanswered: list[str]) -> None:
        self.client = client
        self.unanswered = unanswered

    @contextmanager
    def refusals_noted(self) -> Iterator[None]:
        """Where QuickBooks refuses or cannot be understood, the block ends there, and why is noted."""
        try:
            yield
        except (RequestFailed, UnreadableReport) as error:
            self.unanswered.append(str(error))

    def report(self, name: str, **params: str) -> Report:
        """A report, read; raises what `refusals_noted` notes."""
        return parse(self.client.report(name, **params))

    def counts(self) -> dict[str, int]:
        """How many objects of each entity there are; an entity that the edition lacks is left out."""
        queries = {
            entity.name: statements.count(entity) for entity in CATALOGUE if entity.kind is not Kind.SINGLETON
        }
        counts: dict[str, int] = {}
        for part in statements.in_batches(queries):
            with self.refusals_noted():
                for name, answer in self.client.batch(part).items.items():
                    if isinstance(answer, QueryAnswer):
                        if answer.total_count is not None:
                            counts[name] = answer.total_count
                    elif answer.code not in NOT_IN_THIS_EDITION:
                        self.unanswered.append(str(answer))
        return counts

    def changed_since(self, suspects: Iterable[Suspect], cutoff: DateTime) -> dict[Suspect, Row]:
        """The suspects that QuickBooks changed after the cut-off, as they are now."""
        by_entity: dict[str, list[str]] = defaultdict(list)
        for suspect in suspects:
            by_entity[suspect.entity].append(suspect.id)
        late: dict[Suspect, Row] = {}
        for name, ids in by_entity.items():
            for some in _chunks(ids):
                with self.refusals_noted():
                    late |= {
                        Suspect(name, row.id): row
                        for row in self._by_id(BY_NAME[name], some)
                        if changed_after(row, cutoff)
                    }
        return late

    def ids(self, entity: Entity) -> Iterator[str]:
        """The ids of all objects; one call per thousand."""
        return (row.id for row in self._pages(entity, ids_only=entity.key == ("Id",)))

    def objects(self, entity: Entity) -> Iterator[Row]:
        """All objects; one call per thousand."""
        return self._pages(entity)

    def still_there(self, entity: Entity, ids: Set[str]) -> Iterator[Row]:
        """The objects with these ids that QuickBooks has: a page may have skipped them."""
        if entity.key != ("Id",) and ids:
            yield from (row for row in self._pages(entity) if row.id in ids)
            return
        for some in _chunks(sorted(ids)):
            yield from self._by_id(entity, some)

    def _by_id(self, entity: Entity, ids: list[str]) -> list[Row]:
        return read(entity, self.client.query(statements.by_id(entity, ids)).rows)

    def _pages(self, entity: Entity, ids_only: bool = False) -> Iterator[Row]:
        position = 1
        while True:
            if ids_only:
                statement = statements.ids(entity, position=position)
            else:
                statement = statements.changed(entity, position=position, order="Id")
            rows = read(entity, self.client.query(statement).rows)
            yield from rows
            position += len(rows)
            if len(rows) < statements.MOST_OBJECTS:
                return


def changed_after(row: Row, cutoff: DateTime | None) -> bool:
    """Changed after the cut-off, so that the copy cannot know yet; without a stamp or a cut-off nothing has."""
    stamp = row.last_updated_at
    return stamp is not None and cutoff is not None and pendulum.instance(stamp) > cutoff


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), statements.MOST_OBJECTS):
        yield ids[start : start + statements.MOST_OBJECTS]
