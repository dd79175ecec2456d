"""The published file in its place, the Parquet files beside it, and copies of the last few for a rollback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.base.files import replace_durably, sync
from pipelines.base.sqltext import identifier, literal, tables
from pipelines.workspace.home import Home

ROLLBACK_FILES = 7
STAMP = "YYYYMMDD[T]HHmmss.SSS[Z]"
DAY = len("analytics-YYYYMMDD")

HEADLINE = """
select
    companies.*,
    coalesce(sum(aging.total_open), 0) as total_open,
    coalesce(sum(aging.overdue_amount), 0) as overdue,
    (
        select coalesce(sum(settlements.cash_home), 0)
        from core.invoice_settlements as settlements
        where settlements.realm_id = companies.realm_id
            and settlements.payment_date > companies.as_of_date - 30
            and settlements.payment_date <= companies.as_of_date
    ) as collected
from core.companies as companies
left join marts.ar_aging_by_customer as aging using (realm_id)
where companies.realm_id = $realm
group by all
"""
"""The three numbers a run ends with, asked of the published file: owed to us, overdue, collected."""


class NothingPublished(QuickduckError):
    """There is no published file yet."""

    def __init__(self, home: Home) -> None:
        super().__init__(f"Nothing is published in {home.path} yet: `quickduck run` does that.")


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection on the published file, or on a copy while another program has it open to write.

    Raises NothingPublished.
    """
    if not home.analytics.exists():
        raise NothingPublished(home)
    with TemporaryDirectory(dir=home.path, prefix=".reading-") as folder:
        copy = Path(folder) / home.analytics.name
        try:
            connection = duckdb.connect(str(home.analytics), read_only=True)
        except duckdb.IOException:
            shutil.copyfile(home.analytics, copy)
            connection = duckdb.connect(str(copy), read_only=True)
        with connection:
            yield connection


def rollback_files(home: Home) -> list[Path]:
    """Copies of the last published files, newest first; one of the file that people open now is among them."""
    return sorted(home.published.glob("analytics-*.duckdb"), reverse=True)


def add_rollback_file(home: Home, file: Path, at: DateTime) -> None:
    """Copies the file that is about to be published to where a rollback finds it.

    A hard link would take along what a reader writes into the open file: `duckdb FILE` opens to write.
    """
    home.published.mkdir(mode=0o700, exist_ok=True)
    aside = private_copy(file, home.published / ".new")
    replace_durably(aside, home.published / f"analytics-{at.in_timezone('UTC').format(STAMP)}.duckdb")


def prune_rollback_files(home: Home) -> None:
    """Removes all copies but the last few and the last of each of as many days.

    Runs for webhooks publish by day, and must not push out the file of the night before.
    """
    files = rollback_files(home)
    last_of_day = {file.name[:DAY]: file for file in reversed(files)}
    spared = {*files[:ROLLBACK_FILES], *sorted(last_of_day.values())[-ROLLBACK_FILES:]}
    for file in files:
        if file not in spared:
            file.unlink()


def aside_of(home: Home) -> Path:
    """Where the next published file is made ready."""
    return home.path / f".{home.analytics.name}.new"


def require_parquet_folder(home: Home) -> None:
    """Raises ConfigurationError where no Parquet file could be put, before anything is published."""
    folder = home.parquet
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise ConfigurationError(
            f"{folder} is not a folder that you may write to, and the marts' Parquet files belong there. "
            "Move it away and run again; nothing was published."
        )


def put_in_place(home: Home, file: Path, parquet: Path) -> None:
    """Makes this file the one people open, in one rename, and puts these Parquet files beside it."""
    os.replace(file, home.analytics)
    # A reader who opened the file to write left this log; it belongs to the file that is replaced.
    home.analytics.with_name(f"{home.analytics.name}.wal").unlink(missing_ok=True)
    _swap_folder(parquet, home.parquet)
    sync(home.path)


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes one Parquet file per mart of the database attached as `published`."""
    for mart in sorted(tables(connection, "marts", "published")):
        file = folder / f"{mart}.parquet"
        connection.execute(
            f"copy {identifier('published', 'marts', mart)} to {literal(file)} (format parquet)"
        )
        file.chmod(0o600)
        sync(file)


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, file: Path, name: str, options: str = ""
) -> Iterator[None]:
    """Attaches the file as a database of this name for as long as the block lasts."""
    connection.execute(f"attach {literal(file)} as {name} {options}")
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def private_copy(source: Path, target: Path) -> Path:
    """Copies a file so that its owner alone may read it; on return the copy is on disk."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    shutil.copyfile(source, target)
    sync(target)
    return target


def emptied(folder: Path) -> Path:
    """The folder, made or with its files removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


def _swap_folder(fresh: Path, target: Path) -> None:
    """Replaces each file in one rename, and removes the file of a table that is no more."""
    target.mkdir(mode=0o700, exist_ok=True)
    names = {file.name for file in fresh.iterdir()}
    for file in fresh.iterdir():
        os.replace(file, target / file.name)
    for file in target.iterdir():
        if file.name not in names:
            file.unlink()
    fresh.rmdir()
