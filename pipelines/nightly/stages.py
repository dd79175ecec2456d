"""The stages of a run as values: built once out of what was chosen, carried out by `run`, explained by `explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from pendulum import DateTime

from pipelines.nightly.choices import Choices, Step
from pipelines.quickbooks.entities import Entity


@dataclass(frozen=True)
class Extract:
    """Copies what changed in these entities into `raw`, then reads again those of `again` since their moments."""

    step: ClassVar = Step.EXTRACT
    entities: tuple[Entity, ...]
    again: Mapping[str, DateTime | None]


@dataclass(frozen=True)
class Build:
    """Builds `raw` to marts for all companies at once, as of a day or each company's today; `anew` parses it all."""

    step: ClassVar = Step.TRANSFORM
    as_of: date | None = None
    anew: bool = False


@dataclass(frozen=True)
class ConfirmDay:
    """Makes sure that the marts stand for the day to be checked; where they do not, `build` comes next."""

    step: ClassVar = Step.CHECK
    build: Build


@dataclass(frozen=True)
class Compare:
    """Asks QuickBooks what the copy should say; without `realm_ids`, of every company.

    `deep` compares every object; None leaves it to a week after the last time. With `heals`, what differs is read
    again and compared once more.
    """

    step: ClassVar = Step.CHECK
    build: Build
    deep: bool | None = None
    heals: bool = True
    realm_ids: frozenset[str] | None = None

    @property
    def builds_once_more(self) -> bool:
        """Whether a deep comparison builds everything anew, to compare the tables with it: no run does so twice."""
        return not self.build.anew


@dataclass(frozen=True)
class Heal:
    """Reads again, by company and entity, the ids in which a comparison found differences."""

    step: ClassVar = Step.CHECK
    comparison: Compare
    suspects: Mapping[str, Mapping[str, Set[str]]]


@dataclass(frozen=True)
class Judge:
    """Decides by what was compared which companies may be published; `pages` writes it down for people."""

    step: ClassVar = Step.CHECK
    pages: bool = True


@dataclass(frozen=True)
class Publish:
    """Puts the companies that passed into the file that people open."""

    step: ClassVar = Step.PUBLISH


Stage = Extract | Build | ConfirmDay | Compare | Heal | Judge | Publish


def stages(choices: Choices) -> tuple[Stage, ...]:
    """What a run does, in order, as far as is known before it begins. Raises UnknownEntity."""
    return tuple(stage for step in choices.steps for stage in _of(step, choices))


def _of(step: Step, choices: Choices) -> Iterator[Stage]:
    build = Build(choices.as_of, choices.rebuild)
    match step:
        case Step.EXTRACT:
            yield Extract(tuple(choices.catalogue), choices.again)
        case Step.TRANSFORM:
            yield build
        case Step.CHECK:
            if Step.TRANSFORM not in choices.steps:
                yield ConfirmDay(build)
            yield Compare(build, choices.deep)
            yield Judge(choices.pages)
        case Step.PUBLISH:
            yield Publish()


def after_comparing(stage: Compare, suspects: Mapping[str, Mapping[str, Set[str]]]) -> tuple[Stage, ...]:
    """The stages that the suspects of a comparison call for: once, they are read again."""
    return (Heal(stage, suspects),) if stage.heals and suspects else ()


def after_healing(stage: Heal, healed: Set[str]) -> tuple[Stage, ...]:
    """The stages that companies which could be read again call for: all is built, and they are compared again."""
    if not healed:
        return ()
    return (
        stage.comparison.build,
        replace(stage.comparison, heals=False, realm_ids=frozenset(healed)),
    )
