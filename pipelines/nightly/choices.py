"""What one run is asked to do differently from the plain nightly one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime

from pipelines.quickbooks.entities import CATALOGUE, Entity, Kind
from pipelines.quickbooks.source import catalogue
from transforms.engine.csv_inputs import NOTHING_GIVEN, Inputs

SINGLETONS = [entity for entity in CATALOGUE if entity.kind is Kind.SINGLETON]


@dataclass(frozen=True)
class Options:
    """Options of one run.

    `since` reads again all that changed since then; `full` reads these entities whole. Neither drops history.
    `leave_out_columns` and `hash_columns` are withheld from the published file; `inputs` go into the marts. `pages`
    writes the page about the checks and Great Expectations' Data Docs, with links to `app_url`, QuickBooks for people.
    `deep` compares every object; None does so a week after the last time.
    """

    entities: Sequence[str] = ()
    since: DateTime | None = None
    full: Sequence[str] = ()
    as_of: date | None = None
    deep: bool | None = None
    rebuild: bool = False
    leave_out_columns: Sequence[str] = ()
    hash_columns: Sequence[str] = ()
    inputs: Inputs = NOTHING_GIVEN
    pages: bool = True
    app_url: str | None = None
    trigger: str = "manual"

    @property
    def chosen(self) -> list[Entity]:
        """The entities asked for; the company's own data, which gives the date, always. Raises UnknownEntity."""
        found = catalogue(self.entities)
        return found + [entity for entity in SINGLETONS if entity not in found]

    def validate(self) -> None:
        """Raises UnknownEntity for an entity that does not exist."""
        catalogue([*self.entities, *self.full])

    @property
    def again(self) -> dict[str, DateTime | None]:
        """Entities to read again, and since when; None is from the beginning. Raises UnknownEntity."""
        since = {entity.name: self.since for entity in self.chosen} if self.since else {}
        return since | ({entity.name: None for entity in catalogue(self.full)} if self.full else {})
