"""A known difference is let through as it was seen, for a while, visibly, and no other one with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pendulum
import pytest
from duckdb import DuckDBPyConnection

from checks.evidence import Accuracy, Difference, Evidence, Suspect
from checks.suites.counts import Result
from checks.suites.expectations import CRITICAL
from checks.verdict import accepted, history
from checks.verdict.naming import Names
from checks.verdict.verdict import Verdict, verdict_of
from pipelines.base.errors import WrongUsage
from pipelines.nightly import kept_back, ops
from pipelines.nightly.accept import accept, listed, revoke
from pipelines.nightly.ending import Ending
from pipelines.nightly.ops import RunOfCompany

REALM = "9130"
DAY = date(2026, 11, 20)
NOW = pendulum.datetime(2026, 11, 20, 12)
UNTIL = date(2026, 12, 31)
TEN = Difference("aged_receivables", "Customer", "57", "d1_30", "40.00", "30.00", Decimal(-10))
TOTAL = Difference("trial_balance", "Account", "receivables", "balance", "40.00", "30.00", Decimal(-10))


@pytest.fixture
def warehouse() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """create schema staging; create schema core;
            create table core.companies as select '9130' as realm_id, 'Acme' as company_name;
            create table staging.customers as
            select 'Cool Cars' as display_name, '9130' as realm_id, '57' as customer_id;
            create table staging.invoices as
            select '1043' as doc_number, 'USD' as currency, date '2026-03-01' as txn_date, 120.00 as total_amount,
                '9130' as realm_id, '7' as invoice_id, '57' as customer_id"""
        )
        history.create(connection)
        yield connection


def failed(suite: str, column: str, observed: str, count: int | None = None) -> Result:
    return Result(suite, "expect", column, CRITICAL, False, f"Fails if {column}.", observed, count)


def judged(
    connection: DuckDBPyConnection,
    *rows: Difference,
    day: date = DAY,
    run: str = "1",
    results: tuple[Result, ...] = (),
) -> Verdict:
    """A night on which these rows differ, kept as a night keeps it."""
    evidence = Evidence(REALM, run, day, differences=list(rows))
    of_aging = [row for row in rows if row.check == "aged_receivables"]
    total = int(sum((row.amount_diff or 0 for row in of_aging), Decimal(0)) * 100)
    found = list(results)
    if of_aging:
        found += [
            failed("aged_receivables", "differing_customers", "1"),
            failed("aged_receivables", "total_diff", str(total)),
        ]
    if TOTAL in rows:
        found += [failed("trial_balance", "receivables_diff", "-1000")]
    acceptances = accepted.in_force(connection, REALM, day)
    verdict = verdict_of(evidence, found, [], None, Names(connection, REALM), acceptances)
    history.append(connection, verdict)
    return verdict


def test_an_accepted_difference_lets_its_company_through_and_says_so(warehouse: DuckDBPyConnection) -> None:
    """It stands on the screen, among the differences, in checks.accepted and in history, with the reason."""
    assert not judged(warehouse, TEN).passed
    said = accept(warehouse, REALM, "aged_receivables", "57", reason="a known rounding", until=UNTIL, now=NOW)
    assert said == (
        "Accepted until 2026-12-31: aged_receivables 57 of company 9130, as d1_30 is -10.00 apart; the next `quickduck "
        "run` goes by it."
    )
    verdict = judged(warehouse, TEN, run="2")
    assert verdict.passed and verdict.errors == ()
    assert verdict.accepted == (
        "accepted until 2026-12-31 (a known rounding): aged_receivables, Customer Cool Cars, d1_30: "
        "QuickBooks 40.00, our copy 30.00",
    )
    assert warehouse.execute("select state from checks.differences where run_id = '2'").fetchall() == [
        ("accepted",)
    ]
    assert warehouse.execute(
        "select run_id, id, amount_diff::decimal(18, 2), reason from history.accepted_differences"
    ).fetchall() == [("2", "57", Decimal("-10.00"), "a known rounding")]


@pytest.mark.parametrize(
    ("rows", "day", "passes"),
    [
        ([replace(TEN, column="d31_60", expected="70.00", actual="60.00")], DAY, True),
        ([replace(TEN, actual="29.99", amount_diff=Decimal("-10.01"))], DAY, False),
        ([replace(TEN, id="58")], DAY, False),
        ([TEN, replace(TEN, column="current")], DAY, False),
        ([TEN, replace(TEN, id="58")], DAY, False),
        ([TEN, TOTAL], DAY, False),
        ([TEN], UNTIL, True),
        ([TEN], date(2027, 1, 1), False),
        ([], DAY, True),
    ],
)
def test_any_other_difference_is_red_again(
    warehouse: DuckDBPyConnection, rows: list[Difference], day: date, passes: bool
) -> None:
    """Of aging the bucket may move on; another amount, id or row is red, and so is the same after its last day."""
    judged(warehouse, TEN)
    accept(warehouse, REALM, "aged_receivables", "57", reason="known", until=UNTIL, now=NOW)
    assert judged(warehouse, *rows, day=day, run="2").passed is passes


def test_what_would_stop_it_still_is_named(warehouse: DuckDBPyConnection) -> None:
    """One difference shows in several checks; the company passes once all of them are accepted."""
    judged(warehouse, TEN, TOTAL)
    said = accept(warehouse, REALM, "aged_receivables", "57", reason="known", until=UNTIL, now=NOW)
    assert "; trial_balance receivables would stop it still;" in said
    assert not judged(warehouse, TEN, TOTAL, run="2").passed
    accept(warehouse, REALM, "trial_balance", "receivables", reason="known", until=UNTIL, now=NOW)
    assert judged(warehouse, TEN, TOTAL, run="3").passed


def test_an_accepted_object_does_not_count_among_the_inexact(warehouse: DuckDBPyConnection) -> None:
    """One of a hundred objects differs, which is below 99.5% of all; a second one is red."""
    cent = Difference("content", "Invoice", "7", "TotalAmt", "120.00", "120.01", Decimal("0.01"))
    results = (
        failed("sync_accuracy", "money_diff", "1", 1),
        failed("sync_accuracy", "pooled_accuracy", "0.99", 1),
    )

    def night(run: str, *rows: Difference) -> Verdict:
        evidence = Evidence(REALM, run, DAY, differences=list(rows))
        evidence.accuracy.append(Accuracy("Invoice", "content", 100, 100, content_diff=len(rows)))
        acceptances = accepted.in_force(warehouse, REALM, DAY)
        verdict = verdict_of(evidence, results, [], None, Names(warehouse, REALM), acceptances)
        history.append(warehouse, verdict)
        return verdict

    assert not night("1", cent).passed
    accept(warehouse, REALM, "sync_accuracy", "7", reason="known", until=UNTIL, now=NOW)
    assert night("2", cent).passed
    assert not night("3", cent, replace(cent, id="8")).passed


def test_revoked_it_stops_the_company_again_and_is_listed(warehouse: DuckDBPyConnection) -> None:
    """The list shows what is and was accepted."""
    assert listed(warehouse) == "Nothing is accepted."
    judged(warehouse, TEN)
    accept(warehouse, REALM, "aged_receivables", "57", reason="known", until=UNTIL, now=NOW)
    assert "known" in listed(warehouse) and "yes" not in listed(warehouse)
    revoke(warehouse, REALM, "aged_receivables", "57", now=NOW)
    assert "yes" in listed(warehouse)
    assert not judged(warehouse, TEN, run="2").passed
    with pytest.raises(WrongUsage, match="is accepted"):
        revoke(warehouse, REALM, "aged_receivables", "57", now=NOW)


@pytest.mark.parametrize(
    ("check", "id", "reason", "until", "sentence"),
    [
        ("aged_receivables", "58", "known", UNTIL, "Found was aged_receivables 57"),
        ("aged_receivables", "", "known", UNTIL, "found nothing of aged_receivables"),
        ("aged_receivables", "57", " ", UNTIL, "Say why"),
        ("aged_receivables", "57", "known", date(2027, 2, 21), "the last day is 2027-02-20"),
        ("aged_receivables", "57", "known", date(2026, 11, 19), "is over already"),
    ],
)
def test_only_what_was_found_is_accepted_with_a_reason_and_an_end(
    warehouse: DuckDBPyConnection, check: str, id: str, reason: str, until: date, sentence: str
) -> None:
    """At most 92 days, and never a whole check without an id."""
    judged(warehouse, TEN)
    with pytest.raises(WrongUsage, match=sentence):
        accept(warehouse, REALM, check, id, reason=reason, until=until, now=NOW)


def test_the_third_night_in_a_row_says_which_rows_and_what_to_click(warehouse: DuckDBPyConnection) -> None:
    """In QuickBooks's words, with the names of its reports, and how to let the difference through."""
    ops.create(warehouse)
    for run, ending in (("1", Ending.PUBLISHED), ("2", Ending.CHECKS_FAILED), ("3", Ending.CHECKS_FAILED)):
        ops.write(warehouse, RunOfCompany(run, REALM, "test", NOW, ending=ending))
    assert [kept_back.nights(warehouse, REALM, run) for run in "2345"] == [1, 2, 3, 3]
    assert kept_back.notice(judged(warehouse, TEN), 3, None) == (
        "For 3 nights people have seen the rows before, because QuickBooks says 40.00 under 1 - 30 for Customer Cool "
        "Cars and our copy 30.00: open Reports > Accounts receivable aging summary in QuickBooks, click the amount and "
        "correct what is wrong, or let it through with `quickduck accept 9130 aged_receivables 57 --reason WHY --until "
        "DATE`."
    )


def test_an_object_is_called_what_people_call_it(warehouse: DuckDBPyConnection) -> None:
    """Kind, number, date, customer and amount, whether the row is of an entity, of staging, of core or of a mart."""
    names = Names(warehouse, REALM)

    def called(entity: str, id: str) -> str | None:
        named = names.of(replace(TEN, entity=entity, id=id))
        return named.text if named else None

    invoice = "Invoice 1043 of 2026-03-01, Cool Cars, 120.00 USD"
    assert [
        called("Invoice", "7"),
        called("staging.invoices", "7"),
        called("staging.invoice_lines", "7|1"),
    ] == [invoice] * 3
    assert [called("core.sales_lines", "Invoice|7|1"), called("marts.ar_aging_by_invoice", "7")] == [
        invoice
    ] * 2
    assert called("marts.customer_value", "57") == "Customer Cool Cars"
    assert called("Invoice", "8") == "Invoice with the id 8"
    assert [called("Account", "receivables"), called("marts.revenue_by_month", "2026-03-01")] == [None, None]


def test_to_do_names_documents_and_entities_only_where_reading_them_helps(
    warehouse: DuckDBPyConnection,
) -> None:
    """What was read again is named with number, date, customer and amount; what was not is to be read anew."""
    cent = Difference("aged_receivables", "Invoice", "7", "TotalAmt", "120.00", "120.01", Decimal("0.01"))
    (anew, look) = judged(warehouse, cent).remedies
    assert anew == "`quickduck extract --full Invoice` reads these anew, then `quickduck run`."
    assert look.startswith(
        "Look in QuickBooks at Invoice 1043 of 2026-03-01, Cool Cars, 120.00 USD: read again"
    )
    evidence = Evidence(REALM, "2", DAY, differences=[cent])
    evidence.suspects.append(Suspect("Invoice", "7"))
    results = [failed("aged_receivables", "differing_customers", "1")]
    assert verdict_of(evidence, results, [], None, Names(warehouse, REALM)).remedies == (look,)
