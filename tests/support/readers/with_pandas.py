"""The published file as pandas reads it over a plain DuckDB connection, and its Parquet files; wants no pytz."""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas

asked = json.load(sys.stdin)
warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")
with duckdb.connect(asked["file"], read_only=True) as connection:
    frames = {view: pandas.read_sql(f"from {view}", connection) for view in asked["views"]}
    moment = pandas.read_sql(asked["moment"], connection)["moment"][0]
    owed = pandas.read_sql(asked["owed"], connection)["owed"][0]
parquet = {file.stem: len(pandas.read_parquet(file)) for file in Path(asked["parquet"]).glob("*.parquet")}
print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ("pandas", "duckdb")},
            "rows": {view: len(frame) for view, frame in frames.items()},
            "parquet": parquet,
            "owed": owed,
            "moment": moment.isoformat(),
        }
    )
)
