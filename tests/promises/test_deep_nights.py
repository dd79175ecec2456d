"""Nights on which every object is compared: a week after the last one, and when asked."""

from __future__ import annotations

import duckdb

from checks.collect.plan import plan
from pipelines.workspace.exits import Exit
from tests.support.harness import Installation


def methods(installation: Installation, realm_id: str) -> list[tuple[object, ...]]:
    """How each run compared, the first run first."""
    with duckdb.connect(str(installation.home.analytics), read_only=True) as connection:
        return connection.execute(
            """select bool_or(method = 'content'), min(accuracy) from checks.accuracy
            where realm_id = ? group by run_id order by run_id""",
            [realm_id],
        ).fetchall()


def calls(installation: Installation) -> int:
    assert installation.last and installation.last.outcomes[0].company
    return installation.last.outcomes[0].company.client.calls.total


def test_a_run_goes_deep_once_a_week(copied: Installation) -> None:
    """A run goes deep a week after the first check and not the next day, and `--no-deep` puts it off."""
    first, _ = copied.realm_ids
    books = copied.server.world.companies[first]
    books.clock.advance(days=6)
    assert copied.night(first) is Exit.PUBLISHED, copied.findings()
    books.clock.advance(days=1)
    assert copied.night(first, deep=False) is Exit.PUBLISHED, copied.findings()
    assert copied.night(first) is Exit.PUBLISHED, copied.findings()
    books.clock.advance(days=1)
    assert copied.night(first) is Exit.PUBLISHED, copied.findings()
    assert methods(copied, first) == [(deep, 1.0) for deep in (False, False, False, True, False)]


def test_a_deep_night_costs_what_the_plan_says(copied: Installation) -> None:
    """A deep night costs the calls of its plan, one CDC request and two batches of counts."""
    first, _ = copied.realm_ids
    assert copied.night(first, deep=True) is Exit.PUBLISHED, copied.findings()
    with copied.warehouse() as connection:
        counts = dict(
            connection.execute(
                "select entity, live_rows from ops.sync_status where realm_id = ?", [first]
            ).fetchall()
        )
        months = connection.execute(
            """select count(distinct month) > 12, min(money_accuracy), sum(amount_diff) + sum(balance_diff)
            from checks.money where entity = 'Invoice'"""
        ).fetchall()
    assert calls(copied) == 3 + sum(cost.calls for cost in plan(counts, deep=True))
    assert months == [(True, 1.0, 0)]


def test_a_check_alone_goes_deep_only_when_asked(copied: Installation) -> None:
    """A check alone does not go deep, even thirty days after the first."""
    first, _ = copied.realm_ids
    copied.server.world.companies[first].clock.advance(days=30)
    assert copied.night(first, steps=["extract", "transform"]) is Exit.PUBLISHED, copied.findings()
    before = calls(copied)
    assert copied.night(first, steps=["check"]) is Exit.PUBLISHED, copied.findings()
    assert before and calls(copied) == 4
