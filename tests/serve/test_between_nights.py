"""Webhooks bring the published file up to date by day, and the night makes right what they did not bring."""

from __future__ import annotations

import sys
import threading
import time
from itertools import cycle
from typing import Any

import duckdb
import pytest

from pipelines.embedded.life.business import advance
from pipelines.embedded.webhooks.payloads import PAYLOADS
from pipelines.embedded.webhooks.sender import Webhooks
from pipelines.serve.webhooks import child_run
from pipelines.serve.webhooks.child_run import Runs
from pipelines.workspace.exits import Exit
from tests.support.harness import Installation
from tests.support.running import AT_ONCE, Running, changes, cloud, legacy, nights, running, wait_for

pytestmark = pytest.mark.survives("Webhooks")


def published_days(installation: Installation) -> dict[str, str]:
    """What people see: the day that each company's marts stand for."""
    with duckdb.connect(str(installation.home.analytics), read_only=True) as published:
        return dict(published.execute("select realm_id, as_of_date::varchar from core.companies").fetchall())


def clouds(realm_id: str, *changed: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [cloud(realm_id, *one) for one in changed]


def settled(server: Running, installation: Installation) -> None:
    server.settled()
    assert installation.findings() == []


def test_webhooks_of_the_embedded_company(copied: Installation) -> None:
    """In both formats, some twice and many out of order: by day the books are QuickBooks's, and published."""
    world = copied.server.world
    with running(copied.home, run=nights(copied), pace=AT_ONCE) as server:
        address = f"{server.url}/webhooks/quickbooks"
        senders = [
            Webhooks(world, address, format=format, duplicates=0.3, disorder=0.5, events_per_request=20)
            for format in PAYLOADS
        ]
        for company in world.companies.values():
            advance(company, 2)
        sent = [one.send() for one in senders]
        settled(server, copied)
    assert [(one.events > 50, one.problem) for one in sent] == [(True, "")] * 2
    assert not any(copied.differences(realm_id) for realm_id in copied.realm_ids)
    assert published_days(copied) == {one.realm_id: one.today() for one in world.companies.values()}
    with copied.warehouse() as warehouse:
        verdicts = "select distinct verdict from ops.runs where trigger = 'webhook'"
        assert warehouse.execute(verdicts).fetchall() == [("published",)]


def test_half_of_the_webhooks_are_lost(copied: Installation) -> None:
    """Changes whose webhooks were lost stay unread by day, and the night reads all of them."""
    lost = cycle((True, False, False, True))
    formats = cycle((legacy, clouds))
    with running(copied.home, run=nights(copied), pace=AT_ONCE) as server:
        for _ in range(3):
            for realm_id in copied.realm_ids:
                books = copied.server.world.companies[realm_id]
                changed = changes(copied, realm_id, lambda books=books: advance(books, 1))  # type: ignore[misc]
                if not next(lost):
                    assert server.notify(next(formats)(realm_id, *changed)).status_code == 200
        server.settled()
        for realm_id in copied.realm_ids:
            advance(copied.server.world.companies[realm_id], 1)
    assert all(copied.differences(realm_id) for realm_id in copied.realm_ids)
    assert copied.night() == Exit.PUBLISHED
    assert not any(copied.differences(realm_id) for realm_id in copied.realm_ids)


ASKING = """
from pipelines.cli import main
from pipelines.workspace.home import Home

lock = Home.lock

def asked(home, *arguments):
    (home.path / "asked").touch()
    return lock(home, *arguments)

Home.lock = asked
main()
"""
"""The command, which leaves a file behind when it asks for the folder."""


def test_the_night_and_the_worker_wait_for_each_other(copied: Installation) -> None:
    """A run for webhooks asks for the folder's lock as every run does, so that it begins when the night has ended."""
    ended: list[float] = []
    codes: dict[str, int] = {}

    def run() -> None:
        codes.update(Runs(copied.home).run(copied.realm_ids[:1]))
        ended.append(time.monotonic())

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
        patch.setenv("SOURCES__QUICKBOOKS__REALM_IDS", ",".join(copied.realm_ids))
        patch.setattr(child_run, "COMMAND", (sys.executable, "-P", "-c", ASKING))
        patch.setattr(child_run, "NICENESS", 0)  # beside busy tests it would hardly get on
        with copied.home.lock():
            thread = threading.Thread(target=run)
            thread.start()
            wait_for((copied.home.path / "asked").exists)
            released = time.monotonic()
            assert not ended
        thread.join(120)
    assert ended[0] > released
    assert codes == {copied.realm_ids[0]: Exit.PUBLISHED}
