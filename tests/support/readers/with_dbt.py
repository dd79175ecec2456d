"""The published file as a source of dbt: a model for each view, built into a file of dbt's own."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from dbt.cli.main import dbtRunner

PROJECT = """
name: reader
profile: reader
version: "1.0"
models: {+materialized: table}
flags: {send_anonymous_usage_stats: false}
"""
SOURCES = "sources: [{{name: books, database: books, schema: main, tables: [{tables}]}}]"

asked = json.load(sys.stdin)
with TemporaryDirectory() as folder:
    models, built = Path(folder, "models"), Path(folder, "built.duckdb")
    models.mkdir()
    profile = {
        "type": "duckdb",
        "path": str(built),
        "attach": [{"path": asked["file"], "alias": "books", "read_only": True}],
    }
    Path(folder, "profiles.yml").write_text(
        json.dumps({"reader": {"target": "all", "outputs": {"all": profile}}})
    )
    Path(folder, "dbt_project.yml").write_text(PROJECT)
    names = ", ".join(f"{{name: {view}}}" for view in asked["views"])
    (models / "sources.yml").write_text(SOURCES.format(tables=names))
    for view in asked["views"]:
        (models / f"read_{view}.sql").write_text(f"select * from {{{{ source('books', '{view}') }}}}")
    for name in ("owed", "moment"):
        (models / f"{name}.sql").write_text(asked[name].replace("from ", "from books."))
    done = dbtRunner().invoke(["--quiet", "run", "--project-dir", folder, "--profiles-dir", folder])
    if not done.success:
        sys.exit(str(done.exception or [one.message for one in done.result if one.message]))
    with duckdb.connect(str(built)) as connection:
        rows = {view: len(connection.execute(f"from read_{view}").fetchall()) for view in asked["views"]}
        ((owed,),) = connection.execute("from owed").fetchall()
        ((moment,),) = connection.execute("from moment").fetchall()
versions = {name: version(name) for name in ("dbt-duckdb", "dbt-core", "duckdb")}
print(json.dumps({"versions": versions, "rows": rows, "owed": str(owed), "moment": moment.isoformat()}))
