"""The first page, in a real browser: how things stand, and the way to the report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.pages.report import write
from pipelines.workspace.home import Home
from tests.support.browser import CHROMIUM, Browser, browser
from tests.support.harness import Installation
from tests.support.running import Running, cloud, running

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path; Debian's package is called chromium"
)
REALM, OTHER = "9130350000000001", "9130350000000002"
TEXT = "document.body.innerText"
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(element =>
    element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def home(after_one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A folder after one night, with its report."""
    folder = tmp_path_factory.mktemp("pages") / "home"
    shutil.copytree(after_one_night / "home", folder)
    home = Home(folder)
    write(home)
    return home


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Running]:
    with running(home) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def texts(chromium: Browser, is_: str) -> list[str]:
    """What the marked places of the page say, in order."""
    marked = chromium.evaluate(f"[...document.querySelectorAll('[data-is={is_}]')].map(one => one.innerText)")
    return list(marked)


@needs_chromium
def test_from_the_key_to_the_report(chromium: Browser, server: Running) -> None:
    """The page shows nothing without a key, then each company's connection and verdict, and leads to the report."""
    chromium.open(server.url)
    assert "come in" in chromium.evaluate(TEXT) and "Bluestone" not in chromium.evaluate(TEXT)
    chromium.evaluate(f"document.querySelector('[name=key]').value = {server.key!r}")
    chromium.go("document.querySelector('form').submit()")
    assert texts(chromium, "verdict") == ["published", "published"]
    assert texts(chromium, "accuracy") == ["100.00%", "100.00%"]
    assert all("by its own clock" in one for one in texts(chromium, "synced"))
    assert all("embedded" in one for one in texts(chromium, "connection"))
    assert texts(chromium, "waiting") == ["0", "0"]
    assert chromium.complaints == []
    chromium.go("document.querySelector('a[href=\"/report\"]').click()")
    assert chromium.evaluate("location.pathname") == "/report"
    assert chromium.evaluate("document.querySelectorAll('svg[role=img]').length") > 5
    assert chromium.complaints == []
    assert {address.split("/")[2] for address in chromium.requests if address.startswith("http")} == {
        server.url.removeprefix("http://")
    }


@needs_chromium
def test_what_waits_and_what_failed_is_told(chromium: Browser, server: Running, home: Home) -> None:
    """The page shows unread webhooks, and the sentence of a failed run as text and not as HTML."""
    server.notify([cloud(REALM, "Invoice", "1", "created")])
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(
            """insert into ops.runs by name select * replace (
                '2100-01-01' as run_id, 'failed' as verdict, 'Sign in <b>again</b>' as error)
            from ops.runs where realm_id = ? limit 1""",
            [OTHER],
        )
    assert server.parts is not None
    chromium.open(f"{server.url}/enter?link={server.parts.access.link}")
    assert texts(chromium, "waiting") == ["1", "0"]
    assert texts(chromium, "verdict") == ["published", "failed"]
    assert "Sign in <b>again</b>" in chromium.evaluate(TEXT)


@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_every_screen(chromium: Browser, server: Running, width: int, dark: bool) -> None:
    """The page fits a phone and a desk, by day and night."""
    assert server.parts is not None
    chromium.open(f"{server.url}/enter?link={server.parts.access.link}", width=width, dark=dark)
    assert chromium.evaluate(TOO_WIDE) == []


def test_status_tells_programs(server: Running) -> None:
    """The status for programs lists every company, with the webhooks beside them."""
    status = server.get("/status").json()
    assert {one["realm_id"] for one in status["companies"]} == {REALM, OTHER}
    assert set(status["webhooks"]) == {"waiting", "waiting_since", "last_received_at", "last_run"}


def test_before_anything_has_run(empty: Running) -> None:
    """Before the first run, page and status say so, and there is no report."""
    page = empty.get("/", key=empty.key)
    assert page.status_code == 401  # a key in a header is for programs; a browser comes in once
    assert empty.parts is not None
    empty.session.get(f"{empty.url}/enter?link={empty.parts.access.link}", timeout=10)
    page = empty.session.get(empty.url, timeout=10)
    assert (page.status_code, "Nothing has run" in page.text) == (200, True)
    assert empty.get("/report").status_code == 404
    assert empty.get("/status").json()["companies"] == []


def test_while_a_run_is_at_work(copied: Installation) -> None:
    """While a run is at work, the page is read from the published file and says so."""
    with running(copied.home) as server, copied.home.lock():
        assert server.parts is not None
        server.session.get(f"{server.url}/enter?link={server.parts.access.link}", timeout=10)
        page = server.session.get(server.url, timeout=10)
    assert (page.status_code, "is at work in the folder" in page.text) == (200, True)
