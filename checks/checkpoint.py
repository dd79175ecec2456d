"""The checkpoint of one company: its result alone opens or closes publishing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from checks.frames import Frame
from checks.gx import EphemeralDataContext, gx


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


def run(context: EphemeralDataContext, realm_id: str, frames: Sequence[Frame]) -> Judgement:
    """Validates every frame in one checkpoint; only expectations of severity critical close publishing."""
    source: Any = context.data_sources.add_pandas(f"company {realm_id}")  # its stubs lack dtype_backend
    definitions = []
    for frame in frames:
        asset = source.add_parquet_asset(
            str(frame.suite.name), path=frame.path, dtype_backend="numpy_nullable"
        )
        definitions.append(
            context.validation_definitions.add(
                gx.ValidationDefinition(
                    name=f"{frame.suite.name} of {realm_id}",
                    data=asset.add_batch_definition_whole_dataframe("tonight"),
                    suite=context.suites.add_or_update(frame.suite),
                )
            )
        )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name=f"publish {realm_id}",
            validation_definitions=definitions,
            result_format={"result_format": "SUMMARY"},
        )
    )
    outcome = checkpoint.run()
    passed = all(_publishable(validation) for validation in outcome.run_results.values())
    results = tuple(
        result
        for definition, validation in zip(definitions, outcome.run_results.values(), strict=True)
        for result in _results(definition.suite.name, validation)
    )
    return Judgement(passed, results)


def _publishable(validation: Any) -> bool:
    worst = validation.get_max_severity_failure()
    return bool(validation.success or (worst is not None and worst.value != "critical"))


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
