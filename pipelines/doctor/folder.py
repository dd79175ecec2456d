"""What `quickduck doctor` looks at in the data folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from pipelines.doctor.finding import Finding, check, failed, ok, warning
from pipelines.published.file import published
from pipelines.published.folder import hold, open_read_only
from pipelines.workspace.home import Home, HomeBusy
from pipelines.workspace.warehouse import open_warehouse

LEAST_FREE = 1_000_000_000
PRIVATE = ("*.duckdb*", "tokens*", "parquet/*", "reports/*.html")


@check
def data_folder(home: Home) -> Finding:
    """Is the data folder readable and writable for its owner alone?"""
    if not home.path.exists():
        return warning(
            f"{home.path} does not exist.", "`quickduck run` makes it; QUICKDUCK_HOME names another."
        )
    if not home.path.is_dir():
        return failed(f"{home.path} is no folder.", "Point QUICKDUCK_HOME at a folder that you own.")
    status = home.path.stat()
    if status.st_uid != os.getuid():
        return failed(
            f"{home.path} belongs to user {status.st_uid}, and you are {os.getuid()}.",
            "Run as its owner, or point QUICKDUCK_HOME at a folder that you own.",
        )
    if not os.access(home.path, os.R_OK | os.W_OK | os.X_OK):
        return failed(f"{home.path} is not readable and writable for you.", f"chmod 700 {home.path}")
    if status.st_mode & 0o077:
        return failed(
            f"{home.path} is open to others (mode {status.st_mode & 0o777:o}).", f"chmod 700 {home.path}"
        )
    return ok(f"{home.path}, open to you alone.")


@check
def private_files(home: Home) -> Finding:
    """Are the files in it readable by their owner alone? The folder protects them; a copy of it may not."""
    loose = [
        str(file.relative_to(home.path))
        for pattern in PRIVATE
        for file in sorted(home.path.glob(pattern))
        if file.stat().st_mode & 0o077
    ]
    if loose:
        return warning(f"Open to others but for the folder: {', '.join(loose)}.", "chmod 600 them.")
    return ok("Readable by you alone.")


@check
def disk_space(home: Home) -> Finding:
    """Is there room? Publishing writes the file beside the old one, and a copy of the old one."""
    files = (home.warehouse, home.analytics)
    wanted = max(LEAST_FREE, 3 * sum(file.stat().st_size for file in files if file.exists()))
    free = shutil.disk_usage(home.path).free
    room = f"{free / 1e9:,.1f} GB free"
    if free < wanted:
        return warning(
            f"{room}, and a run may want {wanted / 1e9:,.1f} GB.", "Make room before the next run."
        )
    return ok(f"{room}.")


@check
def folder_lock(home: Home) -> Finding:
    """Is a run at work? One at a time holds the lock; this and `status` take it for a moment."""
    try:
        with hold(home, wait=0):
            return ok("No run is at work.")
    except HomeBusy as busy:
        return warning(f"A run ({busy.holder}) is at work; what it holds is not looked into.")


@check
def warehouse_file(home: Home) -> Finding:
    """Does the warehouse open, and has no other program it open? That would make the next load fail."""
    if not home.warehouse.exists():
        return warning(f"There is no {home.warehouse.name} yet.", "`quickduck run` makes it.")
    try:
        with hold(home, wait=0):
            if _is_held_open(home.warehouse):
                with open_warehouse(home):  # fails too, and DuckDB's error names the program
                    pass
        with open_read_only(home) as warehouse:
            tables = warehouse.execute("select count(*) from duckdb_tables()").fetchall()[0][0]
    except HomeBusy as busy:
        return ok(f"In use by the run ({busy.holder}).")
    return ok(f"Opens, holds {tables} tables, and nobody else has it open.")


@check
def published_file(home: Home) -> Finding:
    """Does the published file open? People may have it open now."""
    if not home.analytics.exists():
        return warning(f"There is no {home.analytics.name} yet.", "`quickduck run` publishes it.")
    with published(home) as file:
        companies = file.execute("select count(distinct realm_id) from ops.sync_status").fetchall()[0][0]
    return ok(f"Opens, holds {companies} companies.")


def _is_held_open(file: Path) -> bool:
    """Whether another process has DuckDB's lock on it, as a reader or to write."""
    with file.open("rb+") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
