"""Command lines in documents, held to the command line there is."""

from __future__ import annotations

import re
import shlex

import click

from pipelines.cli import main

END = re.compile(r" (?:[|<]|&&|2?>>?|#)(?: |$)|   |;|\n")
HELP = {"--help", "-h", "--version"}


def require_known(line: str) -> None:
    """Raises where `quickduck …` has a subcommand, option or value that the command does not take.

    What follows a pipe, a redirection or three blanks is not its own; an argument may be left out.
    """
    words = shlex.split(END.split(line)[0])[1:]
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] not in HELP:
        name = words.pop(0)
        assert name in command.commands, line
        command = command.commands[name]
    if not HELP & set(words):
        command.make_context(line, words, resilient_parsing=not words)
    options = {name for parameter in command.params for name in parameter.opts} | HELP
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= options, line
