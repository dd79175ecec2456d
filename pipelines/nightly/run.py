"""A run: the stages that choices make, carried out once from left to right for some companies.

Write, audit, publish: people's file changes only with rows whose checks passed. A company that fails keeps
yesterday's rows there; the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import pendulum
from duckdb import FatalException
from pendulum import DateTime

from checks.verdict.judge import judge
from pipelines.nightly.choices import Choices, HouseRules
from pipelines.nightly.ending import Ending, worst
from pipelines.nightly.evaluator import Evaluator
from pipelines.nightly.means import Judges, Means, OpenCompany, Say
from pipelines.nightly.notes import Notes
from pipelines.nightly.ops import RunOfCompany
from pipelines.nightly.outcome import Outcome, RunResult
from pipelines.nightly.progress import At
from pipelines.nightly.stages import stages
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse

NO_RULES = HouseRules()


class Run:
    """One run over some companies; `carry_out` takes its `stages`, and `outcomes` say how each company fared.

    `open_company` gives a company's client. `judge` decides out of the evidence, which is Great Expectations' part.
    """

    def __init__(
        self,
        home: Home,
        realm_ids: Sequence[str],
        open_company: OpenCompany,
        choices: Choices,
        rules: HouseRules = NO_RULES,
        *,
        judge: Judges = judge,
        clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
    ) -> None:
        self.choices = choices
        self.means = Means(home, open_company, rules, judge, clock)
        self.stages = stages(choices)
        started_at = clock()
        self.run_id = started_at.format("YYYY-MM-DDTHH:mm:ss.SSS[Z]")
        self.outcomes = [
            Outcome(RunOfCompany(self.run_id, realm_id, choices.trigger, started_at))
            for realm_id in realm_ids
        ]

    @property
    def exit(self) -> Exit:
        """What the process answers: the exit code of the worst company."""
        return worst(outcome.ending for outcome in self.outcomes)

    @property
    def result(self) -> RunResult:
        """How the run ended, to be handed over."""
        file = self.means.home.analytics
        return RunResult(
            self.run_id,
            int(self.exit),
            file if file.exists() else None,
            tuple(outcome.result() for outcome in self.outcomes),
        )

    def at(self) -> list[At]:
        """How far each company has come; may be asked from another thread."""
        return [outcome.at for outcome in self.outcomes]

    def carry_out(self, say: Say = lambda line: None) -> Exit:
        """Takes the stages in order, and those that a stage calls for by what it finds; notes in `ops` how it went."""
        with open_warehouse(self.means.home) as warehouse:
            notes = Notes(warehouse, self.outcomes, self.choices.catalogue, self.means.clock)
            notes.begin(self.means.home)
            try:
                self._take_all(Evaluator(self.means, self.run_id, warehouse, self.outcomes, notes, say))
            except BaseException:
                for outcome in self.outcomes:
                    if outcome.is_sound and outcome.ending is not Ending.PUBLISHED:
                        outcome.interrupt()
                raise
            finally:
                with suppress(FatalException):  # cannot be written any more: the outcome says why
                    notes.end()
        return self.exit

    def _take_all(self, evaluator: Evaluator) -> None:
        """A stage that fails as a whole fails for every company that had got that far, and ends the run."""
        left = deque(self.stages)
        try:
            while left:
                left.extendleft(reversed(evaluator.carry_out(left.popleft())))
        except Exception as error:
            for outcome in evaluator.sound:
                outcome.fail(error)
