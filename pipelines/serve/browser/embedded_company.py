"""The embedded companies, started for a sign-in, where no address of theirs is set."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from pipelines.connect.emulator import serving
from pipelines.workspace.home import Home

SECONDS = 20.0
"""It grants at once. A run, which starts a server of its own, waits longer than this for its books."""


class EmbeddedCompanyOnDemand:
    """Up from the moment it is wanted until it has not been for some seconds."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._up = ExitStack()
        self._url = ""
        self._timer: threading.Timer | None = None

    def url(self) -> str:
        """Where it answers; it is started where it is not up. Raises QuickduckError where another has its books."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if not self._url:
                self._url = self._up.enter_context(serving(self._home))
            self._timer = threading.Timer(SECONDS, self.close)
            self._timer.daemon = True
            self._timer.start()
            return self._url

    def close(self) -> None:
        """Stops it, its books saved."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._url = ""
            self._up.close()
