"""A backup: one archive of what cannot be fetched again, without any sign-in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pendulum
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.connect.emulator import held_books
from pipelines.connect.token_store import require_environment
from pipelines.embedded import book_files
from pipelines.published import archive
from pipelines.published.file import STAMP, rollback_files
from pipelines.workspace.home import Home
from pipelines.workspace.own_lists import FILES
from pipelines.workspace.settings import Environment
from pipelines.workspace.warehouse import open_warehouse


class BackupFailed(QuickduckError):
    """No archive was made."""


def backup(
    home: Home,
    environment: Environment,
    file: Path | None = None,
    *,
    clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
) -> Path:
    """Makes an archive of the data folder, under the caller's lock, and returns where it is.

    dlt's folder is not in it: its state lies in the warehouse too, and dlt takes it from there.
    Raises BackupFailed when there is nothing to back up, no room for it, or a file of this name.
    """
    require_environment(home.tokens, environment)
    made_at = clock()
    if not home.warehouse.exists():
        raise BackupFailed(f"There is no warehouse in {home.path} yet: `quickduck run` makes one.")
    if file is None:
        home.backups.mkdir(mode=0o700, exist_ok=True)
        file = home.backups / f"quickduck-{made_at.in_timezone('UTC').format(STAMP)}.tar"
    if file.exists():
        raise ConfigurationError(f"{file} exists, and a backup overwrites nothing: give another name.")
    with open_warehouse(home) as warehouse:
        warehouse.execute("checkpoint")  # so that nothing is left in a .wal beside it
    with books_held(home, environment):
        try:
            archive.write(file, _files(home, environment), environment=environment, made_at=made_at)
        except OSError as error:
            reason = error.strerror or error
            raise BackupFailed(f"{file} could not be written: {reason}. Nothing is left of it.") from error
        except archive.ArchiveRefused as error:
            raise BackupFailed(
                f"{file} did not read back as it was written, so it was removed: another program wrote into "
                f"{home.path}, or a disk is failing. Back up again."
            ) from error
    return file


def books_held(home: Home, environment: str) -> AbstractContextManager[None]:
    """Keeps others from editing the embedded companies' books; a real company's books are at Intuit."""
    return held_books(home) if environment == Environment.EMBEDDED else nullcontext()


def _files(home: Home, environment: Environment) -> dict[str, Path]:
    """The files of a backup by their names in the data folder; each is named here, so that no token ever slips in."""
    files = [home.warehouse, *rollback_files(home)]
    if home.analytics.exists():
        files.append(home.analytics)
    if home.hash_key.exists():  # it opens nothing: it keeps the hashes of tomorrow equal to today's
        files.append(home.hash_key)
    files += [home.path / name for name in FILES if (home.path / name).exists()]
    if environment is Environment.EMBEDDED:
        files += book_files(home.embedded)
    return {file.relative_to(home.path).as_posix(): file for file in files}
