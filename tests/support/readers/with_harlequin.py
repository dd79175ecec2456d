"""The published file as harlequin opens it: the catalogue on its left, and an answer to what is typed on its right."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

from harlequin_duckdb import DuckDbAdapter

asked = json.load(sys.stdin)
connection = DuckDbAdapter((asked["file"],), read_only=True).connect()


def table(question: str):
    return connection.execute(question).fetchall()


(database,) = [item for item in connection.get_catalog().items if item.label == "analytics"]
schemas = {schema.label: schema for schema in database.fetch_children()}
views = [view.label for view in schemas["main"].fetch_children()]
print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ("harlequin", "duckdb")},
            "rows": {view: table(f"from {view}").num_rows for view in views},
            "owed": str(table(asked["owed"])["owed"][0].as_py()),
            "moment": table(asked["moment"])["moment"][0].as_py().isoformat(),
        }
    )
)
