"""Steps of a run as the command line takes them: settings, the folder's lock, companies, and the closing screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext, redirect_stdout, suppress
from dataclasses import replace

import click

from pipelines.base.errors import ConfigurationError, WrongUsage
from pipelines.base.text import as_json
from pipelines.cli.screen import closing, outcome_of, reported
from pipelines.connect.companies import reached
from pipelines.nightly import ops
from pipelines.nightly.choices import Options
from pipelines.nightly.notify import Failure, tell
from pipelines.nightly.progress import progress
from pipelines.nightly.run import Nightly
from pipelines.published.folder import hold
from pipelines.quickbooks.client import QuickBooks
from pipelines.workspace import own_lists as lists
from pipelines.workspace.exits import ON_PURPOSE, Exit, exit_of, sentence
from pipelines.workspace.home import Home
from pipelines.workspace.settings import APP_URL
from pipelines.workspace.warehouse import WarehouseBusy, connect
from transforms.engine.csv_inputs import Inputs


def take(
    home: Home,
    names: Sequence[str],
    realm_ids: Sequence[str],
    options: Options,
    *,
    wait: float,
    to_json: bool,
) -> Exit:
    """Takes these steps and says how they went; `to_json` puts the outcome alone on standard output.

    A whole run that fails is told to those whom the settings name. Raises what kept every company from being
    asked.
    """
    is_run = "extract" in names and "publish" in names
    try:
        # Whatever a library prints in between would spoil the outcome for the program that reads it.
        with redirect_stdout(sys.stderr) if to_json else nullcontext():
            nightly = _taken(home, names, realm_ids, options, wait=wait)
    except Exception as error:
        if is_run:
            _tell(Failure(exit_of(error), {"": sentence(error)}))
        raise
    if to_json:
        click.echo(as_json(outcome_of(home, nightly)))
    if is_run and nightly.exit:
        _tell(Failure(nightly.exit, nightly.reasons, nightly.run_id))
    return nightly.exit


def _taken(
    home: Home,
    names: Sequence[str],
    realm_ids: Sequence[str],
    options: Options,
    *,
    wait: float,
) -> Nightly:
    options.validate()
    with hold(home, wait), ExitStack() as running:
        try:
            given = lists.read(home.path) if {"transform", "check"} & set(names) else {}
            connector = running.enter_context(reached(home, realm_ids))
        except WrongUsage:
            raise
        except ON_PURPOSE as error:
            with suppress(WarehouseBusy):
                _note_unbegun(home, realm_ids, options, error)
            raise
        chosen = replace(
            options,
            leave_out_columns=connector.settings.leave_out_columns,
            hash_columns=connector.settings.hash_columns,
            app_url=APP_URL.get(connector.settings.environment),
            inputs=Inputs(
                high_value_annual_revenue=connector.settings.high_value_annual_revenue,
                group_by_estimate=connector.settings.group_by_estimate,
                **given,
            ),
        )
        nightly = Nightly(home, connector.realm_ids, connector.open_client, chosen)
        with progress(sys.stdout, nightly.at) as nightly.say:
            nightly.steps(*(getattr(nightly, name) for name in names))
        click.echo(closing(home, nightly, checks="check" in names and "publish" not in names))
        if "publish" in names and home.analytics.exists():
            click.echo(reported(home))
    return nightly


def _note_unbegun(home: Home, realm_ids: Sequence[str], options: Options, error: Exception) -> None:
    """A run that failed before any company could be asked, as when the key is gone, failed for each that ran before.

    Without it such nights would leave no trace, and the last good one would seem to be the last.
    """

    def refuse(realm_id: str) -> QuickBooks:
        raise error

    if home.warehouse.exists():
        with connect(home) as warehouse:
            known = ops.companies(warehouse)
        chosen = [realm_id for realm_id in known if realm_id in realm_ids or not realm_ids]
        nightly = Nightly(home, chosen, refuse, options)
        nightly.steps(nightly.extract)


def _tell(failure: Failure) -> None:
    with suppress(ConfigurationError):  # settings that cannot be read are why the run failed, and it says so
        for line in tell(failure):
            click.echo(line, err=True)
