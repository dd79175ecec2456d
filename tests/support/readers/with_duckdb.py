"""The published file as a DuckDB of any version reads it: every table and view whole, and both macros.

A count alone would decode no column.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

TABLES = """
select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()
union all
select schema_name || '.' || view_name from duckdb_views() where database_name = current_database() and not internal
order by all
"""
MACROS = {
    "open": "select sum(open_amount)::varchar from ar_aging_as_of(date '2026-06-30')",
    "owed_then": "select sum(total_open)::varchar from ar_aging_by_customer_as_of(date '2026-06-30')",
}


def seen(asked: dict[str, Any]) -> dict[str, object]:
    """What is in the file, by this process's DuckDB."""
    with duckdb.connect(asked["file"], read_only=True) as connection:

        def table(question: str) -> list[tuple[Any, ...]]:
            return connection.execute(question).fetchall()

        tables = {name: len(table(f"from {name}")) for (name,) in table(TABLES)}
        files = Path(asked["parquet"]).glob("*.parquet")
        return {
            "versions": {"duckdb": version("duckdb")},
            "tables": tables,
            "rows": {
                name.removeprefix("main."): rows for name, rows in tables.items() if name.startswith("main.")
            },
            "parquet": {file.stem: len(table(f"from '{file}'")) for file in files},
            "macros": {name: table(question)[0][0] for name, question in MACROS.items()},
            "owed": table(asked["owed"])[0][0],
            "moment": table(asked["moment"])[0][0].isoformat(),
        }


if __name__ == "__main__":
    print(json.dumps(seen(json.load(sys.stdin))))
