"""Questions to QuickBooks whose refusal is a finding, not the end of the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

import pendulum
from pendulum import DateTime

from checks.evidence import Suspect
from checks.theirs.reports import Report, UnreadableReport, parse
from pipelines.quickbooks import statements
from pipelines.quickbooks.answers import BatchAnswer, QueryAnswer
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Kind
from pipelines.quickbooks.errors import QuickBooksFault, RequestFailed
from pipelines.quickbooks.rows import read
from pipelines.quickbooks.visit import NOT_IN_THIS_EDITION

T = TypeVar("T")


class Asks(Protocol):
    """The part of the QuickBooks client that checks use."""

    def query(self, statement: str) -> QueryAnswer: ...
    def batch(self, statements: Mapping[str, str]) -> BatchAnswer: ...
    def report(self, name: str, **params: str) -> dict[str, Any]: ...


class Questions:
    """Asks through a client and notes in `unanswered` what brought no answer."""

    def __init__(self, client: Asks, unanswered: list[str]) -> None:
        self.client = client
        self.unanswered = unanswered

    def understood(self, ask: Callable[[], T]) -> T | None:
        """What `ask` gives back; None, and a note, where QuickBooks refuses or cannot be understood."""
        try:
            return ask()
        except (RequestFailed, UnreadableReport) as error:
            self.unanswered.append(str(error))
            return None

    def report(self, name: str, **params: str) -> Report | None:
        """A report, read."""
        return self.understood(lambda: parse(self.client.report(name, **params)))

    def counts(self) -> dict[str, int]:
        """How many objects of each entity there are; an entity that the edition lacks is left out."""
        asked = {
            entity.name: statements.count(entity) for entity in CATALOGUE if entity.kind is not Kind.SINGLETON
        }
        found: dict[str, int] = {}
        for part in statements.in_batches(asked):
            for name, answer in self._batch(part):
                if isinstance(answer, QueryAnswer):
                    if answer.total_count is not None:
                        found[name] = answer.total_count
                elif answer.code not in NOT_IN_THIS_EDITION:
                    self.unanswered.append(str(answer))
        return found

    def changed_since(self, suspects: Iterable[Suspect], cutoff: DateTime) -> set[Suspect]:
        """The suspects that QuickBooks changed after the cut-off."""
        by_entity: dict[str, list[str]] = defaultdict(list)
        for suspect in suspects:
            by_entity[suspect.entity].append(suspect.id)
        moved = set()
        for name, ids in by_entity.items():
            for start in range(0, len(ids), statements.MOST_OBJECTS):
                moved |= self._moved(name, ids[start : start + statements.MOST_OBJECTS], cutoff)
        return moved

    def _moved(self, name: str, ids: list[str], cutoff: DateTime) -> set[Suspect]:
        entity = BY_NAME[name]
        answer = self.understood(lambda: self.client.query(statements.by_id(entity, ids)))
        return {
            Suspect(name, row.id)
            for row in (read(entity, answer.rows) if answer else ())
            if row.last_updated_at and pendulum.instance(row.last_updated_at) > cutoff
        }

    def _batch(self, part: Mapping[str, str]) -> Iterator[tuple[str, QueryAnswer | QuickBooksFault]]:
        answer = self.understood(lambda: self.client.batch(part))
        yield from (answer.items if answer else {}).items()
