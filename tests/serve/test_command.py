"""`quickduck serve` on the command line, and what it says where something is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import main, serve
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from tests.support.running import process, wait_for


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra installed, a sentence says what to install."""
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    assert ended.value.code == Exit.FAILED
    assert "needs fastapi and prometheus_client and uvicorn" in capsys.readouterr().err


def test_it_stops_when_told(home: Home, tmp_path: Path) -> None:
    """SIGTERM ends it in good order, and what it says holds no key."""
    log = tmp_path / "log"
    with process(home.path, log) as (server, pid):
        assert server.notify([]).status_code == 200
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: "Finished server process" in log.read_text())
    assert "quickduck keys new" in log.read_text() and "/enter?link=" not in log.read_text()


def test_an_address_that_is_taken(home: Home, tmp_path: Path) -> None:
    """The second server says so and ends, with its exit code."""
    with process(home.path, tmp_path / "log") as (server, _):
        other = tmp_path / "other"
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("quickduck")),
                "serve",
                "--port",
                server.url.rsplit(":", 1)[1],
            ],
            env=os.environ | {"QUICKDUCK_HOME": str(other)},
            capture_output=True,
            text=True,
        )
    assert done.returncode != 0
    assert "address already in use" in done.stderr
