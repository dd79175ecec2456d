"""The company in a box as a child process: up for one run, its books kept in the data folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.base.errors import QuickduckError
from pipelines.workspace.home import Home

STARTUP_SECONDS = 60


class BoxFailed(QuickduckError):
    """The embedded company did not start."""


@contextmanager
def serving(home: Home) -> Iterator[str]:
    """The address of the embedded companies' server; it stops, its books saved, when the block ends."""
    command = [sys.executable, "-m", "pipelines.embedded", "serve", "--home", str(home.embedded)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        announced = child.stdout.readline() if child.stdout else ""
        if not announced:
            child.wait(STARTUP_SECONDS)
            raise BoxFailed(
                f"The embedded company did not start (exit code {child.returncode}); its own words stand above. "
                f"Its books lie in {home.embedded}."
            )
        try:
            yield str(json.loads(announced)["url"])
        finally:
            if child.stdin:
                child.stdin.close()
            child.wait(STARTUP_SECONDS)
