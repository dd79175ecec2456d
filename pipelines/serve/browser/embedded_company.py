"""The embedded companies' server, started for a sign-in if the settings name no address of one."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from pipelines.connect.emulator import serving
from pipelines.workspace.home import Home

SECONDS = 20.0
"""A sign-in takes less. A run starts a server of its own and waits longer than this for the books."""


class EmbeddedCompanyOnDemand:
    """A server that starts when it is needed and stops some seconds after it was needed last."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._up = ExitStack()
        self._url = ""
        self._timer: threading.Timer | None = None

    def url(self) -> str:
        """Its address; starts it if it is not up. Raises BooksInUse if another process has its books."""
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
        """Stops the server, which saves its books."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._url = ""
            self._up.close()
