"""Killed at any moment, or out of disk: the next plain run ends with the right books and the right file."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest

import pipelines.published.file as file_module
import pipelines.published.publish as publish_module
from pipelines.cli import main
from pipelines.embedded.life.business import advance
from pipelines.workspace.home import Home
from tests.support.edit_storm import edit_at_random
from tests.support.harness import Installation

pytestmark = pytest.mark.survives("Killed, out of disk")

SEED = 20261124
KILLS = 12

# A process that has imported everything and starts nothing, so that a run begins at once and not after 4 s.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["pipelines.nightly.run", "checks.engine.library"])


def quickduck(environment: dict[str, str], largest_file: int | None, said: str) -> None:
    """The command, in a process of its own, whose files may grow to `largest_file` bytes."""
    os.environ.update(environment)
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = sys.stderr = os.fdopen(output, "w", buffering=1)
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    main(["run", "--realm", environment["REALM"]])


def killed_once_published(environment: dict[str, str], largest_file: int | None, said: str) -> None:
    """The command, whose process is gone the moment that people have the new file."""

    def put_in_place(home: Home, file: Path, parquet: Path) -> None:
        file_module.put_in_place(home, file, parquet)
        os.kill(os.getpid(), signal.SIGKILL)

    publish_module.put_in_place = put_in_place
    quickduck(environment, largest_file, said)


class Run:
    """`quickduck run` for one company of an installation."""

    def __init__(
        self,
        installation: Installation,
        folder: Path,
        largest_file: int | None = None,
        command: Callable[[dict[str, str], int | None, str], None] = quickduck,
    ) -> None:
        self.said = folder / "said"
        environment = {
            "QUICKDUCK_HOME": str(installation.home.path),
            "SOURCES__QUICKBOOKS__API_URL": installation.server.url,
            "REALM": installation.realm_ids[1],
        }
        self.process = SERVER.Process(target=command, args=(environment, largest_file, str(self.said)))
        self.process.start()

    def killed_after(self, seconds: float) -> None:
        """SIGKILL, unless it has ended by itself."""
        self.process.join(seconds)
        self.process.kill()
        self.process.join()

    def exit_code(self) -> int:
        self.process.join(120)
        assert self.process.exitcode is not None
        return self.process.exitcode


def assert_right(installation: Installation) -> None:
    """The copy is the company, and what people open is what the warehouse holds."""
    realm_id = installation.realm_ids[1]
    assert installation.differences(realm_id) == []
    query = f"from marts.ar_aging_by_customer where realm_id = '{realm_id}' order by all"
    with installation.warehouse() as warehouse:
        ours = warehouse.execute(query).fetchall()
    with duckdb.connect(str(installation.home.analytics), read_only=True) as published:
        assert published.execute(query).fetchall() == ours
        assert published.execute("select verdict from ops.runs order by run_id desc limit 1").fetchall() == [
            ("published",)
        ]


@pytest.mark.parametrize("first", [0, 1])
def test_killed_at_random_moments(copied: Installation, tmp_path: Path, first: int) -> None:
    """SIGKILL somewhere in extraction, load, transform, check or publish, then one plain run.

    Every other twelfth of a run has its kill, from the first or from the second on: two stories side by side.
    """
    chance = Random(SEED + first)
    started = time.monotonic()
    assert Run(copied, tmp_path).exit_code() == 0
    whole = time.monotonic() - started
    for number in range(first, KILLS, 2):
        company = copied.server.world.companies[copied.realm_ids[1]]
        advance(company, 1)
        edit_at_random(company, chance, 8)
        moment = whole * (number + chance.random()) / KILLS
        Run(copied, tmp_path).killed_after(moment)
        with duckdb.connect(str(copied.home.analytics), read_only=True) as published:
            assert published.execute("select count(*) > 0 from marts.customer_value").fetchall() == [(True,)]
        run = Run(copied, tmp_path)
        assert run.exit_code() == 0, f"killed after {moment:.2f} s: {run.said.read_text()}"
        assert_right(copied)


def test_killed_between_the_rename_and_the_note(copied: Installation, tmp_path: Path) -> None:
    """The published file alone knows that the run published; the next run learns it there, to the row."""
    company = copied.server.world.companies[copied.realm_ids[1]]
    advance(company, 1)
    Run(copied, tmp_path, command=killed_once_published).exit_code()
    columns = "realm_id, verdict, step, exit_code, calls_cdc, calls_batch, calls_report, ended_at::timestamp"
    last = f"select {columns} from ops.runs order by run_id desc limit 1"
    moments = "cursor_at::timestamp as cursor_at, last_synced_at::timestamp as last_synced_at"
    fresh = f"""select * replace ({moments}) from ops.sync_status
        where realm_id = '{company.realm_id}' order by entity"""
    with duckdb.connect(str(copied.home.analytics), read_only=True) as published:
        published.execute("set timezone = 'UTC'")
        ended, synced = published.execute(last).fetchall(), published.execute(fresh).fetchall()
    assert ended[0][:4] == (company.realm_id, "published", "done", 0)
    with copied.warehouse() as warehouse:
        assert warehouse.execute(last.replace(columns, "verdict, ended_at")).fetchall() == [("running", None)]
        assert warehouse.execute(fresh).fetchall() != synced

    assert copied.night(copied.realm_ids[0], steps=["extract"]) == 0, copied.findings()
    with copied.warehouse() as warehouse:
        assert warehouse.execute(last.replace("desc limit 1", "desc limit 1 offset 1")).fetchall() == ended
        assert warehouse.execute(fresh).fetchall() == synced


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_a_full_disk_ends_cleanly(copied: Installation, tmp_path: Path, share: float) -> None:
    """No file may grow beyond a share of the warehouse: exit 1, a sentence, the published file untouched."""
    before = copied.home.analytics.read_bytes()
    company = copied.server.world.companies[copied.realm_ids[1]]
    advance(company, 40)
    full = Run(copied, tmp_path, largest_file=int(copied.home.warehouse.stat().st_size * share))
    assert full.exit_code() == 1, full.said.read_text()
    said = full.said.read_text()
    assert "Traceback" not in said
    assert "disk" in said or "File too large" in said, said
    assert copied.home.analytics.read_bytes() == before
    assert Run(copied, tmp_path).exit_code() == 0
    assert_right(copied)


@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("setpriv"), reason="only root, by setpriv, can play another user"
)
def test_a_folder_that_belongs_to_somebody_else_ends_cleanly(copied: Installation) -> None:
    """It can be read and not be written: a sentence that says which folder and what to do, and nothing changes."""
    folder = copied.home.path
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    os.chown(folder, 65534, 65534)
    folder.chmod(0o555)
    said = subprocess.run(
        ["setpriv", "--bounding-set=-dac_override", Path(sys.executable).with_name("quickduck"), "run"],
        env={**os.environ, "QUICKDUCK_HOME": str(folder)},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert f"The data folder {folder} is not readable and writable for you." in said.stderr
    assert "Traceback" not in said.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_deleted_warehouse_is_filled_again(copied: Installation, tmp_path: Path) -> None:
    """Everything is read anew and published; only versions that QuickBooks no longer has are gone."""
    copied.home.warehouse.unlink()
    assert Run(copied, tmp_path).exit_code() == 0
    assert_right(copied)
