"""Mutation tests of the checks: the copy is damaged in one way, and the damage must be found, named and healed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from checks.evidence import Evidence
from checks.gather import gather
from checks.judge import judge
from checks.plan import plan
from checks.reports import UnreadableReport
from tests.checks.conftest import REALM, Copied

OVERDUE = """
    select doc_id from core.open_receivables
    where realm_id = $realm and doc_type = 'Invoice' and open_amount > 1 and days_past_due > 0
    order by txn_date, doc_id
"""
PAID = """
    select invoice_id from marts.invoice_payments
    where realm_id = $realm and cash_paid > 0 and is_closed and not is_voided order by invoice_id
"""
OWING = "select customer_id from core.customers where realm_id = $realm and balance > 0 order by balance, customer_id"
ITEM = "select item_id from core.items where realm_id = $realm and item_type = 'Service' order by item_id"
PAYING = (
    "select payment_id from core.invoice_settlements where realm_id = $realm and cash_amount > 1 order by all"
)

Named = tuple[str, str]


def drop_an_open_row(copied: Copied) -> Named:
    (id, *_) = copied.ids(OVERDUE)
    copied.forget("Invoice", id)
    return "Invoice", id


def drop_a_settled_row(copied: Copied) -> Named:
    (id, *_) = copied.ids(PAID)
    copied.forget("Invoice", id)
    return "Invoice", id


def add_a_phantom(copied: Copied) -> Named:
    (*_, id) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(Id="99999"), as_id="99999")
    return "Invoice", "99999"


def change_a_cent(copied: Copied) -> Named:
    (_, id, *_) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(TotalAmt=found["TotalAmt"] + Decimal("0.01")))
    return "Invoice", id


def age_a_bucket_wrongly(copied: Copied) -> Named:
    (_, _, id, *_) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(DueDate="2026-11-20"))
    return "Invoice", id


def swap_two_balances(copied: Copied) -> Named:
    first, *_, last = copied.ids(OWING)
    balances: dict[str, Any] = {}
    copied.store("Customer", first, lambda found: balances.update(first=found["Balance"]))
    copied.store("Customer", last, lambda found: balances.update(last=found["Balance"]))
    copied.store("Customer", first, lambda found: found.update(Balance=balances["last"]))
    copied.store("Customer", last, lambda found: found.update(Balance=balances["first"]))
    return "Customer", last


def lose_what_a_payment_paid(copied: Copied) -> Named:
    *_, id = copied.ids(PAYING)
    copied.store("Payment", id, lambda found: found.update(Line=[]))
    return "Payment", id


def store_an_unreadable_amount(copied: Copied) -> Named:
    *_, id = copied.ids(PAYING)
    copied.store("Payment", id, lambda found: found.update(TotalAmt="a lot"))
    return "Payment", id


DAMAGE: tuple[Callable[[Copied], Named], ...] = (
    drop_an_open_row,
    drop_a_settled_row,
    add_a_phantom,
    change_a_cent,
    age_a_bucket_wrongly,
    swap_two_balances,
    lose_what_a_payment_paid,
    store_an_unreadable_amount,
)


def stale(copied: Copied) -> Named:
    """Money is untouched, so only the deep check can see it."""
    (*_, id) = copied.ids(PAID)
    copied.store("Invoice", id, lambda found: found.update(PrivateNote="an older note"))
    return "Invoice", id


def named(evidence: Evidence) -> set[Named]:
    """What would be read again."""
    return {(entity, id) for entity, ids in evidence.to_heal.items() for id in ids}


def test_an_untouched_copy_is_exactly_1_and_costs_what_the_plan_says(copied):
    counters = copied.installation.server.counters
    before = counters.total
    evidence = copied.gather(deep=True)
    assert counters.total - before == sum(cost.calls for cost in plan(copied.counts, deep=True))
    assert not evidence.differences and not evidence.unanswered and not evidence.needs_healing
    assert (evidence.worst.accuracy, evidence.pooled) == (1.0, 1.0)
    assert {row.method for row in evidence.accuracy if row.source_count} == {"content"}
    assert all(row.money_accuracy in (1.0, None) for row in evidence.accuracy)


def test_a_quiet_nights_checks_cost_two_calls(copied):
    counters = copied.installation.server.counters
    before = counters.total
    copied.gather()
    assert counters.total - before == 2


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_named_without_a_deep_check(copied, damage):
    culprit = damage(copied)
    evidence = copied.gather()
    assert any(row.is_error for row in evidence.differences)
    assert culprit in named(evidence)


def test_a_lost_row_lowers_the_accuracy_of_its_entity(copied):
    _, id = drop_an_open_row(copied)
    evidence = copied.gather()
    assert (evidence.worst.entity, evidence.worst.missing) == ("Invoice", 1)
    assert evidence.worst.accuracy == 1 - 1 / copied.counts["Invoice"]
    assert evidence.worst.accuracy < evidence.pooled < 1


def test_a_stale_row_is_found_by_the_deep_check(copied):
    culprit = stale(copied)
    assert not copied.gather().differences
    evidence = copied.gather(deep=True)
    assert culprit in named(evidence)
    assert [(row.column, row.state) for row in evidence.differences] == [("PrivateNote", "warning")]


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
    evidence = living.gather()
    assert {row.state for row in evidence.differences} == {"in_flight"}
    assert ("Invoice", new["Id"]) in named(evidence)
    with living.warehouse() as connection:
        assert judge(connection, {REALM: evidence})[REALM].passed
    living.heal(evidence)
    assert not living.gather().differences


def test_the_same_edit_an_hour_before_the_checks_is_an_error(living):
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
    with living.warehouse() as connection:
        verdict = judge(connection, {REALM: evidence})[REALM]
    assert not verdict.passed
    assert any(
        error.startswith("aged_receivables: a customer's aging bucket differs") for error in verdict.errors
    )


def test_a_refused_report_stops_publishing_and_says_why(copied):
    client = copied.installation.client(REALM)

    class Refusing:
        query, batch = client.query, client.batch

        def report(self, name: str, **params: str) -> dict[str, Any]:
            raise UnreadableReport(f"Report {name} came back as a sonnet.")

    with copied.warehouse() as connection:
        evidence = gather(
            connection, REALM, Refusing(), run_id="night", as_of=date(2026, 11, 20), counts=copied.counts
        )
        verdict = judge(connection, {REALM: evidence})[REALM]
    assert not verdict.passed
    assert verdict.errors[0] == "Report AgedReceivables came back as a sonnet."


def test_without_quickbooks_the_books_are_compared_with_themselves(copied):
    with copied.warehouse() as connection:
        evidence = gather(connection, REALM, None, run_id="check", as_of=date(2026, 11, 20))
        verdict = judge(connection, {REALM: evidence})[REALM]
    assert (verdict.passed, verdict.accuracy) == (True, None)
    assert verdict.warnings == ("questions: QuickBooks was not asked at all (1)",)


def test_counts_are_asked_where_the_nights_are_not_given(copied):
    with copied.warehouse() as connection:
        client = copied.installation.client(REALM)
        evidence = gather(connection, REALM, client, run_id="check", as_of=date(2026, 11, 20))
    assert {row.entity: row.source_count for row in evidence.accuracy} == copied.counts
    assert (client.calls.total, sum(cost.calls for cost in plan())) == (4, 4)


def test_all_damage_is_healed_by_reading_again_and_the_verdict_says_so(copied, tmp_path):
    """Fails first, passes after, and both are kept; only then may the company be published."""
    culprits = {damage(copied) for damage in (*DAMAGE[:6], stale)}
    first = copied.gather(deep=True)
    with copied.warehouse() as connection:
        refused = judge(connection, {REALM: first})[REALM]
    assert not refused.passed and refused.errors and refused.accuracy < 1
    copied.heal(first)
    second = copied.gather(deep=True)
    assert not second.differences
    with copied.warehouse() as connection:
        verdict = judge(connection, {REALM: second}, before={REALM: first}, reports_folder=tmp_path)[REALM]
        states = connection.execute("select distinct state from checks.differences").fetchall()
        accuracy = connection.execute("select min(accuracy) from checks.accuracy").fetchall()
    assert (verdict.passed, verdict.errors, verdict.warnings) == (True, (), ())
    assert culprits <= {(row.entity, row.id) for row in verdict.healed}
    assert (states, accuracy) == ([("healed",)], [(1.0,)])
    page = (tmp_path / "checks.html").read_text()
    assert "All checks passed" in page and "://" not in page
    assert (tmp_path / "data_docs" / "index.html").exists()
