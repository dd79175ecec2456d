"""What one run is to do: what its starter chose, and what the settings and people's own lists say of every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pendulum import DateTime

from pipelines.quickbooks.entities import CATALOGUE, Entity, Kind
from pipelines.quickbooks.source import catalogue
from pipelines.workspace.own_lists import Lists
from pipelines.workspace.settings import APP_URL, Settings
from transforms.engine.csv_inputs import NOTHING_GIVEN, Inputs

SINGLETONS = [entity for entity in CATALOGUE if entity.kind is Kind.SINGLETON]


class Step(StrEnum):
    """The commands that a run consists of, as `ops.runs` names them."""

    EXTRACT = "extract"
    TRANSFORM = "transform"
    CHECK = "check"
    PUBLISH = "publish"


WHOLE = tuple(Step)


@dataclass(frozen=True)
class Choices:
    """Everything that the command line, or somebody in Python, chose for one run.

    Without `realm_ids` it is about the companies of the settings, else all signed in. `since` reads again all that
    changed since then; `full` reads these entities whole; neither drops history. `deep` compares every object; None
    does so a week after the last time. `pages` writes the page about the checks and Great Expectations' Data Docs.
    `wait` is how many seconds another run may keep the folder.
    """

    realm_ids: tuple[str, ...] = ()
    steps: tuple[Step, ...] = WHOLE
    entities: tuple[str, ...] = ()
    since: DateTime | None = None
    full: tuple[str, ...] = ()
    as_of: date | None = None
    deep: bool | None = None
    rebuild: bool = False
    pages: bool = True
    trigger: str = "manual"
    wait: float = 600

    def validate(self) -> None:
        """Raises UnknownEntity for an entity that does not exist."""
        catalogue([*self.entities, *self.full])

    @property
    def is_whole(self) -> bool:
        """A run from QuickBooks to the published file, which somebody wants to hear of when it fails."""
        return Step.EXTRACT in self.steps and Step.PUBLISH in self.steps

    @property
    def catalogue(self) -> list[Entity]:
        """The entities to read; the company's own data, which gives the date, always. Raises UnknownEntity."""
        entities = catalogue(self.entities)
        return entities + [entity for entity in SINGLETONS if entity not in entities]

    @property
    def again(self) -> dict[str, DateTime | None]:
        """Entities to read again, and since when; None is from the beginning. Raises UnknownEntity."""
        since = {entity.name: self.since for entity in self.catalogue} if self.since else {}
        return since | ({entity.name: None for entity in catalogue(self.full)} if self.full else {})


@dataclass(frozen=True)
class HouseRules:
    """What the settings and people's own lists say of every run.

    `leave_out_columns` and `hash_columns` are withheld from the published file; of what no column takes, it has the
    paths `publish_other_fields`. `inputs` go into the marts, and pages link to `app_url`, QuickBooks for people. Card
    numbers are masked where they would be published, and with `stop_at_card_numbers` a company that has some is not
    published at all.
    """

    leave_out_columns: Sequence[str] = ()
    hash_columns: Sequence[str] = ()
    publish_other_fields: Sequence[str] = ()
    inputs: Inputs = NOTHING_GIVEN
    app_url: str | None = None
    stop_at_card_numbers: bool = False


def house_rules(settings: Settings, lists: Lists) -> HouseRules:
    """The rules that these settings and lists make."""
    return HouseRules(
        settings.leave_out_columns,
        settings.hash_columns,
        settings.publish_other_fields,
        Inputs(
            high_value_annual_revenue=settings.high_value_annual_revenue,
            group_by_estimate=settings.group_by_estimate,
            sales_rep_field=settings.sales_rep_field,
            **lists,
        ),
        APP_URL.get(settings.environment),
        settings.stop_at_card_numbers,
    )
