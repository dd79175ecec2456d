"""`quickduck serve` on the command line: keys, and what it says where something is missing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main, serve
from pipelines.serve.access.keys import Keys
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from tests.support.running import process, wait_for


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def quickduck(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("quickduck")), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_key_is_shown_once_and_kept_as_a_hash(home: Home) -> None:
    """Standard output is the key alone, so that it can be piped into a secret store."""
    made = CliRunner().invoke(main, ["serve", "--new-key"])
    key = made.stdout.strip()
    assert key.startswith("qd_") and len(key) > 40
    file = home.keys.read_text()
    assert key not in file and key[3:] not in file
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o600
    keys = Keys(home)
    assert keys.name_of(key) == "key 1"
    assert [keys.name_of(wrong) for wrong in (key[:-1], f"{key}x", "", "é", "\ud800")] == [None] * 5


def test_forgotten_keys_open_nothing(home: Home) -> None:
    """Forgotten keys open nothing, even in a running server, and a key made afterwards does."""
    keys = Keys(home)
    first = keys.new()
    assert keys.name_of(first)
    assert "1 keys forgotten" in CliRunner().invoke(main, ["serve", "--forget-keys"]).output
    second = Keys(home).new()
    assert (keys.name_of(first), bool(keys.name_of(second))) == (None, True)


def test_both_at_once(home: Home) -> None:
    """A new key and forgetting all keys in one command are wrong usage."""
    assert quickduck("serve", "--new-key", "--forget-keys").returncode == Exit.WRONG_USAGE


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra installed, a sentence says what to install."""
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    assert ended.value.code == Exit.FAILED
    assert "needs fastapi and uvicorn" in capsys.readouterr().err


def test_it_stops_when_told(home: Home, tmp_path: Path) -> None:
    """SIGTERM ends it in good order, and what it says holds no key."""
    log = tmp_path / "log"
    with process(home.path, log) as (server, pid):
        assert server.notify([]).status_code == 200
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: "Finished server process" in log.read_text())
    assert "--new-key" in log.read_text() and "/enter?link=" not in log.read_text()


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
