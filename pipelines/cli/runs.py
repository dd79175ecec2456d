"""A run, or some steps of one, as the command line starts it: its progress, its closing screen, its exit code."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict

import click

from pipelines.base.text import as_json
from pipelines.cli.screen import closing
from pipelines.nightly.choices import Choices, Step
from pipelines.nightly.progress import progress
from pipelines.nightly.run import Run
from pipelines.nightly.start import started, tell_of_error, tell_of_result
from pipelines.pages.report import reported
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home


def carry_out(home: Home, choices: Choices, *, to_json: bool) -> Exit:
    """Carries out what was chosen and shows how it went; `to_json` puts the outcome alone on standard output.

    A whole run that fails sends the notices that the settings name. Raises the error that kept it from asking any
    company.
    """
    try:
        # Whatever a library prints in between would spoil the outcome for the program that reads it.
        with redirect_stdout(sys.stderr) if to_json else nullcontext():
            run = _carried_out(home, choices)
    except Exception as error:
        tell_of_error(choices, error, _say)
        raise
    if to_json:
        click.echo(as_json(asdict(run.result)))
    tell_of_result(choices, run.result, _say)
    return run.exit


def _carried_out(home: Home, choices: Choices) -> Run:
    with started(home, choices) as run:
        with progress(sys.stdout, run.at) as say:
            run.carry_out(say)
        publishes = Step.PUBLISH in choices.steps
        click.echo(closing(home, run, checks=Step.CHECK in choices.steps and not publishes))
        if publishes and home.analytics.exists():
            click.echo(reported(home))
    return run


def _say(line: str) -> None:
    click.echo(line, err=True)
