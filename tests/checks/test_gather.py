"""One pass of the checks: what it asks, what it costs, what is in flight, and that healing heals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from checks.collect.gather import gather
from checks.collect.plan import plan
from checks.evidence import Evidence
from checks.theirs.reports import UnreadableReport
from checks.verdict.judge import judge_by_counts
from pipelines.pages import checks as page
from tests.checks.conftest import REALM
from tests.support import damage
from tests.support.damage import ITEM, OVERDUE, OWING, Named, drop_an_open_row

HEALED = (
    damage.drop_an_open_row,
    damage.drop_a_settled_row,
    damage.add_a_phantom,
    damage.change_a_cent,
    damage.age_a_bucket_wrongly,
    damage.swap_two_balances,
    damage.stale,
)


def named(evidence: Evidence) -> set[Named]:
    """What would be read again."""
    return {(entity, id) for entity, ids in evidence.to_heal.items() for id in ids}


@pytest.fixture(scope="module")
def deep(night):
    """The evidence of a deep pass over the untouched copy, and how many calls it made."""
    counters = night.installation.server.counters
    before = counters.total
    evidence = night.look(deep=True)
    return evidence, counters.total - before


def test_an_untouched_copy_is_exactly_1_and_costs_what_the_plan_says(night, deep):
    """An untouched copy has accuracy 1 in every entity, and its deep checks make as many calls as the plan says."""
    evidence, calls = deep
    assert calls == sum(cost.calls for cost in plan(night.counts, deep=True))
    assert not evidence.differences and not evidence.unanswered and not evidence.needs_healing
    assert (evidence.worst.accuracy, evidence.pooled) == (1.0, 1.0)
    assert {row.method for row in evidence.accuracy if row.source_count} == {"content"}
    assert all(row.money_accuracy in (1.0, None) for row in evidence.accuracy)


def test_income_that_is_no_sale_is_listed_and_explains_the_rest(deep):
    """ProfitAndLoss less our sales is, but for cents of rounding, what the journal entries listed book to income."""
    evidence, _ = deep
    (income,) = (one for one in evidence.tie_outs if one.name == "profit_and_loss")
    listed = {(row.entity, row.id): Decimal(row.expected) for row in evidence.beside if row.explains}
    assert "JournalEntry" in {entity for entity, _ in listed}
    apart = income.figures["quickbooks_income"] - income.figures["by_sales"] + income.figures["rounding"]
    assert apart == sum(listed.values()) * 100 != 0


def test_a_quiet_nights_checks_cost_two_calls(night):
    """The checks of a quiet night make two calls."""
    counters = night.installation.server.counters
    before = counters.total
    night.look()
    assert counters.total - before == 2


def test_a_lost_row_lowers_the_accuracy_of_its_entity(copied):
    """One lost row lowers its entity's accuracy by its share, and the pooled accuracy by less."""
    _, id = drop_an_open_row(copied)
    evidence = copied.gather()
    assert (evidence.worst.entity, evidence.worst.missing) == ("Invoice", 1)
    assert evidence.worst.accuracy == 1 - 1 / copied.counts["Invoice"]
    assert evidence.worst.accuracy < evidence.pooled < 1


def test_an_edit_after_the_cut_off_is_in_flight_and_stops_nothing(living):
    """Between the night's copy and its checks somebody writes an invoice and changes another one."""
    (customer,) = living.ids(OVERDUE.replace("select doc_id", "select customer_id") + " limit 1")
    living.company.clock.advance(seconds=3600)
    line = {
        "Amount": Decimal("7.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": living.ids(ITEM)[0]}},
    }
    new = living.company.create("Invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    living.build()
    evidence = living.look()
    assert {row.state for row in evidence.differences} == {"in_flight"}
    assert ("Invoice", new["Id"]) in named(evidence)
    assert living.judged(evidence).passed
    living.heal(evidence)
    assert not living.gather().differences


def test_the_same_edit_an_hour_before_the_checks_is_an_error(living):
    """An edit an hour before the checks that the copy lacks is an error and stops publishing."""
    (customer, *_) = living.ids(OWING)
    line = {
        "Amount": Decimal("7.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": living.ids(ITEM)[0]}},
    }
    living.company.create("Invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    living.company.clock.advance(seconds=3600)
    evidence = living.gather()
    assert "error" in {row.state for row in evidence.differences}
    verdict = living.judged(evidence)
    assert not verdict.passed
    assert any(
        error.startswith("aged_receivables: a customer's aging bucket differs") for error in verdict.errors
    )


def test_a_refused_report_stops_publishing_and_says_why(copied):
    """An unreadable report stops publishing, and the verdict repeats its error."""
    client = copied.installation.client(REALM)

    class Refusing:
        query, batch = client.query, client.batch

        def report(self, name: str, **params: str) -> dict[str, Any]:
            raise UnreadableReport(f"Report {name} came back as a sonnet.")

    with copied.warehouse() as connection:
        evidence = gather(
            connection, REALM, Refusing(), run_id="night", as_of=date(2026, 11, 20), counts=copied.counts
        )
        verdict = judge_by_counts(connection, {REALM: evidence})[REALM]
    assert not verdict.passed
    assert verdict.errors[0] == "Report AgedReceivables came back as a sonnet."


def test_without_quickbooks_the_books_are_compared_with_themselves(copied):
    """Without a client the copy is compared with itself and passes with a warning that QuickBooks was not asked."""
    with copied.warehouse() as connection:
        evidence = gather(connection, REALM, None, run_id="check", as_of=date(2026, 11, 20))
        verdict = judge_by_counts(connection, {REALM: evidence})[REALM]
    assert (verdict.passed, verdict.accuracy) == (True, None)
    assert verdict.warnings == ("questions: QuickBooks was not asked at all (1)",)


def test_counts_are_asked_where_the_nights_are_not_given(night):
    """Without the night's counts the checks ask QuickBooks for them, in four calls."""
    with night.warehouse() as connection:
        client = night.installation.client(REALM)
        evidence = gather(connection, REALM, client, run_id="check", as_of=date(2026, 11, 20))
    assert {row.entity: row.source_count for row in evidence.accuracy} == night.counts
    assert (client.calls.total, sum(cost.calls for cost in plan())) == (4, 4)


def test_all_damage_is_healed_by_reading_again_and_the_verdict_says_so(copied, tmp_path):
    """Reading the damaged rows again turns a failed verdict into a passed one that lists what was healed."""
    culprits = {one(copied) for one in HEALED}
    first = copied.gather(deep=True)
    refused = copied.judged(first)
    assert not refused.passed and refused.errors and refused.accuracy < 1
    copied.heal(first)
    copied.build()
    second = copied.look(deep=True)
    assert not second.differences
    with copied.warehouse() as connection:
        verdict = judge_by_counts(connection, {REALM: second}, before={REALM: first})[REALM]
        page.write(tmp_path, {REALM: verdict}, data_docs="data_docs/index.html")
        states = connection.execute("select distinct state from checks.differences order by all").fetchall()
        accuracy = connection.execute("select min(accuracy) from checks.accuracy").fetchall()
    assert (verdict.passed, verdict.errors, verdict.warnings) == (True, (), ())
    assert culprits <= {(row.entity, row.id) for row in verdict.healed}
    assert (states, accuracy) == ([("explained",), ("healed",), ("warning",)], [(1.0,)])
    html = (tmp_path / "checks.html").read_text()
    assert "All checks passed" in html and "://" not in html
