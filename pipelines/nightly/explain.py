"""Explains the stages of a run before it begins: what each does, what it costs, and what would be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pendulum import DateTime

from pipelines.connect.companies import meant, prepare_dlt, settings_for
from pipelines.nightly.choices import Choices, HouseRules, house_rules
from pipelines.nightly.forecast import Forecast, forecast, latest_books, published_companies, visits
from pipelines.nightly.stages import Build, Compare, ConfirmDay, Extract, Heal, Judge, Publish, Stage, stages
from pipelines.workspace import own_lists
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment
from transforms.engine import models

KEPT_SCHEMAS = ("history", "checks", "ops")


@dataclass(frozen=True)
class Explained:
    """One stage: the command that takes it alone, its name, and what it does, in a sentence."""

    step: str
    stage: str
    does: str


@dataclass(frozen=True)
class Explanation:
    """What a run would do: its stages, each company's expected cost, and what would be published if the checks pass.

    `tables` are those that are built anew, by schema; the schemas of `kept` are published as they stand.
    `others` are companies whose published rows stay as they are.
    """

    stages: tuple[Explained, ...]
    companies: tuple[Forecast, ...]
    published_file: Path
    others: tuple[str, ...]
    tables: Mapping[str, Sequence[str]]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    hashed: tuple[str, ...]


class Explainer:
    """Says what the stages of a run do, as `Run` carries them out."""

    def __init__(self, home: Home, rules: HouseRules) -> None:
        self.home = home
        self.rules = rules

    def explained(self, stage: Stage) -> Explained:
        """The stage, and what it does."""
        return Explained(str(stage.step), type(stage).__name__, self.does(stage))

    def does(self, stage: Stage) -> str:
        """What a stage does, in a sentence."""
        match stage:
            case Extract():
                again = f"; read {', '.join(stage.again)} again" if stage.again else ""
                return (
                    f"copy what changed in {len(stage.entities)} entities since the last visit, and read by id "
                    f"what changes do not tell{again}"
                )
            case Build():
                day = f"as of {stage.as_of}" if stage.as_of else "as of each company's today"
                anew = ", every document parsed anew" if stage.anew else ""
                return f"build staging, core and marts out of raw, {day}{anew}"
            case ConfirmDay():
                return "build first, where the marts are of another day than the one to be checked"
            case Compare():
                once = "; what differs is read again once, built and compared again" if stage.heals else ""
                return f"ask QuickBooks by other routes what the copy should say{once}"
            case Heal():
                count = sum(len(ids) for company in stage.suspects.values() for ids in company.values())
                return f"read {count:,} objects again that differed"
            case Judge():
                return "decide by all expectations which companies may be published"
            case Publish():
                return f"put those that passed into {self.home.analytics.name} and {self.home.parquet.name}/"


def explain(home: Home, choices: Choices, now: DateTime) -> Explanation:
    """What a run so chosen would do, out of the settings and what the data folder knows; QuickBooks is asked nothing.

    `now` decides whether a deep comparison is due; embedded companies have clocks of their own. Raises WrongUsage,
    ConfigurationError or SignInNeeded where the run would before it asks.
    """
    choices.validate()
    prepare_dlt()
    current_settings = settings_for(choices.realm_ids)
    rules = house_rules(current_settings, own_lists.read(home.path))
    realm_ids = meant(home, current_settings)
    planned = stages(choices)
    clock = None if current_settings.environment is Environment.EMBEDDED else now
    with latest_books(home) as books:
        companies = tuple(forecast(one, planned, visits(books, one), clock) for one in realm_ids)
    explainer = Explainer(home, rules)
    return Explanation(
        tuple(explainer.explained(stage) for stage in planned),
        companies,
        home.analytics,
        tuple(one for one in published_companies(home) if one not in realm_ids),
        {schema: sorted(model.name for model in models.read_all(schema)) for schema in models.SCHEMAS},
        KEPT_SCHEMAS,
        tuple(rules.leave_out_columns),
        tuple(rules.hash_columns),
    )
