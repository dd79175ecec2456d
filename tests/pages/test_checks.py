"""The page about a run and the same in the terminal: verdict first, what differs with its link, what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checks.evidence import Accuracy, Difference, Evidence, TieOut
from checks.verdict.naming import Named
from checks.verdict.verdict import Verdict
from pipelines.pages import checks as page
from pipelines.pages.checks_words import company_lines, warnings_of
from pipelines.pages.links import link

APP = "https://app.qbo.intuit.com"
REALM = "9130350000000001"

CENT = Difference("content", "Invoice", "57", "TotalAmt", "100.00", "100.01")
NOTE = Difference("content", "Invoice", "58", "PrivateNote", "text of 3 characters", None, is_money=False)
LATE = Difference("ids", "Payment", "59", "Id", "59", None, in_flight=True)
ODD = Difference("negative_stock", "Item", "3", "quantity_on_hand", "0 or more", "-2", is_money=False)
BOOKED = Difference(
    "profit_and_loss", "JournalEntry", "9", "income of account 4", "7", None, is_money=False, explains=True
)


@pytest.fixture
def evidence() -> Evidence:
    return Evidence(
        REALM,
        "2026-11-28T03:00:00.000Z",
        date(2026, 11, 20),
        accuracy=[
            Accuracy("Term", "count", 4, 4),
            Accuracy("Invoice", "content", 1000, 1000, content_diff=1),
        ],
        tie_outs=[TieOut("oddities", {"negative_stock": 1}, beside=(ODD, BOOKED))],
    )


@pytest.fixture
def verdict(evidence: Evidence) -> Verdict:
    return Verdict(
        evidence,
        passed=False,
        accuracy=0.999,
        worst_entity="Invoice",
        pooled_accuracy=0.9999,
        errors=("sync_accuracy: an amount, quantity or balance differs from QuickBooks",),
        warnings=("customer_balances: <b> & co.",),
        differences=(NOTE, LATE, CENT),
        remedies=("Look at them.",),
        healed=(replace(CENT, id="60"),),
        beside=(ODD, BOOKED),
        noticed=("there is less than nothing of an item on hand (1)",),
        results=(),
    )


def test_the_page_opens_with_the_verdict_and_names_rows_the_worst_first(verdict, evidence) -> None:
    """The page shows the verdict first, then rows from the worst down, and escapes their text."""
    html = page.render({REALM: verdict}, app_url=APP)
    text = re.sub(r"<style>.*</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    words = (
        "Checks failed for 1 of 1 companies", "99.90% (Invoice)", "amount, quantity or balance differs",
        "To do.", "Look at them.", "Differences (4)", "57", "58", "59", "60", "Worth a look", "less than nothing",
        "Income that is no sale (1)", "Sync accuracy",
    )  # fmt: skip
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert "&lt;b&gt; &amp; co." in html


def test_the_page_needs_no_network(verdict, evidence) -> None:
    """The page fetches nothing, although its links can be clicked."""
    html = page.render({REALM: verdict}, app_url=APP)
    assert not re.search(r"<(script|img|iframe)|\bsrc=|@import|url\(", html)
    assert re.findall(r"<link[^>]*>", html) == ['<link rel="icon" href="data:,">']
    assert set(re.findall(r'https?://[^/"]+', html)) == {APP}
    assert "://" not in page.render({REALM: verdict})


def test_rows_link_to_their_company_in_quickbooks() -> None:
    """A row links to its form in QuickBooks, if it has one there and the company is real."""
    assert link(APP, REALM, "Invoice", "57") == (
        f"{APP}/app/login?pagereq=invoice%3FtxnId%3D57&deeplinkcompanyid={REALM}"
    )
    assert link(APP, REALM, "Customer", "1") == (
        f"{APP}/app/login?pagereq=customerdetail%3FnameId%3D1&deeplinkcompanyid={REALM}"
    )
    assert link(None, REALM, "Invoice", "57") is None, "an embedded company has no pages"
    assert link(APP, REALM, "Term", "3") is None
    assert link(APP, REALM, "Account", "USD") is None


def test_a_warning_ends_with_the_address_of_what_it_is_about(verdict) -> None:
    """Whoever reads it has one click to the document; an embedded company has no pages."""
    named = replace(verdict, warned=(Named("Invoice", "57", "Invoice 1043"),))
    address = link(APP, REALM, "Invoice", "57")
    assert warnings_of(named, APP) == [f"{verdict.warnings[0]} {address}"]
    assert warnings_of(named, None) == [*verdict.warnings]
    assert address and f'<a href="{address.replace("&", "&amp;")}"' in page.render(
        {REALM: named}, app_url=APP
    )


def test_each_run_has_a_page_and_the_last_sixty_stay(verdict, evidence, tmp_path: Path) -> None:
    """Each run writes its own page with mode 0600, and the last sixty stay."""
    for minute in range(62):
        run = replace(verdict, evidence=replace(evidence, run_id=f"2026-11-28T03:{minute:02}:00.000Z"))
        page.write(tmp_path, {REALM: run}, data_docs="data_docs/index.html")
    runs = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert (len(runs), runs[0], runs[-1]) == (
        60,
        "2026-11-28T03-02-00.000Z.html",
        "2026-11-28T03-61-00.000Z.html",
    )
    assert 'href="data_docs/index.html"' in (tmp_path / "checks.html").read_text()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "runs").iterdir()} == {0o600}


def test_the_terminal_says_the_same(verdict, evidence) -> None:
    """The terminal shows the verdict, advice, differences and oddities in the same order as the page."""
    lines = "\n".join(company_lines(verdict, evidence, APP))
    words = (
        "failed, as of 2026-11-20", "amount, quantity or balance", "To do: Look at them.", "Differences (4)",
        "Invoice 57", "100.01", "Invoice 58", "Payment 59", "Invoice 60", "Worth a look",
        "less than nothing", "Item 3", "99.90%",
    )  # fmt: skip
    places = [lines.index(word) for word in words]
    assert places == sorted(places)
    assert link(APP, REALM, "Invoice", "57") in lines
