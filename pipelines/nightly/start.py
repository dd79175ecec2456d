"""A run from its beginning: it holds the folder, reaches companies, reads settings and lists, and reports failures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

from checks.verdict.judge import judge
from pipelines.base.errors import ConfigurationError, WrongUsage
from pipelines.connect.companies import reached
from pipelines.nightly import ops
from pipelines.nightly.choices import Choices, Step, house_rules
from pipelines.nightly.means import Judges, Say
from pipelines.nightly.notify import Failure, tell
from pipelines.nightly.outcome import RunResult
from pipelines.nightly.run import Run
from pipelines.pages.report import reported
from pipelines.published.folder import hold
from pipelines.quickbooks.client import QuickBooks
from pipelines.workspace import own_lists
from pipelines.workspace.exits import ON_PURPOSE, exit_of, sentence
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import WarehouseBusy, open_warehouse, require_known_folder

READ_LISTS = {Step.TRANSFORM, Step.CHECK}


@contextmanager
def started(home: Home, choices: Choices, *, judge: Judges = judge) -> Iterator[Run]:
    """The run that was chosen, to be carried out inside the block, while the folder is held and companies are up.

    Raises FolderIsNewer before anything is touched, WrongUsage or UnknownEntity for what does not exist, and what keeps
    every company from being asked; that is noted in `ops` for each that ran before.
    """
    choices.validate()
    with hold(home, choices.wait), ExitStack() as running:
        require_known_folder(home)
        try:
            lists = own_lists.read(home.path) if READ_LISTS & set(choices.steps) else own_lists.Lists()
            connector = running.enter_context(reached(home, choices.realm_ids))
        except WrongUsage:
            raise
        except ON_PURPOSE as error:
            with suppress(WarehouseBusy):
                _note_unbegun(home, choices, error)
            raise
        rules = house_rules(connector.settings, lists)
        yield Run(home, connector.realm_ids, connector.open_client, choices, rules, judge=judge)


def carried_out(home: Home, choices: Choices, say: Say) -> RunResult:
    """Carries out the run that was chosen, writes the report and sends notices of a failure, without a terminal.

    Raises the error that kept it from asking any company.
    """
    try:
        with started(home, choices) as run:
            run.carry_out(say)
            if home.analytics.exists():
                say(reported(home))
    except Exception as error:
        tell_of_error(choices, error, say)
        raise
    tell_of_result(choices, run.result, say)
    return run.result


def tell_of_error(choices: Choices, error: Exception, say: Say) -> None:
    """Tells whom the settings name that a whole run could not begin, and says how that went."""
    if choices.is_whole:
        _tell(Failure(exit_of(error), {"": sentence(error)}), say)


def tell_of_result(choices: Choices, result: RunResult, say: Say) -> None:
    """Tells whom the settings name that a whole run failed, if it did, and says how that went."""
    if choices.is_whole and result.exit_code:
        _tell(Failure(result.exit_code, result.reasons, result.run_id), say)


def _tell(failure: Failure, say: Say) -> None:
    with suppress(ConfigurationError):  # settings that cannot be read are why the run failed, and it says so
        for line in tell(failure):
            say(line)


def _note_unbegun(home: Home, choices: Choices, error: Exception) -> None:
    """A run that failed before any company could be asked, as when the key is gone, failed for each that ran before.

    Without it such nights would leave no trace, and the last good one would seem to be the last.
    """

    def refuse(realm_id: str) -> QuickBooks:
        raise error

    if home.warehouse.exists():
        with open_warehouse(home) as warehouse:
            ran = ops.companies(warehouse)
        meant = [realm_id for realm_id in ran if realm_id in choices.realm_ids or not choices.realm_ids]
        Run(home, meant, refuse, replace(choices, steps=(Step.EXTRACT,))).carry_out()
