"""`quickduck serve` as a process, killed outright and started again: what it answered 200 is there."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import requests

from pipelines.workspace.home import Home
from tests.support.running import Running, legacy, process, wait_for

pytestmark = pytest.mark.survives("Webhooks")

REALM = "9130350000000001"
KILLS, AT_A_TIME, SENDERS = 2, 120, 4


def test_killed_among_webhooks(tmp_path: Path) -> None:
    """Each id that was answered 200 is in the inbox once, though the server was killed in the midst of them."""
    home = Home(tmp_path / "home")
    answered: set[str] = set()
    for round in range(KILLS + 1):
        with process(home.path, tmp_path / "log", "--every", "86400", **unreachable()) as (server, pid):
            ids = [f"{round}-{number}" for number in range(AT_A_TIME)]
            senders = [
                threading.Thread(target=send, args=(server.url, ids[start::SENDERS], answered))
                for start in range(SENDERS)
            ]
            before = len(answered)
            for one in senders:
                one.start()
            if round < KILLS:
                wait_for(lambda before=before: len(answered) - before >= AT_A_TIME // 4)  # type: ignore[misc]
                os.kill(pid, signal.SIGKILL)
            for one in senders:
                one.join()
            if round < KILLS:
                assert len(answered) - before < AT_A_TIME
            else:
                assert answered >= set(ids)
    with closing(sqlite3.connect(home.webhooks)) as inbox:
        stored = [id for (id,) in inbox.execute("select id from events")]
    assert len(stored) == len(set(stored))
    assert answered <= set(stored)


def unreachable() -> dict[str, str]:
    """A company that no run can read: its webhooks stay."""
    return {
        "SOURCES__QUICKBOOKS__API_URL": "http://127.0.0.1:9",
        "SOURCES__QUICKBOOKS__REALM_IDS": REALM,
    }


def send(url: str, ids: list[str], answered: set[str]) -> None:
    """Posts one webhook per id until the server is gone."""
    with requests.Session() as session:
        server = Running(url, session=session)
        for id in ids:
            try:
                if server.notify(legacy(REALM, ("Invoice", id, "Create"))).status_code == 200:
                    answered.add(id)
            except requests.RequestException:
                return
