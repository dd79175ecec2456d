"""quickduck in Airflow 3: the nightly run, and the dlt source alone into a warehouse of your own.

Copy it into the folder of DAGs. The worker needs the checkout, its data folder on a disk that stays, and the
variables of docs/dlt.md in its environment. The run is a process of the checkout's own environment, not
`quickduck.run()` in the task: Airflow pins packages that quickduck needs in other versions.
"""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

CHECKOUT = "/opt/quickduck"
RUN = [f"{CHECKOUT}/.venv/bin/quickduck", "run", "--trigger", "schedule"]
MAY_PASS = 1
"""The exit code that another try may mend; failed checks, a sign-in and wrong usage want a person."""


@dag(
    schedule="17 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=30)},
)
def quickduck_night() -> None:
    """Extract, transform, check and publish; the file people open changes only when the checks passed."""

    @task
    def run() -> None:
        code = subprocess.run(RUN, cwd=CHECKOUT).returncode
        if code not in (0, MAY_PASS):
            raise AirflowFailException(f"quickduck ended with exit code {code}; its log says why")
        if code:
            raise RuntimeError("quickduck failed; its log says why")

    run()


@dag(
    schedule="17 4 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
)
def quickbooks_elsewhere() -> None:
    """Versions as sent, by dlt, into whatever destination dlt knows; needs quickduck in Airflow's environment."""

    @task
    def load() -> str:
        import dlt

        import quickduck

        pipeline = dlt.pipeline("quickbooks", destination="filesystem", dataset_name="books")
        return str(pipeline.run(quickduck.source(), loader_file_format="parquet"))

    load()


quickduck_night()
quickbooks_elsewhere()
