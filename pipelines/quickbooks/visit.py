"""What one visit to a company asks before any row is copied: counts, small lists, and change data capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pendulum import DateTime

from . import statements
from .answers import QueryAnswer
from .client import QuickBooks
from .entities import Entity, Kind
from .errors import NOT_OFFERED_CODES, TOO_MANY_OBJECTS, QuickBooksFault
from .paging import QueryPage
from .rows import Deletion, read

LOOK_BACK_DAYS = 29
OVERLAP_SECONDS = 300
LOOK_BACK_EXCEEDED = "older than"
NOT_IN_THIS_EDITION = NOT_OFFERED_CODES | {"500", "4001"}


@dataclass
class Visit:
    """One visit to one company, and what it has learned so far.

    `marks` holds, per entity, the server's clock at the last visit; an entity without one is read whole.
    `counts` lacks the entities that QuickBooks would not count; they may have rows all the same.
    `missing` holds the entities that QuickBooks does not offer the company, with its words.
    `changes` holds the entities whose changes are already here; the others are read by query.
    """

    client: QuickBooks
    entities: Sequence[Entity]
    marks: Mapping[str, DateTime] = field(default_factory=dict)
    has_begun: bool = field(init=False, default=False)
    started_at: DateTime = field(init=False)
    counts: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    changes: dict[str, QueryPage] = field(default_factory=dict)
    deletions: list[Deletion] = field(default_factory=list)

    @property
    def present(self) -> list[Entity]:
        """The entities that this company's edition has."""
        return [entity for entity in self.entities if entity.name not in self.missing]

    @property
    def no_longer_offered(self) -> list[str]:
        """Entities that were read before, and that the company's plan has no more. Once it has, reading goes on."""
        return sorted(self.missing.keys() & self.marks.keys())

    @property
    def read_whole(self) -> list[str]:
        """Entities that had never been read before."""
        return [entity.name for entity in self.present if entity.name not in self.marks]

    def is_unchanged(self, entity: Entity) -> bool:
        """Nothing of the entity changed, or it has no rows at all."""
        if entity.name in self.changes:
            return not self.changes[entity.name].rows
        return entity.name not in self.missing and not self.counts.get(entity.name, 1)

    def begin(self, marks: Mapping[str, DateTime]) -> None:
        """Asks for counts and small lists in batches, then for changes; `started_at` becomes the server's clock."""
        self.marks, self.has_begun = marks, True
        questions = {
            f"count:{entity.name}": statements.count(entity) for entity in self.entities if _counted(entity)
        }
        questions |= {
            f"rows:{entity.name}": self._recent(entity) for entity in self.entities if not entity.cdc
        }
        self.started_at, answers = self._batches(questions)
        by_name = {entity.name: entity for entity in self.entities}
        for key, answer in answers.items():
            purpose, name = key.split(":")
            if isinstance(answer, QuickBooksFault):
                too_many = answer.code == TOO_MANY_OBJECTS  # then it is read page by page
                if too_many or (purpose == "count" and _is_uncountable(answer)):
                    continue
                if not self.lacks(by_name[name], answer):
                    raise answer
            elif purpose == "count":
                if answer.total_count is not None:
                    self.counts[name] = answer.total_count
            elif len(answer.rows) < statements.MOST_OBJECTS:
                self.changes[name] = QueryPage(answer.answered_at, read(by_name[name], answer.rows))
        self._capture([entity for entity in self.present if entity.cdc and self._within_look_back(entity)])
        for name in self.read_whole:
            if name not in self.changes:
                self.client.tally.expect(name, self.counts.get(name, 0))

    def lacks(self, entity: Entity, fault: QuickBooksFault) -> bool:
        """Whether a fault says that the company's plan has no such entity, which is noted then.

        A smaller plan takes some away; who is refused what every plan has, or in other words, lost a permission.
        """
        was_there = entity.name in self.marks
        if was_there and (entity.is_in_every_plan or not fault.is_not_offered):
            return False
        if fault.code not in NOT_IN_THIS_EDITION:
            return False
        self.missing[entity.name] = str(fault.detail or fault.message)
        self.counts.pop(entity.name, None)
        self.changes.pop(entity.name, None)
        return True

    def _recent(self, entity: Entity) -> str:
        if entity.kind is Kind.SINGLETON:
            return statements.changed(entity)  # every time, whether it changed or not
        mark = self.marks.get(entity.name)
        return statements.changed(entity, since=mark.subtract(seconds=OVERLAP_SECONDS) if mark else None)

    def _batches(
        self, questions: Mapping[str, str]
    ) -> tuple[DateTime, dict[str, QueryAnswer | QuickBooksFault]]:
        """The server's clock at the first answer, and all answers but those that a full answer may have cut."""
        first: DateTime | None = None
        answers: dict[str, QueryAnswer | QuickBooksFault] = {}
        for part in statements.in_batches(questions):
            answer = self.client.batch(part)
            first = first or answer.answered_at
            counts = {key: item for key, item in answer.items.items() if key.startswith("count:")}
            answers |= counts if answer.truncated else answer.items
        if first is None:
            raise ValueError("a visit needs at least one entity")
        return first, answers

    def _within_look_back(self, entity: Entity) -> bool:
        mark = self.marks.get(entity.name)
        return mark is not None and mark > self.started_at.subtract(days=LOOK_BACK_DAYS)

    def _capture(self, entities: Sequence[Entity]) -> None:
        """Asks for all in one request. A full answer may be cut at either end, so its entities are asked in halves."""
        if not entities:
            return
        since = min(self.marks[entity.name] for entity in entities).subtract(seconds=OVERLAP_SECONDS)
        try:
            answer = self.client.cdc([entity.name for entity in entities], since)
        except QuickBooksFault as fault:
            if fault.is_transient or fault.exchange.status not in (200, 400):
                raise
            if LOOK_BACK_EXCEEDED not in fault.detail:
                self._capture_halves(entities)  # an entity that cannot be captured must not spoil the others
            return  # entities that are not among the changes are read by query
        full = answer.truncated
        if full and len(entities) > 1:
            self._capture_halves(entities)
            return
        for entity in entities:
            if entity.name not in answer.groups:
                continue
            rows = read(entity, answer.groups[entity.name])
            self.deletions += [
                Deletion(entity.name, row.id, answer.answered_at, row.last_updated_at, found_by="cdc")
                for row in rows
                if row.head.is_tombstone
            ]
            if not full:
                live = [row for row in rows if not row.head.is_tombstone]
                self.changes[entity.name] = QueryPage(answer.answered_at, live)

    def _capture_halves(self, entities: Sequence[Entity]) -> None:
        middle = len(entities) // 2
        for half in (entities[:middle], entities[middle:]):
            if len(half) < len(entities):
                self._capture(half)


def _is_uncountable(fault: QuickBooksFault) -> bool:
    """The entity exists but QuickBooks does not count it; of one that does not exist it says an invalid context."""
    return fault.code == "4001" and "context" not in fault.detail


def _counted(entity: Entity) -> bool:
    return entity.kind is not Kind.SINGLETON
