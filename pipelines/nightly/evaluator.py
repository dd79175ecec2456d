"""Carries out single stages of a run: extract, build, compare, heal, judge, publish."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from duckdb import DuckDBPyConnection

from checks.collect.gather import gather
from checks.collect.plan import deep_is_due
from checks.evidence import Difference
from pipelines.base.errors import QuickduckError
from pipelines.base.sqltext import transaction
from pipelines.nightly import activity, fresh_build, kept_back, ops
from pipelines.nightly.ending import Ending, NotBuilt
from pipelines.nightly.extract import CompanyCopy
from pipelines.nightly.means import Means, Say
from pipelines.nightly.notes import Notes
from pipelines.nightly.outcome import Outcome
from pipelines.nightly.own_list_coverage import coverage
from pipelines.nightly.stages import (
    Build,
    Compare,
    ConfirmDay,
    Extract,
    Heal,
    Judge,
    Publish,
    Stage,
    after_comparing,
    after_healing,
)
from pipelines.pages import checks as checks_page
from pipelines.published.file import HEADLINE
from pipelines.published.gate import refusal
from pipelines.published.privacy import Withheld, withheld_columns
from pipelines.published.publish import publish
from pipelines.workspace.warehouse import another_connection, building
from transforms.engine import history, macros, models
from transforms.engine.dates import as_of_dates
from transforms.engine.runner import build, built_as_of, is_built

DATA_DOCS = "data_docs"
DONE = "done"
"""The step that `ops.runs` names once a company is published."""


class Evaluator:
    """Carries out the stages of one run on its open warehouse, and puts down in `outcomes` how each company fares."""

    def __init__(
        self,
        means: Means,
        run_id: str,
        warehouse: DuckDBPyConnection,
        outcomes: Sequence[Outcome],
        notes: Notes,
        say: Say,
    ) -> None:
        self.means = means
        self.run_id = run_id
        self.warehouse = warehouse
        self.outcomes = outcomes
        self.notes = notes
        self.say = say
        self._writing = threading.Lock()
        self._columns_withheld: Withheld | None = None
        self._altered: dict[str, list[Difference]] | None = None

    @property
    def sound(self) -> list[Outcome]:
        """Companies that nothing has stopped yet."""
        return [outcome for outcome in self.outcomes if outcome.is_sound]

    def carry_out(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages that come next because of what this one found."""
        for outcome in self.sound:
            outcome.record.step = stage.step
        match stage:
            case Extract():
                self._extract(stage)
            case Build():
                self._build(stage)
            case ConfirmDay():
                return (stage.build,) if self._is_of_another_day(stage) else ()
            case Compare():
                return after_comparing(stage, self._compare(stage))
            case Heal():
                return after_healing(stage, self._heal(stage))
            case Judge():
                self._judge(stage)
            case Publish():
                self._publish()
        return ()

    def _extract(self, stage: Extract) -> None:
        """Companies side by side; each finishes what a killed run left behind first."""

        def copy(outcome: Outcome) -> None:
            try:
                company = self._company(outcome)
                self.say(f"{outcome.realm_id}: reading what changed")
                outcome.extraction = extraction = company.copy(
                    stage.entities, lambda warehouse, copied: activity.record(warehouse, self.run_id, copied)
                )
                again = {name: since for name, since in stage.again.items() if name not in extraction.missing}
                if again:
                    extraction.add(company.read_again(since=again))
                outcome.note_plan()
                outcome.record.ending = Ending.EXTRACTED
            except Exception as error:
                outcome.fail(error)

        with ThreadPoolExecutor(max(1, len(self.outcomes)), thread_name_prefix="company") as pool:
            list(pool.map(copy, self.sound))

    def _build(self, stage: Build) -> None:
        """raw to marts, for all companies at once."""
        if not self.sound:
            return
        self._columns_withheld = None
        with building(self.warehouse):
            ops.forget_verdicts(self.warehouse)
            as_of = as_of_dates(self.warehouse, given=stage.as_of)
            built = build(self.warehouse, as_of=as_of, inputs=self.means.rules.inputs, full=stage.anew)
            lines = list(coverage(self.warehouse, self.means.rules.inputs))
        self.say(f"{len(built.tables)} tables built in {built.seconds:.1f} s")
        for line in lines:
            self.say(line)
        for outcome in self.sound:
            if reason := built.left_out.get(outcome.realm_id):
                outcome.fail(NotBuilt(outcome.realm_id, reason))
            else:
                outcome.record.ending = Ending.BUILT

    def _is_of_another_day(self, stage: ConfirmDay) -> bool:
        """The marts stand for another day than the one to be checked."""
        built = built_as_of(self.warehouse)
        wanted = as_of_dates(self.warehouse, given=stage.build.as_of)
        return any(
            built.get(outcome.realm_id, wanted.get(outcome.realm_id)) != wanted.get(outcome.realm_id)
            for outcome in self.sound
        )

    def _compare(self, stage: Compare) -> dict[str, dict[str, set[str]]]:
        """What QuickBooks says by other routes, beside what we hold; the suspects of each company that has some."""
        as_of = as_of_dates(self.warehouse, given=stage.build.as_of)
        built = is_built(self.warehouse)
        withheld = self._withheld() if built else Withheld()
        suspects = {}
        is_deep = any(self._is_deep(stage, outcome) for outcome in self.sound)
        if built and is_deep and stage.builds_once_more and self._altered is None:
            self.say("building everything anew, to compare the tables with it")
            with building(self.warehouse):
                self._altered = fresh_build.altered(self.warehouse)
        for outcome in self.sound:
            if stage.realm_ids is not None and outcome.realm_id not in stage.realm_ids:
                continue
            try:
                if outcome.realm_id not in as_of or not built:
                    raise QuickduckError("Nothing of it is built yet: `quickduck run` does that.")
                company = self._company(outcome)
                self.say(f"{outcome.realm_id}: comparing with QuickBooks")
                outcome.evidence = gather(
                    self.warehouse,
                    outcome.realm_id,
                    company.client,
                    run_id=self.run_id,
                    as_of=as_of[outcome.realm_id],
                    counts=outcome.extraction.counts if outcome.extraction else None,
                    deep=self._is_deep(stage, outcome),
                    withheld=withheld.names,
                    stop_at_card_numbers=self.means.rules.stop_at_card_numbers,
                    altered=(self._altered or {}).get(outcome.realm_id, ()),
                )
                outcome.first = outcome.first or outcome.evidence
                if outcome.evidence.needs_healing:
                    suspects[outcome.realm_id] = outcome.evidence.to_heal
            except Exception as error:
                outcome.fail(error)
        return suspects

    def _is_deep(self, stage: Compare, outcome: Outcome) -> bool:
        """As chosen; else on the first night a week or more after the last deep check."""
        if stage.deep is not None:
            return stage.deep
        visit = outcome.extraction
        return bool(visit and deep_is_due(self.warehouse, outcome.realm_id, visit.answered_at))

    def _heal(self, stage: Heal) -> set[str]:
        """The companies whose suspects could be read again."""
        healed = set()
        for outcome in self.sound:
            if outcome.realm_id not in stage.suspects:
                continue
            try:
                company = self._company(outcome)
                load = company.read_again(stage.suspects[outcome.realm_id])
                if outcome.extraction:
                    outcome.extraction.add(load)
                    company.count_deleted(outcome.extraction)
                healed.add(outcome.realm_id)
            except Exception as error:
                outcome.fail(error)
        return healed

    def _judge(self, stage: Judge) -> None:
        """Verdicts on the companies that were compared; what passed is kept in `history`."""
        if all(outcome.record.step != stage.step for outcome in self.outcomes):
            return  # none came so far
        evidence = {outcome.realm_id: outcome.evidence for outcome in self.sound if outcome.evidence}
        verdicts = self.means.judge(
            self.warehouse,
            evidence,
            before={outcome.realm_id: outcome.first for outcome in self.outcomes if outcome.first},
            docs_folder=self.means.home.reports / DATA_DOCS if stage.pages else None,
        )
        if stage.pages:
            checks_page.write(
                self.means.home.reports,
                verdicts,
                data_docs=f"{DATA_DOCS}/index.html",
                app_url=self.means.rules.app_url,
            )
        for outcome in self.sound:
            outcome.judge(verdicts[outcome.realm_id], self.means.rules.app_url)
            nights = kept_back.nights(self.warehouse, outcome.realm_id, self.run_id)
            if not outcome.is_sound and nights >= kept_back.ENOUGH and outcome.verdict:
                outcome.notice = kept_back.notice(outcome.verdict, nights, self.means.rules.app_url)
                outcome.findings.append(outcome.notice)
        passed = [outcome.realm_id for outcome in self.sound]
        withheld = self._withheld()
        with transaction(self.warehouse):
            ops.note_passed(self.warehouse, passed, withheld.names)
            history.keep(self.warehouse, passed)

    def _publish(self) -> None:
        """The file people open gets the rows of the companies whose checks passed, and says so of this run.

        The warehouse learns it when it is so, out of the note at the end, or else by the next run out of that file.
        """
        withheld, withheld_when_passed = self._withheld(), ops.passed(self.warehouse)
        for outcome in self.sound:
            if reason := refusal(
                self.warehouse,
                outcome.realm_id,
                withheld,
                withheld_when_passed.get(outcome.realm_id),
                stop_at_card_numbers=self.means.rules.stop_at_card_numbers,
            ):
                outcome.refuse(reason)
        if not self.sound:
            return
        done = {
            outcome.realm_id: replace(outcome.record, step=DONE, ending=Ending.PUBLISHED)
            for outcome in self.sound
        }
        self.notes.draft(done)
        publish(
            self.warehouse,
            self.means.home,
            list(done),
            macros.statements(),
            withheld,
            comments=models.comments(),
            stand_ins=dict(zip(ops.KEPT, ops.DRAFT, strict=True)),
            other_paths=self.means.rules.publish_other_fields,
            clock=self.means.clock,
        )
        for outcome in self.sound:
            outcome.record = done[outcome.realm_id]

    def _withheld(self) -> Withheld:
        """What the settings come to in the tables as built. Raises ConfigurationError for what is no column."""
        if self._columns_withheld is None:
            rules, readers = self.means.rules, [*macros.statements(), HEADLINE]
            self._columns_withheld = withheld_columns(
                self.warehouse, rules.leave_out_columns, rules.hash_columns, readers
            )
        return self._columns_withheld

    def _company(self, outcome: Outcome) -> CompanyCopy:
        if outcome.company is None:
            outcome.company = CompanyCopy(
                self.means.open_company(outcome.realm_id),
                self.means.home,
                connect=partial(another_connection, self.warehouse),
                writing=self._writing,
            )
        return outcome.company
