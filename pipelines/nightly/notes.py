"""What a run notes about itself in `ops`: that it began, how it went, and first of all how it is to be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import transaction
from pipelines.nightly import ops
from pipelines.nightly.ops import RunOfCompany
from pipelines.nightly.outcome import Outcome
from pipelines.published.file import published
from pipelines.quickbooks.entities import Entity
from pipelines.workspace import folder_version
from pipelines.workspace.home import Home

NOTHING: Mapping[str, RunOfCompany] = {}


class Notes:
    """Notes about one run, which read `entities` of the companies of `outcomes`."""

    def __init__(
        self,
        warehouse: DuckDBPyConnection,
        outcomes: Sequence[Outcome],
        entities: Sequence[Entity],
        clock: Callable[[], DateTime],
    ) -> None:
        self._warehouse = warehouse
        self._outcomes = outcomes
        self._entities = entities
        self._clock = clock

    def begin(self, home: Home) -> None:
        """Notes that the run has begun, and how one ended that was killed before it could say so."""
        if ops.unfinished(self._warehouse) and home.analytics.exists():
            with published(home) as file:
                ops.learn(self._warehouse, file)
        with transaction(self._warehouse):
            folder_version.note(self._warehouse)
            ops.begin(self._warehouse, [outcome.record for outcome in self._outcomes])

    def draft(self, done: Mapping[str, RunOfCompany]) -> None:
        """Writes, for the published file alone, how the run will have gone for the companies of `done`, by id."""
        with transaction(self._warehouse):
            ops.draft(self._warehouse)
            self._write(done, ops.DRAFT)

    def end(self) -> None:
        """Notes how the run went."""
        with transaction(self._warehouse):
            self._write(NOTHING, ops.KEPT)
            ops.forget_draft(self._warehouse)

    def _write(self, done: Mapping[str, RunOfCompany], tables: ops.Tables) -> None:
        for outcome in self._outcomes:
            record = done.get(outcome.realm_id, outcome.record)
            record.calls = outcome.company.client.calls if outcome.company else {}
            record.ended_at = record.ended_at or self._clock()
            ops.write(self._warehouse, record, tables)
            if not outcome.is_sound:
                ops.failed(self._warehouse, outcome.realm_id, record.error or "", tables)
            elif outcome.extraction:
                outcome.freshness = outcome.freshness or ops.freshness(
                    self._warehouse,
                    outcome.realm_id,
                    self._entities,
                    at=outcome.extraction.answered_at,
                    missing=outcome.extraction.missing,
                    no_longer_offered=outcome.extraction.no_longer_offered,
                    accuracy=outcome.accuracy_by_entity,
                )
                ops.synced(self._warehouse, outcome.freshness, tables)
