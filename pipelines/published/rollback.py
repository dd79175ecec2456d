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
    kept,
    private_copy,
    put_in_place,
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
    chosen = _named(home, name) if name else _previous(home)
    try:
        with duckdb.connect(str(chosen), read_only=True) as connection:
            _refuse_shown(chosen, shown_columns(connection, leave_out_columns, hash_columns))
        aside = private_copy(chosen, aside_of(home))
        parquet = emptied(home.path / ".parquet.new")
        with duckdb.connect() as connection, attached(connection, aside, "published", "(read_only)"):
            write_parquet(connection, parquet)
    except duckdb.Error as error:
        raise NothingToRollBackTo(
            f"{chosen} cannot be read: {str(error).splitlines()[0]} What people open is as it was; "
            "`quickduck rollback --list` names the others."
        ) from error
    put_in_place(home, aside, parquet)
    return chosen


def open_now(home: Home) -> Path | None:
    """Which of the kept files people open now, the oldest of equal ones; None when somebody wrote into it."""
    if not home.analytics.exists():
        return None
    same = [file for file in kept(home) if filecmp.cmp(file, home.analytics, shallow=False)]
    return same[-1] if same else None


def _refuse_shown(file: Path, columns: list[str]) -> None:
    if columns:
        raise ShowsWhatIsWithheld(
            f"{file} was published before leave_out_columns or hash_columns withheld {columns[0]}"
            f"{f' and {len(columns) - 1} more columns' if columns[1:] else ''}, and shows it. What people open is as "
            "it was; `quickduck rollback --list` names the others."
        )


def _previous(home: Home) -> Path:
    """The one before the open one; an open file that is none of the kept was the last, written into since."""
    found = kept(home)
    if found and home.analytics.exists():
        found = found[found.index(open_now(home) or found[0]) + 1 :]
    if not found:
        raise NothingToRollBackTo(
            f"No file published before the one that is open is kept in {home.published}. "
            "`quickduck rollback --list` names those that are."
        )
    return found[0]


def _named(home: Home, name: str) -> Path:
    found = {file.name: file for file in kept(home)}
    if name not in found:
        raise WrongUsage(
            f"No published file {name} is kept in {home.published}; there are: {', '.join(found) or 'none'}."
        )
    return found[name]
