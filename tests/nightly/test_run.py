"""The whole way, from a company's socket to the published file."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path

import duckdb
import pendulum

from pipelines.embedded.life.business import advance
from pipelines.quickbooks.entities import CATALOGUE
from pipelines.workspace.exits import Exit
from tests.support.harness import Installation


def published(installation: Installation, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(installation.home.analytics), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_first_night_copies_everything_and_publishes(copied: Installation, after_one_night: Path) -> None:
    """Both companies are published, exact, within the calls that a first load may cost."""
    companies = copied.server.world.companies
    assert published(copied, "select realm_id, verdict from ops.runs order by all") == [
        (realm_id, "published") for realm_id in companies
    ]
    assert [line for realm_id in companies for line in copied.differences(realm_id)] == []
    first_night = json.loads((after_one_night / "first_night.json").read_text())
    assert first_night.keys() == companies.keys()
    for realm_id, (calls, accuracy) in first_night.items():
        pages = sum(ceil(len(companies[realm_id].objects(entity.name)) / 1000) for entity in CATALOGUE)
        assert calls <= 1.15 * pages + 10
        assert accuracy == 1.0


def test_a_quiet_night_costs_five_calls(copied: Installation) -> None:
    """A quiet night costs five calls a company: one CDC, two batches, AgedReceivables and TrialBalance."""
    asking = ["extract", "check"]
    assert copied.night(steps=asking) is Exit.PUBLISHED, copied.findings()
    assert copied.last is not None
    for outcome in copied.last.outcomes:
        assert outcome.company is not None
        assert dict(outcome.company.client.calls) | {"batch_item": 0, "token": 0} == {
            "query": 0, "cdc": 1, "batch": 2, "batch_item": 0, "report": 2, "read": 0, "token": 0,
        }  # fmt: skip


def test_a_company_whose_checks_fail_keeps_yesterdays_rows(copied: Installation) -> None:
    """One cent changed in raw behind quickduck's back: exit 2 for that company, the other is published."""
    first, second = copied.realm_ids
    before = published(copied, f"from marts.ar_aging_by_customer where realm_id = '{first}' order by all")
    with copied.warehouse() as connection:
        # A version from the future outlives every repair, so that healing cannot mend it.
        connection.execute(
            """insert into raw.invoice by name
            select * replace (
                answered_at + interval 1 year as answered_at,
                replace(
                    payload::varchar,
                    '"Balance":' || (payload->>'$.Balance'),
                    '"Balance":' || ((payload->>'$.Balance')::decimal(18, 2) + 0.01)
                )::json as payload
            )
            from raw.invoice where realm_id = ? and (payload->>'$.Balance')::decimal(18, 2) > 0 limit 1""",
            [first],
        )
        connection.execute("drop table build.fingerprints")
    for company in copied.server.world.companies.values():
        advance(company, 1)
    assert copied.night() is Exit.CHECKS_FAILED
    assert copied.last is not None
    assert {outcome.realm_id: outcome.exit for outcome in copied.last.outcomes} == {
        first: Exit.CHECKS_FAILED,
        second: Exit.PUBLISHED,
    }
    after = published(copied, f"from marts.ar_aging_by_customer where realm_id = '{first}' order by all")
    assert after == before
    verdicts = published(copied, "select realm_id, verdict from ops.runs order by started_at, realm_id")
    assert verdicts[2:] == [(first, "checks failed"), (second, "published")]


def test_nothing_is_published_without_a_verdict(copied: Installation) -> None:
    """A publish step alone publishes what passed its last check and refuses what was built anew since."""
    before = copied.home.analytics.stat().st_mtime_ns
    (_, second) = copied.realm_ids
    assert copied.night(second, steps=["transform"]) is Exit.PUBLISHED
    assert copied.night(second, steps=["publish"]) is Exit.CHECKS_FAILED
    assert copied.home.analytics.stat().st_mtime_ns == before
    assert "`quickduck check` judges it" in copied.findings()[0]
    assert copied.night(second, steps=["check"]) is Exit.PUBLISHED, copied.findings()
    assert copied.night(second, steps=["publish"]) is Exit.PUBLISHED, copied.findings()
    assert copied.home.analytics.stat().st_mtime_ns > before
    assert published(copied, f"select verdict from ops.runs where realm_id = '{second}' order by run_id") == [
        (verdict,) for verdict in ("published", "built", "checks failed", "passed", "published")
    ]


def test_a_verdict_holds_for_what_was_judged_alone(copied: Installation) -> None:
    """Building for one company at another day takes back the verdict of all, for they share the tables."""
    first, second = copied.realm_ids
    assert copied.night(first, steps=["transform"], as_of=date(2026, 9, 30)) is Exit.PUBLISHED
    assert copied.night(second, steps=["publish"]) is Exit.CHECKS_FAILED
    assert published(copied, "select distinct as_of_date from marts.customer_value") == [
        (date(2026, 11, 20),)
    ]


def test_a_check_of_another_day_builds_that_day_first(copied: Installation) -> None:
    """Marts of September are not compared with today's reports: nothing differs, nothing is read again."""
    (_, second) = copied.realm_ids
    assert copied.night(second, steps=["transform"], as_of=date(2026, 9, 30)) is Exit.PUBLISHED
    assert copied.night(second, steps=["check"]) is Exit.PUBLISHED, copied.findings()
    assert copied.last is not None
    (outcome,) = copied.last.outcomes
    assert outcome.company is not None
    assert (outcome.company.client.calls["report"], outcome.company.client.calls["query"]) == (2, 0)


def test_some_entities_since_a_day_on_a_fresh_folder(installation: Installation) -> None:
    """Invoices alone, read again since a day: what the edition lacks is no error, and the date is known."""
    november = pendulum.datetime(2026, 11, 1)
    installation.night(steps=["extract", "transform"], entities=["Invoice", "Budget"], since=november)
    assert installation.findings() == []
    assert installation.differences(entities=["Invoice"]) == []
    with installation.warehouse() as connection:
        dates = connection.execute("select distinct as_of_date::varchar from core.companies").fetchall()
    assert dates == [("2026-11-20",)]


def test_activity_reads_like_a_ledger(copied: Installation) -> None:
    """A night's events, each once: an invoice became paid, its payment came in, an estimate was deleted."""
    books = copied.server.world.companies[copied.realm_ids[0]]
    unpaid = next(
        found
        for found in books.objects("Invoice")
        if found["Balance"] == found["TotalAmt"] > 0 and not found["LinkedTxn"]
    )
    customer, estimate = unpaid["CustomerRef"]["value"], books.objects("Estimate")[0]["Id"]
    line = {"Amount": unpaid["Balance"], "LinkedTxn": [{"TxnId": unpaid["Id"], "TxnType": "Invoice"}]}
    payment = books.create(
        "Payment", {"CustomerRef": {"value": customer}, "TotalAmt": unpaid["Balance"], "Line": [line]}
    )
    books.delete("Estimate", estimate)
    assert copied.night(books.realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    query = f"""select entity, id, event, before from ops.activity
        where realm_id = '{books.realm_id}' and list_contains({[estimate, unpaid["Id"], payment["Id"]]}, id)
            and entity in ('Estimate', 'Invoice', 'Payment') order by all"""
    with copied.warehouse() as warehouse:
        events = warehouse.execute(query).fetchall()
    assert copied.night(books.realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    with copied.warehouse() as warehouse:
        assert warehouse.execute(query).fetchall() == events
    total = str(unpaid["TotalAmt"])
    assert [event[:3] for event in events] == [
        ("Estimate", estimate, "deleted"),
        ("Invoice", unpaid["Id"], "became paid"),
        ("Payment", payment["Id"], "payment received"),
    ]
    assert Decimal(str(events[1][3])) == Decimal(total)


def test_no_float_holds_money(copied: Installation) -> None:
    """Amounts, balances and totals are decimals in every published table; only rates, shares and days are doubles."""
    money = published(
        copied,
        """select schema_name || '.' || table_name || '.' || column_name, data_type from duckdb_columns()
        where (column_name like '%amount' or column_name like '%balance%' or column_name like 'total_%'
            or column_name like '%revenue' or column_name like '%sales' or column_name like '%_open')
            and column_name not like '%rate%' and column_name not like '%ratio' and data_type in ('DOUBLE', 'FLOAT')""",
    )
    assert money == []
    kinds = {
        kind
        for (kind,) in published(copied, "select distinct data_type from duckdb_columns() where not internal")
    }
    assert not any(
        str(kind).startswith(("STRUCT", "LIST", "MAP", "JSON", "HUGEINT"))
        or str(kind).endswith(("[]", "WITH TIME ZONE"))
        for kind in kinds
    )
