"""Help that helps: every command shows an example that would run, fast, and shells can complete it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from tests.support.commands import require_known

QUICKDUCK = Path(sys.executable).with_name("quickduck")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_shows_examples_of_itself(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command's help shows examples, and each of them parses."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "books.tar").touch()
    help = CliRunner().invoke(main, [*path, "--help"], terminal_width=120).output
    examples = re.findall(rf"^ +(quickduck {' '.join(path)}\b.*)$", help, re.MULTILINE)
    assert examples, help
    for example in examples:
        require_known(example)


def test_help_loads_nothing_heavy() -> None:
    """Help loads click and no heavy library."""
    heavy = (
        *("dlt", "duckdb", "pandas", "pyarrow", "requests", "pendulum", "rich", "great_expectations"),
        *("fastapi", "uvicorn", "sqlite3"),
    )
    script = f"""import sys
from click.testing import CliRunner
from pipelines.cli import main
assert "Commands:" in CliRunner().invoke(main, ["--help"]).output
print(*(name for name in {heavy} if name in sys.modules))"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_shell_asks_and_is_told() -> None:
    """A shell gets completions by the protocol of click's own scripts."""
    asked = {"_QUICKDUCK_COMPLETE": "bash_complete", "COMP_WORDS": "quickduck ro", "COMP_CWORD": "1"}
    done = subprocess.run([QUICKDUCK], env=os.environ | asked, capture_output=True, text=True)
    assert done.stdout == "plain,rollback\n"
    asked |= {"COMP_WORDS": "quickduck check --", "COMP_CWORD": "2"}
    done = subprocess.run([QUICKDUCK], env=os.environ | asked, capture_output=True, text=True)
    assert "plain,--deep\n" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(shell: str) -> None:
    """The completion script is valid by each installed shell's own judgement."""
    script = CliRunner().invoke(main, ["completion", shell]).output
    assert "_QUICKDUCK_COMPLETE" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script, text=True, check=True, capture_output=True)
