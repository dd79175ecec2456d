"""The embedded companies as a child process: up for as long as somebody needs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTUP_SECONDS = 60


class ServerFailed(Exception):
    """The process ended before it served anything."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a server over the books in a folder; it stops, its books saved, when the block ends.

    Raises ServerFailed.
    """
    command = [sys.executable, "-m", __package__, "serve", "--home", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        announced = child.stdout.readline() if child.stdout else ""
        if not announced:
            child.wait(STARTUP_SECONDS)
            raise ServerFailed(
                f"The embedded company did not start (exit code {child.returncode}); its own words stand above. "
                f"Its books lie in {folder}."
            )
        try:
            yield str(json.loads(announced)["url"])
        finally:
            if child.stdin:
                child.stdin.close()
            child.wait(STARTUP_SECONDS)
