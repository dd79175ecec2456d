"""What the checks of one company cost in calls, before any is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pendulum
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.collect.registry import CHECKS, When
from pipelines.base.sqltext import tables

DAYS_BETWEEN_DEEP_CHECKS = 7


@dataclass(frozen=True)
class Cost:
    """One check: what it compares and how many HTTP requests it takes when nothing differs."""

    check: str
    compares: str
    calls: int


def plan(counts: Mapping[str, int] | None = None, *, deep: bool = False) -> list[Cost]:
    """The checks of one pass: those of each night in the order they are made, then the deep ones, the dearest first.

    `counts`, by entity, are the night's; without them they are asked first. What differs costs more:
    one call for the aging detail, one per thousand ids of an entity whose count disagrees, and the second pass.
    """
    costs = {check: Cost(check.name, check.compares, check.calls.number(counts)) for check in CHECKS}
    nightly = [cost for check, cost in costs.items() if check.when is not When.DEEP]
    dear = [cost for check, cost in costs.items() if check.when is When.DEEP]
    return [*nightly, *(sorted(dear, key=lambda cost: -cost.calls) if deep else ())]


def next_deep(connection: DuckDBPyConnection, realm_id: str) -> DateTime | None:
    """When a run goes deep by itself: a week after it last did, or else after the first check; None before any."""
    if "accuracy" not in tables(connection, "checks"):
        return None
    ((first, last),) = connection.execute(
        """select min(cutoff_at), max(cutoff_at) filter (method = 'content')
        from checks.accuracy where realm_id = ?""",
        [realm_id],
    ).fetchall()
    since = last or first
    return pendulum.instance(since).add(days=DAYS_BETWEEN_DEEP_CHECKS) if since else None


def deep_is_due(connection: DuckDBPyConnection, realm_id: str, now: DateTime) -> bool:
    """`now` is the server's clock, as the cut-offs are."""
    due = next_deep(connection, realm_id)
    return due is not None and now >= due
