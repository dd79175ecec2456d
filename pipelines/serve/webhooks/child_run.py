"""`quickduck run` in a process of its own: a run uses whole processors for seconds, and the server has to answer."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from pipelines.workspace.home import Home

COMMAND = (sys.executable, "-P", "-m", "pipelines.cli")
NICENESS = 15
"""The run yields to the server, and to whatever else the machine does."""

logger = logging.getLogger(__name__)


class Runs:
    """Runs companies as the night does, without its weekly deep comparison, under the same lock."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._ended = False

    def run(self, realm_ids: Sequence[str]) -> dict[str, int]:
        """The exit code of each company; empty if none was asked, as when the folder's lock was not free."""
        command = [
            *COMMAND, "run", "--realm", ",".join(realm_ids), "--trigger", "webhook", "--no-deep", "--json",
        ]  # fmt: skip
        with self._lock:
            if self._ended:
                return {}
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"QUICKDUCK_HOME": str(self._home.path)},
            )
        with self._child as child:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
            output, _ = child.communicate()
        try:
            return {one["realm_id"]: one["exit_code"] for one in json.loads(output)["companies"]}
        except (ValueError, LookupError):
            logger.warning(
                "quickduck run ended with %s and told of no company: %.200r", child.returncode, output
            )
            return {}

    def end(self) -> None:
        """Ends the run in progress, which the next one will finish, and lets no other begin."""
        with self._lock:
            self._ended = True
            if self._child:
                self._child.terminate()
