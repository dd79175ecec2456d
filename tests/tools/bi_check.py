"""Reads the published file with the DuckDB versions that BI tools bring: `make bi-check`.

Each is installed into a throw-away environment, so this needs a package index, as no test may.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.workspace.home import Home
from tests.support import bi_client

CLIENTS = ("duckdb==1.2.*", "duckdb==1.5.*")


def check(file: Path, client: str) -> str:
    """What this client saw, in a line. Raises SystemExit when it differs from what DuckDB 2 sees."""
    with TemporaryDirectory(prefix="quickduck-bi-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin/python"
        packages = [client, "polars", "pytz"]
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True
        )
        script = [python, Path(bi_client.__file__), file, "--polars"]
        done = subprocess.run(script, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{client} cannot read {file}: {done.stderr.strip().splitlines()[-1]}")
    theirs, ours = json.loads(done.stdout), bi_client.seen(file, parquet=False)
    parquet = theirs.pop("parquet")
    marts = {name: rows for name, rows in theirs["rows"].items() if name.startswith("marts.")}
    if theirs != ours or parquet != marts:
        sys.exit(f"{client} sees other figures in {file}: {theirs} and {parquet}, not {ours}")
    return f"{client}: {len(theirs['rows'])} tables, 2 macros, {len(parquet)} Parquet files read alike"


if __name__ == "__main__":
    published = Home(make=False).analytics
    if not published.exists():
        sys.exit(f"{published} is not there; `quickduck run` publishes it.")
    for client in CLIENTS:
        print(check(published, client), flush=True)
