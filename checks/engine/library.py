"""The names of Great Expectations that the engine uses, and how it is set up: in memory, silent, without analytics."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports sre_constants, deprecated since 3.11
    import great_expectations as gx
    from great_expectations.checkpoint.checkpoint import Checkpoint
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.freshness_diagnostics import ValidationDefinitionFreshnessDiagnostics
    from great_expectations.core.metric_domain_types import MetricDomainTypes
    from great_expectations.core.validation_definition import ValidationDefinition
    from great_expectations.data_context import EphemeralDataContext as Context
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations import core as gxe
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.expectation import Expectation as LibraryExpectation
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
    from great_expectations.validator.metric_configuration import MetricConfiguration
    from great_expectations.validator.validator import ValidationDependencies

SITE = "quickduck"

__all__ = [
    "SITE", "Added", "BatchExpectation", "Checkpoint", "Context", "ExpectationSuite", "FailureSeverity",
    "LibraryExpectation", "MetricConfiguration", "MetricDomainTypes", "PandasExecutionEngine",
    "TableMetricProvider", "ValidationDependencies", "context", "gxe", "metric_value",
]  # fmt: skip


class Added(ValidationDefinition):
    """A validation definition that is run right after it was added to its context.

    Great Expectations compares it with its stored copy, suite and all, four times a run, which takes longer than
    validating; in a context in memory nobody else can have changed it.
    """

    def is_fresh(self) -> ValidationDefinitionFreshnessDiagnostics:
        return ValidationDefinitionFreshnessDiagnostics(errors=[])


def context(docs: Path | None) -> Context:
    """A context in memory, silent and without analytics, whose Data Docs go to `docs`."""
    made = gx.get_context(mode="ephemeral")
    made.enable_analytics(False)
    made.variables.progress_bars = ProgressBarsConfig(globally=False)
    made.delete_data_docs_site("local_site")
    if docs:
        made.add_data_docs_site(
            SITE,
            {
                "class_name": "SiteBuilder",
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(docs),
                },
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            },
        )
    return made
