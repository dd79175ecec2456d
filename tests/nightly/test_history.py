"""The books on past days: restated as QuickBooks restates them, and as they looked when a night had checked them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.books.company import Company
from pipelines.embedded.life.business import advance
from pipelines.embedded.reports.registry import answer_report
from pipelines.embedded.world import World
from pipelines.workspace.exits import Exit
from tests.support.edit_storm import edit_at_random
from tests.support.harness import Installation

EDITS = 150
TODAY = date(2026, 11, 20)
BUCKETS = '"current", d1_30, d31_60, d61_90, d91_plus'
Aging = dict[str, tuple[Decimal, ...]]
"""Customer to the five buckets, where one is not zero."""


def built(installation: Installation, query: str) -> list[tuple[Any, ...]]:
    with installation.warehouse() as connection:
        return connection.execute(query).fetchall()


def reported(company: Company, day: date) -> Aging:
    """What the company's own AgedReceivables says of that day."""
    report = answer_report(
        company, "AgedReceivables", {"report_date": str(day), "aging_method": "Report_Date"}
    )
    found: Aging = {}

    def walk(rows: dict[str, Any]) -> None:
        for row in rows.get("Row", []):
            if "Rows" in row:
                walk(row["Rows"])
            if "ColData" in row:
                cells = row["ColData"]
                buckets = tuple(Decimal(cell["value"] or 0) for cell in cells[1:6])
                if any(buckets):
                    found[cells[0]["id"]] = buckets

    walk(report["Rows"])
    return found


def by_customer(rows: list[tuple[Any, ...]]) -> Aging:
    return {row[0]: row[1:] for row in rows if any(row[1:])}


@pytest.fixture(scope="module")
def stormed(after_one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Both companies after edits of every kind, merges, voids and back-dated entries among them, read and built."""
    home = tmp_path_factory.mktemp("stormed") / "home"
    shutil.copytree(after_one_night / "home", home)
    with EmbeddedServer(World.load(after_one_night / "books")) as server:
        installation = Installation(server, home)
        for number, company in enumerate(server.world.companies.values()):
            assert edit_at_random(company, Random(f"aging {number}"), EDITS) > EDITS / 3
        assert installation.night(steps=["extract", "transform"]) is Exit.PUBLISHED, installation.findings()
        yield installation


def test_aging_of_any_day_is_quickbooks_own(stormed: Installation) -> None:
    """On fifty random days of two years, half in each company, each customer and bucket is its AgedReceivables's."""
    chance = Random("fifty days")
    for realm_id, company in stormed.server.world.companies.items():
        total = Decimal(0)
        for back in chance.sample(range(730), 25):
            day = TODAY - timedelta(back)
            ours = built(
                stormed,
                f"""select customer_id, {BUCKETS} from marts.ar_aging_by_customer_as_of(date '{day}')
                where realm_id = '{realm_id}'""",
            )
            theirs = reported(company, day)
            assert by_customer(ours) == theirs, day
            total += sum(abs(bucket) for buckets in theirs.values() for bucket in buckets)
        assert total > 0


def test_every_month_end_is_quickbooks_own(stormed: Installation) -> None:
    """The aging and closing amount of each month's end are QuickBooks's own, and each opening is the last closing."""
    for realm_id, company in stormed.server.world.companies.items():
        months = built(
            stormed,
            f"""select month_end, opening_amount, closing_amount from marts.receivables_by_month
            where realm_id = '{realm_id}' order by month_start""",
        )
        assert len(months) > 12 and months[-1][0] == TODAY
        opening = Decimal(0)
        for month_end, opened, closing in months:
            theirs = reported(company, month_end)
            ours = built(
                stormed,
                f"""select customer_id, {BUCKETS} from marts.ar_aging_history
                where realm_id = '{realm_id}' and kind = 'restated' and aging_date = '{month_end}'""",
            )
            assert by_customer(ours) == theirs
            assert closing == sum(bucket for buckets in theirs.values() for bucket in buckets)
            assert opened == opening
            opening = closing


def test_a_night_keeps_how_the_books_looked(copied: Installation) -> None:
    """An invoice of September voided after a night: its snapshot stands, and the change is found."""
    realm_id = copied.realm_ids[0]
    company = copied.server.world.companies[realm_id]
    before = built(
        copied,
        f"select * from marts.ar_aging_by_customer_as_of(date '{TODAY}') where realm_id = '{realm_id}' order by all",
    )
    invoice = next(
        found
        for found in company.objects("Invoice")
        if found["TxnDate"].startswith("2026-09") and found["Balance"] == found["TotalAmt"] > 0
    )
    advance(company, 1)
    company.void("Invoice", invoice["Id"])
    assert copied.night(realm_id, steps=["extract", "transform", "check"]) is Exit.PUBLISHED, (
        copied.findings()
    )
    of_realm = f"where realm_id = '{realm_id}'"
    days = f"select distinct as_of_date from history.open_items {of_realm} order by 1"
    assert built(copied, days) == [(TODAY,), (TODAY + timedelta(1),)]
    kept = f"""select open_home, days_past_due > 0 from history.open_items {of_realm}
        and doc_type = 'Invoice' and doc_id = '{invoice["Id"]}'"""
    assert built(copied, kept) == [(invoice["TotalAmt"], date.fromisoformat(invoice["DueDate"]) < TODAY)]
    snapshot = f"""select customer_id, total_open from marts.ar_aging_history {of_realm}
        and kind = 'snapshot' and aging_date = '{TODAY}' order by all"""
    names = ("customer_id", "total_open")
    columns = [row[0] for row in built(copied, "describe marts.ar_aging_by_customer")]
    expected = [tuple(row[columns.index(name)] for name in names) for row in before]
    assert built(copied, snapshot) == sorted(row for row in expected if row[1])
    restated = f"""select change, before, after, month_start, compared_date, found_date
        from marts.restated_transactions {of_realm} and doc_id = '{invoice["Id"]}' and doc_type = 'Invoice'"""
    assert built(copied, restated) == [
        ("voided", str(invoice["TotalAmt"]), "0.00", date(2026, 9, 1), TODAY, TODAY + timedelta(1))
    ]


def test_a_night_whose_checks_fail_keeps_nothing(copied: Installation) -> None:
    """A card number in the books of one company: no snapshot of the day, unlike the other's; nor after a rebuild."""
    first, second = copied.realm_ids
    typed = copied.server.world.companies[first]
    typed.update("Invoice", typed.objects("Invoice")[-1]["Id"], PrivateNote="card 4111 1111 1111 1111")
    for company in copied.server.world.companies.values():
        advance(company, 1)
    steps = ["extract", "transform", "check"]
    assert copied.night(steps=steps, stop_at_card_numbers=True) is Exit.CHECKS_FAILED
    days = "select distinct realm_id, as_of_date from history.open_items order by all"
    expected = [(first, TODAY), (second, TODAY), (second, TODAY + timedelta(1))]
    with copied.warehouse() as connection:
        assert connection.execute(days).fetchall() == expected
    assert copied.night(steps=["transform"], rebuild=True) is Exit.PUBLISHED
    with copied.warehouse() as connection:
        assert connection.execute(days).fetchall() == expected
