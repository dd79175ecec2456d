"""The published file as SQLAlchemy reads it: the views that it lists by itself, reflected and fetched whole."""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version

import sqlalchemy

asked = json.load(sys.stdin)
warnings.filterwarnings("ignore", "duckdb-engine doesn't yet support reflection on indices")
engine = sqlalchemy.create_engine(f"duckdb:///{asked['file']}", connect_args={"read_only": True})
rows = {}
with engine.connect() as connection:
    for view in sqlalchemy.inspect(engine).get_view_names():
        table = sqlalchemy.Table(view, sqlalchemy.MetaData(), schema="main", autoload_with=connection)
        rows[view] = len(connection.execute(table.select()).fetchall())
    owed = connection.execute(sqlalchemy.text(asked["owed"])).scalar_one()
    moment = connection.execute(sqlalchemy.text(asked["moment"])).scalar_one()
versions = {name: version(name) for name in ("sqlalchemy", "duckdb-engine", "duckdb")}
print(json.dumps({"versions": versions, "rows": rows, "owed": str(owed), "moment": moment.isoformat()}))
