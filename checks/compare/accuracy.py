"""Sync accuracy per entity: counts every night, ids where a count disagrees, every field when asked to go deep."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from duckdb import DuckDBPyConnection

from checks.collect.questions import Questions
from checks.compare import sweep
from checks.compare.sweep import Sweep
from checks.evidence import Accuracy, Evidence
from checks.ours.raw_copy import Fingerprint
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity, Kind

Compare = Callable[..., Sweep]


def by_ids_where_counts_disagree(
    connection: DuckDBPyConnection,
    questions: Questions,
    found: Evidence,
    counts: Mapping[str, int],
    ours: Mapping[str, Fingerprint],
) -> None:
    """Numbers of rows; where they disagree, ids, at one call per thousand."""
    for name, many in counts.items():
        counted = _counted(BY_NAME[name], many, ours[name].objects)
        agrees = counted.source_count == counted.warehouse_count
        found.accuracy.append(
            counted if agrees else _swept(connection, questions, found, counted, sweep.ids) or counted
        )


def by_content(
    connection: DuckDBPyConnection,
    questions: Questions,
    found: Evidence,
    counts: Mapping[str, int],
    ours: Mapping[str, Fingerprint],
) -> None:
    """Every id, sync token and field of every entity with rows, at one call per thousand."""
    for entity in CATALOGUE:
        counted = _counted(entity, counts.get(entity.name, 0), ours[entity.name].objects)
        if counted.source_count or counted.warehouse_count:
            found.accuracy.append(_swept(connection, questions, found, counted, sweep.contents) or counted)
        elif entity.name in counts:
            found.accuracy.append(counted)


def _counted(entity: Entity, source: int, ours: int) -> Accuracy:
    if entity.kind is Kind.SINGLETON:
        source = ours
    return Accuracy(
        entity.name, "count", source, ours, missing=max(0, source - ours), phantom=max(0, ours - source)
    )


def _swept(
    connection: DuckDBPyConnection, questions: Questions, found: Evidence, counted: Accuracy, compare: Compare
) -> Accuracy | None:
    """The accuracy after comparing row by row, differences and suspects noted; None where QuickBooks refuses."""
    entity = BY_NAME[counted.entity]
    swept = questions.understood(
        lambda: compare(connection, questions.client, found.realm_id, entity, found.cutoff)
    )
    if swept is None:
        return None
    found.differences += swept.differences
    found.suspects += swept.suspects
    return swept.accuracy
