"""quickduck in Dagster: the published file as an asset, with its verdict as metadata.

`dagster dev -f dagster_job.py` shows it. Dagster's environment needs quickduck installed and the variables of
docs/dlt.md, the machine a data folder on a disk that stays. A step is a process of its own already, so that the run
may be carried out in it.
"""

from __future__ import annotations

import dagster as dg

import quickduck

HOME = "/var/lib/quickduck"
MAY_PASS = 1
"""The exit code that another try may mend; failed checks, a sign-in and wrong usage want a person."""


def failure(exit_code: int, why: str) -> dg.Failure:
    """What stops the asset, and is tried again where that may help."""
    return dg.Failure(
        f"quickduck ended with exit code {exit_code}: {why}", allow_retries=exit_code == MAY_PASS
    )


@dg.asset(
    description="analytics.duckdb: staging, core, marts, checks and ops of every company whose checks passed.",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=1800),
    kinds={"duckdb"},
)
def published_books(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    try:
        result = quickduck.run(HOME, trigger="schedule", say=context.log.info)
    except Exception as error:
        raise failure(quickduck.exit_of(error), str(error)) from error
    if result.exit_code:
        raise failure(result.exit_code, " ".join(result.reasons.values()))
    return dg.MaterializeResult(
        metadata={
            "file": dg.MetadataValue.path(result.published_file),
            "accuracy": min(company.accuracy for company in result.companies),
            "versions": sum(company.versions for company in result.companies),
            "calls": sum(company.calls for company in result.companies),
        }
    )


every_night = dg.ScheduleDefinition(
    name="every_night", target=dg.AssetSelection.assets(published_books), cron_schedule="17 3 * * *"
)

defs = dg.Definitions(assets=[published_books], schedules=[every_night])
