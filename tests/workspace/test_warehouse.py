"""The warehouse, as a run opens it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
