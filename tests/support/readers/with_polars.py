"""The published file as Polars reads it over a DuckDB connection, and its Parquet files."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars

asked = json.load(sys.stdin)
with duckdb.connect(asked["file"], read_only=True) as connection:
    rows = {view: polars.read_database(f"from {view}", connection).height for view in asked["views"]}
    moment = polars.read_database(asked["moment"], connection).item()
    owed = polars.read_database(asked["owed"], connection).item()
parquet = {file.stem: polars.read_parquet(file).height for file in Path(asked["parquet"]).glob("*.parquet")}
versions = {name: version(name) for name in ("polars", "duckdb")}
print(
    json.dumps(
        {
            "versions": versions,
            "rows": rows,
            "parquet": parquet,
            "owed": owed,
            "moment": moment.isoformat(),
        }
    )
)
