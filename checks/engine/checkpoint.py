"""The checkpoint: its result alone opens or closes publishing, company by company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checks.engine import counts
from checks.engine.conditions import mentioned
from checks.engine.counts import Counted
from checks.engine.frames import Frame
from checks.engine.gx import Added, EphemeralDataContext, gx


@dataclass(frozen=True)
class Result:
    """What became of one expectation; `observed` and `unexpected_count` as Great Expectations tells them."""

    suite: str
    expectation: str
    column: str
    severity: str
    passed: bool
    description: str
    observed: str = ""
    unexpected_count: int | None = None

    @property
    def is_error(self) -> bool:
        return not self.passed and self.severity == "critical"


@dataclass(frozen=True)
class Judgement:
    """The verdict and every result behind it."""

    passed: bool
    results: tuple[Result, ...]


def run(context: EphemeralDataContext, companies: Mapping[str, Sequence[Counted]]) -> dict[str, Judgement]:
    """Validates every suite once, on the counts of all companies; only what is critical closes publishing."""
    source: Any = context.data_sources.add_pandas("warehouse")
    batch = source.add_dataframe_asset("counts").add_batch_definition_whole_dataframe("tonight")
    suites = {str(one.suite.name): one.suite for counted in companies.values() for one in counted}
    definitions = [_definition(context, name, batch, counts.suite(suite)) for name, suite in suites.items()]
    outcome = _checkpoint("publish", definitions).run(batch_parameters={"dataframe": counts.frame(companies)})
    validations = dict(zip(suites, outcome.run_results.values(), strict=True))
    judged = {
        realm_id: tuple(
            result
            for one in counted
            for result in _counted(realm_id, one.suite, validations[str(one.suite.name)])
        )
        for realm_id, counted in companies.items()
    }
    return {
        realm_id: Judgement(not any(result.is_error for result in results), results)
        for realm_id, results in judged.items()
    }


def seen(
    context: EphemeralDataContext, realm_id: str, judgement: Judgement, frames: Sequence[Frame]
) -> Judgement:
    """The same judgement, telling which values were against it: suites that failed, validated on their rows."""
    found = {(one.suite, one.description): one for one in validated(context, realm_id, frames)}
    results = tuple(
        replace(one, observed=other.observed, unexpected_count=other.unexpected_count)
        if not one.passed and (other := found.get((one.suite, one.description)))
        else one
        for one in judgement.results
    )
    return replace(judgement, results=results)


def validated(context: EphemeralDataContext, realm_id: str, frames: Sequence[Frame]) -> list[Result]:
    """What Great Expectations itself finds in rows of one company."""
    if not frames:
        return []
    source: Any = context.data_sources.add_pandas(f"company {realm_id}")  # its stubs lack dtype_backend
    definitions = []
    for frame in frames:
        asset = source.add_parquet_asset(
            str(frame.suite.name), path=frame.path, dtype_backend="numpy_nullable"
        )
        batch = asset.add_batch_definition_whole_dataframe("tonight")
        definitions.append(_definition(context, f"{frame.suite.name} of {realm_id}", batch, frame.suite))
    outcome = _checkpoint(f"rows of {realm_id}", definitions).run()
    return [
        result
        for definition, validation in zip(definitions, outcome.run_results.values(), strict=True)
        for result in _results(str(definition.suite.name), validation)
    ]


def _definition(context: EphemeralDataContext, name: str, batch: Any, suite: gx.ExpectationSuite) -> Added:
    definition = Added(name=name, data=batch, suite=context.suites.add_or_update(suite))
    context.validation_definitions.add(definition)
    return definition


def _checkpoint(name: str, definitions: Sequence[Added]) -> gx.Checkpoint:
    """Running it adds it to the context; adding it beforehand would make copies of its definitions."""
    return gx.Checkpoint(
        name=name, validation_definitions=list(definitions), result_format={"result_format": "SUMMARY"}
    )


def _counted(realm_id: str, suite: gx.ExpectationSuite, validation: Any) -> Iterator[Result]:
    """What the counts of one company say; an expectation that could not be checked has failed for all."""
    by_sentence = {one.expectation_config.description: one for one in validation.results}
    for expectation in suite.expectations:
        one = by_sentence[expectation.description]
        count = (one.result or {}).get("observed_value", {}).get(realm_id)
        yield Result(
            suite=str(suite.name),
            expectation=expectation.configuration.type,
            column=", ".join(mentioned(expectation)),
            severity=one.expectation_config.severity.value,
            passed=count == 0,
            description=expectation.description or "",
            observed="" if count == 0 else _observed(one, {"observed_value": count}),
            unexpected_count=count,
        )


def _results(suite: str, validation: Any) -> Iterator[Result]:
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
