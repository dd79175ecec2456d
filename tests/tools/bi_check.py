"""Reads the published file with the tools that people have, and compares what each sees: `make bi-check`.

Each is installed into a throw-away folder, so this needs a package index, as no test may. `python -m
tests.tools.bi_check NAME ...` tries some alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.workspace.home import Home
from tests.support.readers import with_duckdb

READERS = Path(with_duckdb.__file__).parent


@dataclass(frozen=True)
class Tool:
    """A tool with the packages that make it, and the script of `tests/support/readers` that reads with it."""

    name: str
    packages: Sequence[str]
    script: str
    client: str = "pip"


TOOLS = (
    *(
        Tool(f"duckdb {number}", [f"duckdb=={number}.*"], "with_duckdb.py")
        for number in ("1.2", "1.3", "1.4", "1.5", "2.0")
    ),
    Tool("duckdb command line", ["duckdb-cli"], "with_cli.py"),
    Tool(
        "pandas", ["pandas", "pyarrow", "duckdb==1.4.*"], "with_pandas.py"
    ),  # which reads a zone only with pytz
    Tool("polars", ["polars", "pyarrow", "duckdb"], "with_polars.py"),
    Tool("ibis", ["ibis-framework[duckdb]", "duckdb<2"], "with_ibis.py"),
    Tool("sqlalchemy", ["sqlalchemy<2.0.55", "duckdb-engine"], "with_sqlalchemy.py"),
    Tool("dbt", ["dbt-duckdb", "dbt-core<1.12"], "with_dbt.py"),  # 1.12 is built by a download from elsewhere
    Tool("harlequin", ["harlequin"], "with_harlequin.py"),
    Tool("mcp-server-motherduck", ["mcp-server-motherduck"], "with_mcp.py"),
    Tool("evidence", ["@evidence-dev/duckdb"], "with_evidence.cjs", client="npm"),
)
UNTRIED = {
    "DBeaver, Tableau, Metabase": "their JDBC driver is in no index that this command asks",
    "Power BI, Excel": "they want Windows and the ODBC driver",
    "Superset": "it is a server; it reads through duckdb-engine, as sqlalchemy does here",
}


class NotInstalled(Exception):
    """A tool is not to be had here."""


class SeesOtherwise(Exception):
    """A tool cannot read the file, or sees something else in it."""


def check(tool: Tool, asked: dict[str, Any], ours: dict[str, Any]) -> str:
    """What this tool saw, in a line. Raises NotInstalled or SeesOtherwise."""
    with TemporaryDirectory(prefix="quickduck-bi-") as folder:
        command = _installed(tool, Path(folder))
        done = subprocess.run(
            [*command, Path(shutil.copy(READERS / tool.script, folder))],
            input=json.dumps(asked), cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise SeesOtherwise((done.stderr.strip() or "no answer").splitlines()[-1])
    theirs = json.loads(done.stdout.splitlines()[-1])
    versions = ", ".join(f"{name} {number}" for name, number in theirs.pop("versions").items())
    for part, found in theirs.items():
        expected = {name: ours[part].get(name) for name in found} if part == "rows" else ours[part]
        if found != expected or not set(asked["views"]) <= set(theirs["rows"]):
            raise SeesOtherwise(f"{versions}: {part} is {found}, not {ours[part]}")
    return f"{versions}: {len(theirs.get('tables', theirs['rows']))} tables read alike"


def _installed(tool: Tool, folder: Path) -> list[str | Path]:
    """The command that runs a script with the tool, which is installed into the folder."""
    try:
        if tool.client == "npm":
            if not shutil.which("npm"):
                raise NotInstalled("there is no npm on this machine")
            _run(["npm", "install", "--silent", "--prefix", folder, *tool.packages])
            return ["node"]
        venv.create(folder, with_pip=True)
        python = folder / "bin/python"
        _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *tool.packages])
        return [python]
    except subprocess.CalledProcessError as error:
        raise NotInstalled((error.stderr.strip() or "no reason given").splitlines()[-1]) from error


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def questions(home: Home) -> dict[str, Any]:
    """What every tool is asked about the file: each view of `main`, a sum of money, a moment."""
    asked = {
        "file": str(home.analytics),
        "parquet": str(home.parquet),
        "owed": "select sum(total_open)::varchar as owed from ar_aging_by_customer",
        "moment": "select max(last_updated_at) as moment from staging.invoices",
    }
    return asked | {"views": list(with_duckdb.seen(asked)["rows"])}  # type: ignore[call-overload]


def main(names: Sequence[str]) -> None:
    """Tries the tools named, or all; ends with an error when one sees otherwise."""
    home = Home(make=False)
    if not home.analytics.exists():
        sys.exit(f"{home.analytics} is not there; `quickduck run` publishes it.")
    asked = questions(home)
    ours, differ = with_duckdb.seen(asked), 0
    for tool in TOOLS:
        if names and tool.name not in names:
            continue
        try:
            print(f"{tool.name}: {check(tool, asked, ours)}", flush=True)
        except NotInstalled as error:
            print(f"{tool.name}: UNTRIED, it could not be installed here: {error}", flush=True)
        except SeesOtherwise as error:
            differ += 1
            print(f"{tool.name}: DIFFERS: {error}", flush=True)
    for name, why in UNTRIED.items():
        print(f"{name}: UNTRIED, {why}")
    sys.exit(f"{differ} tools cannot read the file as it is." if differ else None)


if __name__ == "__main__":
    main(sys.argv[1:])
