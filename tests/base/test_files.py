"""Durable writes and the one lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.base.files import LockHeld, locked, write_durably


def test_a_write_replaces_the_whole_file_for_its_owner_alone(tmp_path: Path) -> None:
    """A shorter text leaves nothing of the longer one, nothing lies beside it, and nobody else may read it."""
    path = tmp_path / "note"
    path.write_text("something longer")
    path.chmod(0o644)
    write_durably(path, b"short")
    assert path.read_bytes() == b"short"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_held_lock_names_its_holder_to_each_that_asks(tmp_path: Path) -> None:
    """Asking for the lock does not wipe out what the holder wrote into the file."""
    path = tmp_path / ".lock"
    with locked(path):
        for _ in range(2):
            with pytest.raises(LockHeld) as refused, locked(path, wait=0):
                pass
            assert refused.value.holder == f"process {os.getpid()}"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_is_let_go_is_had_while_waiting(tmp_path: Path) -> None:
    """Threads of one process take turns."""
    path = tmp_path / ".lock"
    turns: list[str] = []

    def second() -> None:
        with locked(path, wait=60):
            turns.append("second")

    with locked(path):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        turns.append("first")
    waiting.join(60)
    assert turns == ["first", "second"]


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    """After SIGKILL the next to ask has the lock at once."""
    path = tmp_path / ".lock"
    hold = (
        "import sys, time; from pathlib import Path; from pipelines.base.files import locked\n"
        "with locked(Path(sys.argv[1])): time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(path)])
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(LockHeld, match=f"process {holder.pid}"), locked(path, wait=0):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with locked(path, wait=0):
        assert path.read_text() == f"process {os.getpid()}"
