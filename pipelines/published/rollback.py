"""Back to a file that was published before; the next good night publishes again."""

from __future__ import annotations

import filecmp
from collections.abc import Collection
from pathlib import Path

import duckdb

from pipelines.base.errors import QuickduckError, WrongUsage
from pipelines.published.file import (
    aside_of,
    attached,
    emptied,
    private_copy,
    put_in_place,
    rollback_files,
    write_parquet,
)
from pipelines.published.privacy import shown_columns
from pipelines.workspace.home import Home


class NothingToRollBackTo(QuickduckError):
    """No earlier published file is kept, or the one that is cannot be read."""


class ShowsWhatIsWithheld(QuickduckError):
    """The file was published before a setting withheld one of its columns."""


def rollback(
    home: Home,
    name: str | None = None,
    *,
    leave_out_columns: Collection[str] = (),
    hash_columns: Collection[str] = (),
) -> Path:
    """Puts the previous published file back, or the one of this name, and its Parquet files; returns which.

    The file changes in one rename. Raises WrongUsage for a name that is not kept, and ShowsWhatIsWithheld where
    the file shows a column that is to be left out or hashed.
    """
    file = _named(home, name) if name else _previous(home)
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            _refuse_shown(file, shown_columns(connection, leave_out_columns, hash_columns))
        aside = private_copy(file, aside_of(home))
        parquet = emptied(home.path / ".parquet.new")
        with duckdb.connect() as connection, attached(connection, aside, "published", "(read_only)"):
            write_parquet(connection, parquet)
    except duckdb.Error as error:
        raise NothingToRollBackTo(
            f"{file} cannot be read: {str(error).splitlines()[0]} What people open is as it was; "
            "`quickduck rollback --list` names the others."
        ) from error
    put_in_place(home, aside, parquet)
    return file


def open_now(home: Home) -> Path | None:
    """Which of the rollback files people open now, the oldest of equal ones; None when somebody wrote into it."""
    if not home.analytics.exists():
        return None
    same = [file for file in rollback_files(home) if filecmp.cmp(file, home.analytics, shallow=False)]
    return same[-1] if same else None


def _refuse_shown(file: Path, columns: list[str]) -> None:
    if columns:
        raise ShowsWhatIsWithheld(
            f"{file} was published before leave_out_columns or hash_columns withheld {columns[0]}"
            f"{f' and {len(columns) - 1} more columns' if columns[1:] else ''}, and shows it. What people open is as "
            "it was; `quickduck rollback --list` names the others."
        )


def _previous(home: Home) -> Path:
    """The file before the one that is open. One that equals none of them was the last, and was written into since."""
    files = rollback_files(home)
    if files and home.analytics.exists():
        files = files[files.index(open_now(home) or files[0]) + 1 :]
    if not files:
        raise NothingToRollBackTo(
            f"No file published before the one that is open is kept in {home.published}. "
            "`quickduck rollback --list` names those that are."
        )
    return files[0]


def _named(home: Home, name: str) -> Path:
    by_name = {file.name: file for file in rollback_files(home)}
    if name not in by_name:
        raise WrongUsage(
            f"No published file {name} is kept in {home.published}; there are: {', '.join(by_name) or 'none'}."
        )
    return by_name[name]
