"""quickduck in Dagster: the published file as an asset, with its verdict as metadata.

`dagster dev -f dagster_job.py` shows it. The machine that runs it needs the checkout and its data folder.
"""

from __future__ import annotations

import json
import subprocess

import dagster as dg

CHECKOUT = "/opt/quickduck"
RUN = [f"{CHECKOUT}/.venv/bin/quickduck", "run", "--trigger", "schedule", "--json"]
MAY_PASS = 1
"""The exit code that another try may mend; failed checks, a sign-in and wrong usage want a person."""


@dg.asset(
    description="analytics.duckdb: staging, core, marts, checks and ops of every company whose checks passed.",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=1800),
    kinds={"duckdb"},
)
def published_books() -> dg.MaterializeResult:
    done = subprocess.run(RUN, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise dg.Failure(
            f"quickduck ended with exit code {done.returncode}; its log says why",
            allow_retries=done.returncode == MAY_PASS,
        )
    told = json.loads(done.stdout)
    return dg.MaterializeResult(
        metadata={
            "file": dg.MetadataValue.path(told["published_file"]),
            "accuracy": min(company["accuracy"] for company in told["companies"]),
            "versions": sum(company["versions"] for company in told["companies"]),
            "calls": sum(company["calls"] for company in told["companies"]),
        }
    )


every_night = dg.ScheduleDefinition(
    name="every_night", target=dg.AssetSelection.assets(published_books), cron_schedule="17 3 * * *"
)

defs = dg.Definitions(assets=[published_books], schedules=[every_night])
