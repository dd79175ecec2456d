"""The warehouse, as a run opens it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.workspace import folder_version
from pipelines.workspace.folder_version import FolderIsNewer
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse, require_known_folder

PROGRAM = """
import sys
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import another_connection, open_warehouse

with open_warehouse(Home(sys.argv[1])) as warehouse, another_connection(warehouse) as other:
    for connection in (warehouse, other):
        print(connection.execute("select current_setting('enable_progress_bar')").fetchone()[0])
"""


@pytest.mark.parametrize("way", ["text", "file"])
def test_no_progress_bar_is_drawn_on_standard_output(way: str, tmp_path: Path) -> None:
    """DuckDB takes a program given as text for an interactive one, and would draw its bar among the run's JSON."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    program = ["-c", PROGRAM] if way == "text" else [str(file)]
    ran = subprocess.run(
        [sys.executable, *program, str(tmp_path / "home")], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\nFalse\n"


def test_a_warehouse_of_newer_code_is_left_alone(tmp_path: Path) -> None:
    """A warehouse that newer code noted as its own opens neither to read nor to write; an older one does."""
    home = Home(tmp_path)
    with open_warehouse(home) as warehouse:
        folder_version.note(warehouse)
    require_known_folder(home)
    with open_warehouse(home) as warehouse:
        warehouse.execute("update build.folder set version = version + 1, quickduck = '9.9'")
    before = home.warehouse.read_bytes()
    with pytest.raises(
        FolderIsNewer, match=r"was written by a newer quickduck \(9\.9, data folder version 2\)"
    ):
        require_known_folder(home)
    with pytest.raises(FolderIsNewer), open_warehouse(home):
        pass
    assert home.warehouse.read_bytes() == before
