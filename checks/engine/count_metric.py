"""A metric and an expectation that let Great Expectations judge what SQL has counted, for every company at once.

Its own way, a frame and a validation per table and company, takes 20 ms for each expectation: five seconds a company
for tables that hold, as they do on most nights. DuckDB counts all of them in a tenth of that, and here one frame of
counts answers every suite. Where a count is not 0, `frames` has the suite validated on the rows themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from checks.engine.library import (
    BatchExpectation,
    ExpectationSuite,
    FailureSeverity,
    MetricConfiguration,
    MetricDomainTypes,
    PandasExecutionEngine,
    TableMetricProvider,
    ValidationDependencies,
    metric_value,
)
from checks.suites.counts import Counts
from checks.suites.expectations import Suite


def frame(companies: Mapping[str, Sequence[Counts]]) -> pd.DataFrame:
    """A row per company and expectation: long, for of a wide frame Great Expectations hashes every column.

    Plain objects: they are read once per suite, and pandas takes ten times as long to give back its own strings.
    """
    rows = [
        (_name(one.table.suite, position), realm_id, count)
        for realm_id, counts in companies.items()
        for one in counts
        for position, count in enumerate(one.counts)
    ]
    return pd.DataFrame(rows, columns=["expectation", "realm_id", "count"], dtype=object)


def suite(original: Suite) -> ExpectationSuite:
    """A suite to be read off the frame of counts, with the sentences and severities of `original`."""
    return ExpectationSuite(
        name=original.name,
        expectations=[
            ExpectNoRowAgainst(
                rule=one.name,
                counted_as=_name(original, position),
                description=one.description,
                severity=FailureSeverity(one.severity),
            )
            for position, one in enumerate(original.expectations)
        ],
    )


class TableCounts(TableMetricProvider):
    """The counts by expectation and company, fetched once for a whole suite."""

    metric_name = "table.counts"

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls, execution_engine: PandasExecutionEngine, metric_domain_kwargs: dict[str, Any], **kwargs: Any
    ) -> dict[str, dict[str, int]]:
        rows = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)[0]
        counts: dict[str, dict[str, int]] = {}
        columns = (rows[name].tolist() for name in ("expectation", "realm_id", "count"))
        for expectation, realm_id, count in zip(*columns, strict=True):
            counts.setdefault(expectation, {})[realm_id] = count
        return counts


class ExpectNoRowAgainst(BatchExpectation):
    """No row of any company breaks `rule`; `counted_as` is its name in the frame of counts.

    Says the counts by company, so that one company's rows stop that company alone.
    """

    rule: str
    counted_as: str

    success_keys = ("rule", "counted_as")

    def get_validation_dependencies(
        self,
        execution_engine: Any = None,  # whatever the base class, which is not typed, is called with
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        """One metric; what it inherits asks for the expectation's configuration fifty times over."""
        return ValidationDependencies(
            metric_configurations={"counts": MetricConfiguration("table.counts", metric_domain_kwargs={})},
            result_format=(runtime_configuration or {}).get("result_format", {}),
        )

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        counts = metrics["counts"][self.counted_as]
        return {"success": not any(counts.values()), "result": {"observed_value": counts}}


def _name(suite: Suite, position: int) -> str:
    return f"{suite.name} {position}"
