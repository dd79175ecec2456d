"""The published file as Ibis reads it: the tables that it lists by itself, each fetched whole."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import ibis

asked = json.load(sys.stdin)
connection = ibis.duckdb.connect(asked["file"], read_only=True)
rows = {name: connection.table(name).to_pyarrow().num_rows for name in connection.list_tables()}
print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ("ibis-framework", "duckdb")},
            "rows": rows,
            "owed": connection.sql(asked["owed"]).to_pyarrow()["owed"][0].as_py(),
            "moment": connection.sql(asked["moment"]).to_pyarrow()["moment"][0].as_py().isoformat(),
        }
    )
)
