"""The verdict: evidence and tables judged by Great Expectations, kept in the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from checks.evidence import Evidence
from checks.rules import drift
from checks.verdict import results
from checks.verdict.verdict import Verdict, verdict_of

if TYPE_CHECKING:
    from checks.engine.gx import EphemeralDataContext


def judge(
    connection: DuckDBPyConnection,
    evidence: Mapping[str, Evidence],
    *,
    before: Mapping[str, Evidence] | None = None,
    docs_folder: Path | None = None,
) -> dict[str, Verdict]:
    """A verdict per company, out of its evidence and its published tables as they stand in the warehouse.

    `before` is the evidence of the first pass, where suspects were read again since: what it names and
    `evidence` does not is healed. With `docs_folder`, Great Expectations' Data Docs are written there.
    """
    from checks.engine import gx  # Great Expectations takes three seconds to import

    results.create(connection)
    context = gx.context(docs_folder)
    evidence = {realm_id: _with_drift(connection, found) for realm_id, found in evidence.items()}
    verdicts = _verdicts(connection, context, evidence, before or {})
    if docs_folder:
        docs_folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rmtree(docs_folder, ignore_errors=True)
        context.build_data_docs(site_names=[gx.SITE])
    return verdicts


def _with_drift(connection: DuckDBPyConnection, found: Evidence) -> Evidence:
    """Once per run, however often it gathered: what was seen is no news the next time."""
    return replace(found, tie_outs=[*found.tie_outs, drift.check(connection, found.realm_id)])


def _verdicts(
    connection: DuckDBPyConnection,
    context: EphemeralDataContext,
    evidence: Mapping[str, Evidence],
    before: Mapping[str, Evidence],
) -> dict[str, Verdict]:
    from checks.engine import checkpoint
    from checks.suites import tables
    from checks.suites.prepare import prepare

    if not evidence:
        return {}
    suites = tables.suites()
    prepared = {realm_id: prepare(connection, suites, found) for realm_id, found in evidence.items()}
    judgements = checkpoint.run(
        context, {realm_id: one.counted(connection) for realm_id, one in prepared.items()}
    )
    verdicts = {}
    for realm_id, found in evidence.items():
        failed = {result.suite for result in judgements[realm_id].results if not result.passed}
        with TemporaryDirectory(prefix="quickduck-") as folder:
            frames = prepared[realm_id].frames(connection, failed, Path(folder)) if failed else []
            judgement = checkpoint.seen(context, realm_id, judgements[realm_id], frames)
        named = prepared[realm_id].offenders(connection, judgement.results)
        verdict = verdicts[realm_id] = verdict_of(found, judgement, named, before.get(realm_id))
        results.append(
            connection, found, verdict.results, verdict.differences, verdict.healed, verdict.beside
        )
    return verdicts
