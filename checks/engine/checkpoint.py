"""The checkpoint: Great Expectations validates what SQL counted, and of what failed the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

from duckdb import DuckDBPyConnection

from checks.engine import count_metric, frames
from checks.engine.frames import Frame
from checks.engine.library import SITE, Added, Checkpoint, Context, ExpectationSuite, context
from checks.suites.counts import Counts, Result, counted
from checks.suites.expectations import Suite
from checks.suites.tables import Table


def results(
    connection: DuckDBPyConnection, companies: Mapping[str, Sequence[Table]], docs_folder: Path | None = None
) -> dict[str, list[Result]]:
    """What became of every expectation, by company; with `docs_folder`, the Data Docs are written there anew."""
    library = context(docs_folder)
    counts = counted(connection, companies)
    validated = {
        realm_id: _with_values(connection, library, realm_id, counts[realm_id], listed)
        for realm_id, listed in (on_counts(library, counts).items() if counts else ())
    }
    if docs_folder:
        docs_folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rmtree(docs_folder, ignore_errors=True)
        library.build_data_docs(site_names=[SITE])
    return validated


def on_counts(library: Context, companies: Mapping[str, Sequence[Counts]]) -> dict[str, list[Result]]:
    """Every suite validated once, on the counts of all companies."""
    source: Any = library.data_sources.add_pandas("warehouse")  # its stubs lack the assets' options
    batch = source.add_dataframe_asset("counts").add_batch_definition_whole_dataframe("tonight")
    suites = {one.table.suite.name: one.table.suite for counts in companies.values() for one in counts}
    definitions = [
        _definition(library, name, batch, count_metric.suite(suite)) for name, suite in suites.items()
    ]
    outcome = _checkpoint("publish", definitions).run(
        batch_parameters={"dataframe": count_metric.frame(companies)}
    )
    validations = dict(zip(suites, outcome.run_results.values(), strict=True))
    return {
        realm_id: [
            result
            for one in counts
            for result in _of_company(realm_id, one.table.suite, validations[one.table.suite.name])
        ]
        for realm_id, counts in companies.items()
    }


def on_rows(library: Context, realm_id: str, listed: Sequence[Frame]) -> list[Result]:
    """What Great Expectations itself finds in rows of one company."""
    if not listed:
        return []
    source: Any = library.data_sources.add_pandas(f"company {realm_id}")  # its stubs lack dtype_backend
    definitions = []
    for frame in listed:
        asset = source.add_parquet_asset(frame.suite.name, path=frame.path, dtype_backend="numpy_nullable")
        batch = asset.add_batch_definition_whole_dataframe("tonight")
        name = f"{frame.suite.name} of {realm_id}"
        definitions.append(_definition(library, name, batch, frames.suite(frame.suite)))
    outcome = _checkpoint(f"rows of {realm_id}", definitions).run()
    return [
        result
        for frame, validation in zip(listed, outcome.run_results.values(), strict=True)
        for result in _of_rows(frame.suite.name, validation)
    ]


def with_values(results: Iterable[Result], on_rows: Iterable[Result]) -> list[Result]:
    """The same results, of what failed with the values that were found in the rows."""
    by_sentence = {(one.suite, one.description): one for one in on_rows}
    return [
        replace(one, observed=seen.observed, unexpected_count=seen.unexpected_count)
        if not one.passed and (seen := by_sentence.get((one.suite, one.description)))
        else one
        for one in results
    ]


def _with_values(
    connection: DuckDBPyConnection,
    library: Context,
    realm_id: str,
    counts: Sequence[Counts],
    results: Sequence[Result],
) -> list[Result]:
    with TemporaryDirectory(prefix="quickduck-") as folder:
        failed = (one.table for one in counts if one.failed)
        written = [frames.frame(connection, table, Path(folder)) for table in failed]
        return with_values(results, on_rows(library, realm_id, [one for one in written if one]))


def _definition(library: Context, name: str, batch: Any, suite: ExpectationSuite) -> Added:
    definition = Added(name=name, data=batch, suite=library.suites.add_or_update(suite))
    library.validation_definitions.add(definition)
    return definition


def _checkpoint(name: str, definitions: Sequence[Added]) -> Checkpoint:
    """Running it adds it to the context; adding it beforehand would make copies of its definitions."""
    return Checkpoint(
        name=name, validation_definitions=list(definitions), result_format={"result_format": "SUMMARY"}
    )


def _of_company(realm_id: str, suite: Suite, validation: Any) -> Iterator[Result]:
    """What the counts of one company say; an expectation that could not be checked has failed for all."""
    by_sentence = {one.expectation_config.description: one for one in validation.results}
    for expectation in suite.expectations:
        one = by_sentence[expectation.description]
        count = (one.result or {}).get("observed_value", {}).get(realm_id)
        yield Result(
            suite=suite.name,
            expectation=expectation.name,
            column=", ".join(expectation.columns),
            severity=one.expectation_config.severity.value,
            passed=count == 0,
            description=expectation.description,
            observed="" if count == 0 else _observed(one, {"observed_value": count}),
            unexpected_count=count,
        )


def _of_rows(suite: str, validation: Any) -> Iterator[Result]:
    for one in validation.results:
        config, result = one.expectation_config, one.result or {}
        columns = [config.kwargs.get(name) for name in ("column", "column_A", "column_B")]
        columns += config.kwargs.get("column_list") or []
        yield Result(
            suite=suite,
            expectation=config.type,
            column=", ".join(column for column in columns if column),
            severity=config.severity.value,
            passed=bool(one.success),
            description=config.description or "",
            observed=_observed(one, result),
            unexpected_count=result.get("unexpected_count"),
        )


def _observed(one: Any, result: dict[str, Any]) -> str:
    """The value seen, the first unexpected ones, or why the expectation could not be checked."""
    if one.exception_info.get("raised_exception"):
        return str(one.exception_info.get("exception_message"))
    nested = [info for info in one.exception_info.values() if isinstance(info, dict)]
    if raised := [str(info.get("exception_message")) for info in nested if info.get("raised_exception")]:
        return raised[0]
    if "observed_value" in result:
        return str(result["observed_value"])
    unexpected = result.get("partial_unexpected_list") or []
    return ", ".join(str(value) for value in unexpected[:5])
