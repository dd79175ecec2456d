"""How long the command line takes to say something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measure import Laps, Results, Work, in_turn

COMMANDS = (["--help"], ["status"])


def command(laps: Laps, words: Sequence[str], home: str) -> None:
    """Runs it once; the interpreter's own start is part of it."""
    called = [str(Path(sys.executable).with_name("quickduck")), *words]
    laps.ready()
    subprocess.run(called, env={"QUICKDUCK_HOME": home}, stdout=subprocess.DEVNULL, check=True)
    laps.lap("start")


def measured(home: Path, rounds: int) -> Results:
    """Each command in turn, on a folder that has been run."""
    return in_turn(
        [
            Work(f"quickduck {' '.join(words)}", command, {"words": words, "home": str(home)})
            for words in COMMANDS
        ],
        rounds,
    )
