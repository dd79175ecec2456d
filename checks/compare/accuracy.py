"""Sync accuracy per entity: counts every night, ids where a count disagrees, every field when asked to go deep."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.compare import sweep
from checks.compare.sweep import Sweep
from checks.evidence import Accuracy, Evidence
from checks.ours.raw_copy import Fingerprint
from checks.theirs.questions import Questions
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity, Kind
from pipelines.quickbooks.errors import QuickBooksFault

Compare = Callable[[DuckDBPyConnection, Questions, str, Entity, DateTime | None], Sweep]


def by_ids_where_counts_disagree(
    connection: DuckDBPyConnection,
    questions: Questions,
    evidence: Evidence,
    counts: Mapping[str, int],
    fingerprints: Mapping[str, Fingerprint],
) -> None:
    """Numbers of rows; where they disagree, ids, at one call per thousand."""
    for name, count in counts.items():
        accuracy = _counted(BY_NAME[name], count, fingerprints[name].objects)
        if accuracy.source_count != accuracy.warehouse_count:
            swept = _swept(connection, questions, evidence, accuracy, sweep.ids)
        else:
            swept = accuracy
        if swept:
            evidence.accuracy.append(swept)


def by_content(
    connection: DuckDBPyConnection,
    questions: Questions,
    evidence: Evidence,
    counts: Mapping[str, int],
    fingerprints: Mapping[str, Fingerprint],
) -> None:
    """Every id, sync token and field of every entity with rows, at one call per thousand."""
    for entity in CATALOGUE:
        accuracy = _counted(entity, counts.get(entity.name, 0), fingerprints[entity.name].objects)
        if accuracy.source_count or accuracy.warehouse_count:
            if swept := _swept(connection, questions, evidence, accuracy, sweep.contents):
                evidence.accuracy.append(swept)
        elif entity.name in counts:
            evidence.accuracy.append(accuracy)


def _counted(entity: Entity, source: int, copy: int) -> Accuracy:
    if entity.kind is Kind.SINGLETON:
        source = copy
    return Accuracy(
        entity.name, "count", source, copy, missing=max(0, source - copy), phantom=max(0, copy - source)
    )


def _swept(
    connection: DuckDBPyConnection,
    questions: Questions,
    evidence: Evidence,
    accuracy: Accuracy,
    compare: Compare,
) -> Accuracy | None:
    """The accuracy after comparing row by row, differences and suspects noted; as it was where QuickBooks refuses.

    None for an entity that the company's plan no longer has: what was read of it stays, and nobody can prove it.
    """
    entity = BY_NAME[accuracy.entity]
    with questions.refusals_noted():
        try:
            swept = compare(connection, questions, evidence.realm_id, entity, evidence.cutoff)
        except QuickBooksFault as fault:
            if fault.is_not_offered and not entity.is_in_every_plan:
                return None
            raise
        evidence.differences += swept.differences
        evidence.suspects += swept.suspects
        accuracy = swept.accuracy
    return accuracy
