"""Great Expectations, imported in one place: it takes three seconds, so only judging imports this module."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports sre_constants, deprecated since 3.11
    import great_expectations as gx
    import great_expectations.expectations as gxe
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.metadata_types import FailureSeverity

SITE = "quickduck"

__all__ = ["SITE", "EphemeralDataContext", "FailureSeverity", "context", "gx", "gxe"]


def context(docs: Path | None) -> EphemeralDataContext:
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
