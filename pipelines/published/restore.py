"""A backup put back into a data folder: unpacked aside, decided by one rename, then moved into place.

Killed before the rename, the folder is as it was. Killed after it, whoever locks the folder next finishes the move.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.base.files import replace_durably, sync
from pipelines.connect.token_store import remember_environment, require_environment
from pipelines.embedded import POINTER
from pipelines.published.archive import MANIFEST, ArchiveRefused, Manifest, read_manifest, unpack, verify
from pipelines.published.backup import books_held
from pipelines.published.file import attached, write_parquet
from pipelines.workspace.folder_version import FolderIsNewer, require_known
from pipelines.workspace.home import Home
from pipelines.workspace.own_lists import FILES
from pipelines.workspace.settings import Environment


class FolderTaken(QuickduckError):
    """The data folder holds what a restore would overwrite."""


def restore(home: Home, archive: Path, environment: Environment, *, force: bool = False) -> Manifest:
    """Puts the data folder back to what an archive holds, under the caller's lock; sign-ins stay as they are.

    Raises ArchiveRefused, ConfigurationError for another environment's archive, FolderIsNewer for one that newer code
    made, and FolderTaken without `force`.
    """
    manifest = verify(archive)
    _require_fit(home, archive, manifest, environment)
    if not force:
        _require_free(home)
    with books_held(home, environment):
        aside = _cleared(home)
        try:
            unpack(archive, aside)
            _prepare(aside, manifest)
        except FolderIsNewer:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        except (OSError, duckdb.Error) as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise ArchiveRefused(
                f"{archive} could not be unpacked into {home.path}: {str(error).splitlines()[0]} "
                "Nothing was changed."
            ) from error
        replace_durably(aside, home.restored)  # this decides
        _place(home, manifest)
    return manifest


def finish(home: Home) -> None:
    """Ends a restore that was killed after it had decided, under the caller's lock."""
    manifest = read_manifest(home.restored)
    with books_held(home, manifest.environment):
        _place(home, manifest)


def _require_fit(home: Home, archive: Path, manifest: Manifest, environment: Environment) -> None:
    if manifest.environment != environment:
        raise ConfigurationError(
            f"{archive} is of environment {manifest.environment!r}, and the settings say {str(environment)!r}. "
            "Set sources.quickbooks.environment, and QUICKDUCK_HOME to a folder of that environment."
        )
    require_environment(home.tokens, environment)


def _require_free(home: Home) -> None:
    lists = (home.path / name for name in FILES)
    for path in (home.warehouse, home.analytics, home.embedded / POINTER, *lists):
        if path.exists():
            raise FolderTaken(
                f"{path} is there already. Point QUICKDUCK_HOME at another folder, or say --force to replace "
                "it by what the backup holds."
            )


def _prepare(aside: Path, manifest: Manifest) -> None:
    """Makes what follows from the archive and so is not in it, and finds out whether this DuckDB reads it."""
    with duckdb.connect() as connection:
        with attached(connection, aside / "warehouse.duckdb", "warehouse", "(read_only)"):
            require_known(connection, "What the backup holds", "warehouse")
        (aside / "parquet").mkdir(mode=0o700)
        (aside / "published").mkdir(mode=0o700, exist_ok=True)
        if "analytics.duckdb" in manifest.files:
            with attached(connection, aside / "analytics.duckdb", "published", "(read_only)"):
                write_parquet(connection, aside / "parquet")
    sync(aside / "parquet")
    sync(aside)


def _place(home: Home, manifest: Manifest) -> None:
    """Moves everything to where it belongs; may be killed anywhere and done again.

    dlt's folder goes: its cursors may be ahead of the restored rows, and dlt would never read what lies between.
    """
    remember_environment(home.tokens, manifest.environment)
    if home.dlt.exists():
        shutil.rmtree(home.dlt)
    for file in (home.warehouse, home.analytics):
        file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    if home.analytics.name not in manifest.files:
        home.analytics.unlink(missing_ok=True)
    for source in _parts(home.restored):
        target = home.path / source.relative_to(home.restored)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if target.is_dir():
            shutil.rmtree(target)
        replace_durably(source, target)
    os.rename(home.restored, _cleared(home))
    _cleared(home)


def _parts(folder: Path) -> Iterator[Path]:
    """What moves in one piece; the books before the pointer at them, beside a lock and sign-ins that stay."""
    for part in sorted(folder.iterdir()):
        if part.name == "embedded":
            yield from sorted(part.iterdir())
        elif part.name != MANIFEST:
            yield part


def _cleared(home: Home) -> Path:
    """Where an archive is unpacked; a folder that a killed restore left there is removed."""
    aside = home.path / ".restoring"
    if aside.exists():
        shutil.rmtree(aside)
    return aside
