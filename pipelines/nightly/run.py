"""The nightly run: extract, transform, check, publish, once from left to right.

Write, audit, publish: people's file changes only with rows whose checks passed. A company that fails keeps
yesterday's rows there; the others go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pendulum
from duckdb import DuckDBPyConnection, FatalException
from pendulum import DateTime

from checks.collect.gather import gather
from checks.collect.plan import deep_is_due
from checks.evidence import Evidence
from checks.verdict.judge import judge
from pipelines.base.errors import QuickduckError
from pipelines.base.sqltext import transaction
from pipelines.nightly import activity, ops
from pipelines.nightly.choices import Options
from pipelines.nightly.extract import Company
from pipelines.nightly.ops import RunOfCompany
from pipelines.nightly.outcome import Outcome, worst
from pipelines.nightly.own_list_coverage import coverage
from pipelines.nightly.progress import At
from pipelines.pages import checks as checks_page
from pipelines.published.file import HEADLINE
from pipelines.published.gate import refusal
from pipelines.published.privacy import Withheld, withheld_columns
from pipelines.published.publish import publish
from pipelines.quickbooks.client import QuickBooks
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import MEMORY_TO_BUILD, connect
from transforms.engine import history, macros
from transforms.engine.dates import as_of_dates
from transforms.engine.runner import build, built_as_of, is_built

Connect = Callable[[str], QuickBooks]
DATA_DOCS = "data_docs"
DONE = {"extract": "extracted", "transform": "built", "check": "passed", "publish": "published"}


class Nightly:
    """One run over some companies; each step may also be taken alone."""

    def __init__(
        self,
        home: Home,
        realm_ids: Sequence[str],
        open_company: Connect,
        options: Options,
        *,
        clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.home = home
        self.options = options
        self.clock = clock
        self.say = say
        self.open_company = open_company
        self.started_at = clock()
        self.run_id = self.started_at.format("YYYY-MM-DDTHH:mm:ss.SSS[Z]")
        self.writing = threading.Lock()
        self._noted = False
        self.outcomes = [
            Outcome(RunOfCompany(self.run_id, realm_id, options.trigger, self.started_at))
            for realm_id in realm_ids
        ]

    @property
    def sound(self) -> list[Outcome]:
        """Companies that nothing has stopped yet."""
        return [outcome for outcome in self.outcomes if outcome.is_sound]

    @property
    def exit(self) -> Exit:
        """What the process answers: the exit code of the worst company."""
        return worst(self.outcomes)

    @property
    def reasons(self) -> dict[str, str]:
        """Why each company that failed did."""
        return {
            one.realm_id: one.record.error or one.record.verdict for one in self.outcomes if not one.is_sound
        }

    def at(self) -> list[At]:
        """How far each company has come; may be asked from another thread."""
        return [outcome.at for outcome in self.outcomes]

    def run(self) -> Exit:
        """All steps; the exit code of the worst company."""
        return self.steps(self.extract, self.transform, self.check, self.publish)

    def steps(self, *steps: Callable[[], None]) -> Exit:
        """These steps in order, noted in `ops.runs` whatever happens.

        The warehouse stays open throughout: opening it takes 20 ms, a run does so twenty times, and nobody else
        can come in between.
        """
        with connect(self.home) as warehouse:
            ops.begin(warehouse, [outcome.record for outcome in self.outcomes])
            try:
                for step in steps:
                    self._guarded(step)
            except BaseException:
                self._noted = False  # a publishing that was stopped had noted its success beforehand
                for outcome in self.sound:
                    outcome.interrupted()
                raise
            finally:
                if not self._noted:
                    with suppress(FatalException):  # cannot be written any more: the outcome says why
                        self._note()
        return self.exit

    def extract(self) -> None:
        """Companies side by side; each finishes what a killed run left behind first."""
        with ThreadPoolExecutor(max(1, len(self.outcomes)), thread_name_prefix="company") as pool:
            list(pool.map(self._extract, self.sound))

    def transform(self) -> None:
        """raw to marts, for all companies at once."""
        self._reach("transform")
        if not self.sound:
            return
        with connect(self.home, MEMORY_TO_BUILD) as warehouse:
            ops.forget_verdicts(warehouse)
            as_of = as_of_dates(warehouse, given=self.options.as_of)
            built = build(warehouse, as_of=as_of, inputs=self.options.inputs, full=self.options.rebuild)
            told = list(coverage(warehouse, self.options.inputs))
        self.say(f"{len(built.tables)} tables built in {built.seconds:.1f} s")
        for line in told:
            self.say(line)

    def check(self) -> None:
        """Heal, then judge: what differs is read again once and loaded, and then the checkpoint decides."""
        self._reach("check")
        if not self.sound:
            return
        if self._is_of_another_day():
            self.transform()
            self._reach("check")
        evidence = first = self._gather(self.sound)
        doubtful = [outcome for outcome in self.sound if first[outcome.realm_id].needs_healing]
        for outcome in doubtful:
            self._heal(outcome, first[outcome.realm_id])
        if any(outcome.is_sound for outcome in doubtful):
            self.transform()
            self._reach("check")
            evidence = first | self._gather([outcome for outcome in doubtful if outcome.is_sound])
        sound = {outcome.realm_id: evidence[outcome.realm_id] for outcome in self.sound}
        with connect(self.home) as warehouse:
            verdicts = judge(
                warehouse,
                sound,
                before=first,
                docs_folder=self.home.reports / DATA_DOCS if self.options.pages else None,
            )
            if self.options.pages:
                checks_page.write(
                    self.home.reports,
                    verdicts,
                    data_docs=f"{DATA_DOCS}/index.html",
                    app_url=self.options.app_url,
                )
        for outcome in self.sound:
            outcome.judged(verdicts[outcome.realm_id], evidence[outcome.realm_id])
        passed = [outcome.realm_id for outcome in self.sound]
        with connect(self.home) as warehouse:
            withheld = self._withheld(warehouse)
            with transaction(warehouse):
                ops.note_passed(warehouse, passed, withheld.names)
                history.keep(warehouse, passed)

    def publish(self) -> None:
        """The file people open gets the rows of the companies whose checks passed."""
        self._reach("publish")
        with connect(self.home) as warehouse:
            withheld = self._withheld(warehouse)
            withheld_when_passed = ops.passed(warehouse)
            for outcome in self.sound:
                if reason := refusal(
                    warehouse, outcome.realm_id, withheld, withheld_when_passed.get(outcome.realm_id)
                ):
                    outcome.refused(reason)
            passed = [outcome.realm_id for outcome in self.sound]
            for outcome in self.sound:
                outcome.record.step, outcome.record.verdict = "done", "published"
                outcome.record.exit_code = Exit.PUBLISHED
            self._note()
            if passed:
                publish(warehouse, self.home, passed, macros.statements(), withheld, clock=self.clock)

    def _extract(self, outcome: Outcome) -> None:
        try:
            company = self._company(outcome)
            self.say(f"{outcome.realm_id}: reading what changed")
            outcome.extraction = done = company.copy(
                self.options.chosen, lambda warehouse, found: activity.record(warehouse, self.run_id, found)
            )
            again = {name: since for name, since in self.options.again.items() if name not in done.missing}
            if again:
                done.add(company.read_again(since=again))
        except Exception as error:
            outcome.failed(error)

    def _gather(self, outcomes: Sequence[Outcome]) -> dict[str, Evidence]:
        """What QuickBooks says by other routes, beside what we hold."""
        found = {}
        with connect(self.home) as warehouse:
            as_of = as_of_dates(warehouse, given=self.options.as_of)
            built = is_built(warehouse)
            withheld = self._withheld(warehouse) if built else Withheld()
            for outcome in outcomes:
                try:
                    if outcome.realm_id not in as_of or not built:
                        raise QuickduckError("Nothing of it is built yet: `quickduck run` does that.")
                    company = self._company(outcome)
                    self.say(f"{outcome.realm_id}: comparing with QuickBooks")
                    found[outcome.realm_id] = gather(
                        warehouse,
                        outcome.realm_id,
                        company.client,
                        run_id=self.run_id,
                        as_of=as_of[outcome.realm_id],
                        counts=outcome.extraction.counts if outcome.extraction else None,
                        deep=self._is_deep(warehouse, outcome),
                        withheld=withheld.names,
                    )
                except Exception as error:
                    outcome.failed(error)
        return found

    def _is_deep(self, warehouse: DuckDBPyConnection, outcome: Outcome) -> bool:
        """As asked; else on the first night a week or more after the last deep check."""
        if self.options.deep is not None:
            return self.options.deep
        visit = outcome.extraction
        return bool(visit and deep_is_due(warehouse, outcome.realm_id, visit.answered_at))

    def _heal(self, outcome: Outcome, evidence: Evidence) -> None:
        try:
            company = self._company(outcome)
            load = company.read_again(evidence.to_heal)
            if outcome.extraction:
                outcome.extraction.add(load)
        except Exception as error:
            outcome.failed(error)

    def _withheld(self, warehouse: DuckDBPyConnection) -> Withheld:
        """Raises ConfigurationError where the settings name what is no column."""
        readers = [*macros.statements(), HEADLINE]
        return withheld_columns(warehouse, self.options.leave_out_columns, self.options.hash_columns, readers)

    def _company(self, outcome: Outcome) -> Company:
        if outcome.company is None:
            client = self.open_company(outcome.realm_id)
            outcome.company = Company(client, self.home, writing=self.writing)
        return outcome.company

    def _is_of_another_day(self) -> bool:
        """The marts stand for another day than the one to be checked."""
        with connect(self.home) as warehouse:
            built = built_as_of(warehouse)
            asked = as_of_dates(warehouse, given=self.options.as_of)
        return any(
            built.get(outcome.realm_id, asked.get(outcome.realm_id)) != asked.get(outcome.realm_id)
            for outcome in self.sound
        )

    def _reach(self, step: str) -> None:
        for outcome in self.sound:
            outcome.record.step = step

    def _guarded(self, step: Callable[[], None]) -> None:
        """A step that fails as a whole fails for every company that had got that far."""
        try:
            step()
        except Exception as error:
            self._noted = False
            for outcome in self.sound:
                outcome.failed(error)

    def _note(self) -> None:
        """Says in `ops` how the run went."""
        self._noted = True
        with connect(self.home) as warehouse:
            for outcome in self.outcomes:
                record = outcome.record
                record.calls = outcome.company.client.calls if outcome.company else {}
                record.exit_code = None if record.verdict == "interrupted" else outcome.exit
                if record.verdict == "running":
                    record.verdict = DONE[record.step]
                ops.write(warehouse, record, self.clock())
                if outcome.extraction and outcome.is_sound:
                    ops.synced(
                        warehouse,
                        outcome.realm_id,
                        self.options.chosen,
                        at=outcome.extraction.answered_at,
                        missing=outcome.extraction.missing,
                        accuracy=outcome.accuracy_by_entity,
                    )
                elif not outcome.is_sound:
                    ops.failed(warehouse, outcome.realm_id, record.error or "")
