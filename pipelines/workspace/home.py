"""The data folder: where everything of one installation lies, readable by its owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.base.files import LockHeld, locked, looked_at


class HomeBusy(QuickduckError):
    """Another run holds the data folder; `holder` names its process."""

    def __init__(self, path: Path, holder: str) -> None:
        self.holder = holder or "unknown process"
        super().__init__(
            f"Another run ({self.holder}) holds {path}. "
            "Wait for it to end; a run without --no-wait waits up to ten minutes."
        )


class Home:
    """Paths inside one data folder, and the lock that lets one run at a time into it.

    The folder is made, and closed to others, unless `make` is false, for those who look and change nothing.
    """

    def __init__(self, path: Path | str | None = None, *, make: bool = True) -> None:
        self.path = Path(path or os.environ.get("QUICKDUCK_HOME") or "data").expanduser().resolve()
        if make:
            self._make()

    def _make(self) -> None:
        """Raises ConfigurationError when the folder cannot be had."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.stat().st_uid == os.getuid():
                self.path.chmod(0o700)
            usable = os.access(self.path, os.R_OK | os.W_OK | os.X_OK)
        except OSError as error:
            raise ConfigurationError(
                f"The data folder {self.path} cannot be made or opened: {error.strerror}. "
                "Point QUICKDUCK_HOME at a folder that you own."
            ) from error
        if not usable:
            raise ConfigurationError(
                f"The data folder {self.path} is not readable and writable for you. "
                "Give it to this user, or point QUICKDUCK_HOME at a folder that you own."
            )

    @property
    def warehouse(self) -> Path:
        """raw, staging, core, marts, history, checks, ops: for quickduck alone."""
        return self.path / "warehouse.duckdb"

    @property
    def analytics(self) -> Path:
        """The published file that people open."""
        return self.path / "analytics.duckdb"

    @property
    def parquet(self) -> Path:
        """One Parquet file per published mart."""
        return self.path / "parquet"

    @property
    def published(self) -> Path:
        """Copies of the last published files, for rollback."""
        return self.path / "published"

    @property
    def backups(self) -> Path:
        """Where `quickduck backup` puts archives that are given no name."""
        return self.path / "backups"

    @property
    def restored(self) -> Path:
        """A restored backup on its way into place; there only while a restore is at work, or was killed."""
        return self.path / ".restored"

    @property
    def tokens(self) -> Path:
        return self.path / "tokens"

    @property
    def hash_key(self) -> Path:
        """The secret that published hashes are made with."""
        return self.path / "hash.key"

    @property
    def reports(self) -> Path:
        return self.path / "reports"

    @property
    def report(self) -> Path:
        """The page of charts that every run writes anew."""
        return self.reports / "report.html"

    @property
    def embedded(self) -> Path:
        return self.path / "embedded"

    @property
    def webhooks(self) -> Path:
        """What QuickBooks has notified `quickduck serve` of."""
        return self.path / "webhooks.sqlite"

    @property
    def keys(self) -> Path:
        """Hashes of the keys that `quickduck serve` lets read."""
        return self.path / "keys.json"

    @property
    def dlt(self) -> Path:
        """dlt's working directory: pipeline state and pending packages."""
        return self.path / "dlt"

    @contextmanager
    def lock(self, wait: float = 600, poll: float = 0.2) -> Iterator[None]:
        """Holds the folder for this process; raises HomeBusy when another keeps it for `wait` seconds.

        A run takes `pipelines.published.folder.hold` instead, which also ends a restore that was killed.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path / ".lock", wait, poll))
            except LockHeld as held:
                raise HomeBusy(self.path, held.holder) from None
            yield

    @contextmanager
    def look(self) -> Iterator[None]:
        """Keeps runs out for a moment, and leaves no trace of it; raises HomeBusy at once while one is at work."""
        with ExitStack() as stack:
            try:
                stack.enter_context(looked_at(self.path / ".lock"))
            except LockHeld as held:
                raise HomeBusy(self.path, held.holder) from None
            yield
