"""What the checks of one company cost in calls, before any is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import pendulum
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import CATALOGUE, Kind
from pipelines.quickbooks.statements import BATCH, MOST_OBJECTS

DAYS_BETWEEN_DEEP_CHECKS = 7


@dataclass(frozen=True)
class Cost:
    """One check: what it compares and how many HTTP requests it takes when nothing differs."""

    check: str
    compares: str
    calls: int


def plan(counts: Mapping[str, int] | None = None, *, deep: bool = False) -> list[Cost]:
    """The checks of one pass, in the order they are made.

    `counts`, by entity, are the night's; without them they are asked first. What differs costs more:
    one call for the aging detail, one per thousand ids of an entity whose count disagrees, and the second pass.
    """
    counted = [entity for entity in CATALOGUE if entity.kind is not Kind.SINGLETON]
    found = [
        Cost("staged", "staging with what was read", 0),
        Cost("identities", "the books with themselves", 0),
        Cost("oddities", "what an accountant would look at", 0),
        Cost("schema_drift", "fields with those seen before", 0),
        Cost("card_numbers", "text fields with card numbers", 0),
        Cost("accounts_receivable", "open documents with A/R accounts and customer balances", 0),
        Cost("aged_receivables", "aging per customer and bucket with AgedReceivables", 1),
        Cost("trial_balance", "receivables in total with TrialBalance", 1),
    ]
    batches = 0 if counts is not None else ceil(len(counted) / BATCH)
    found.append(Cost("sync_accuracy", "numbers of objects per entity", batches))
    if deep:
        known = counts or {}
        pages = sum(known[one.name] // MOST_OBJECTS + 1 for one in counted if known.get(one.name))
        singletons = len(CATALOGUE) - len(counted)
        found += [
            Cost("content", "every id, sync token and field", pages + singletons),
            Cost("aged_receivable_detail", "open documents with AgedReceivableDetail", 1),
            Cost("customer_balance", "customer balances with CustomerBalance", 1),
            Cost("profit_and_loss", "income with ProfitAndLoss", 1),
        ]
    return found


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
