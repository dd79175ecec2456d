"""What another DuckDB sees in a published file: run by `tests.bi_check` in an environment of its own.

Prints JSON: rows per table, what is owed by two macros, and rows per Parquet file as Polars reads them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

TABLES = """
select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()
union all
select schema_name || '.' || view_name from duckdb_views() where database_name = current_database() and not internal
order by all
"""
OWED = "select coalesce(sum(total_open), 0)::varchar from marts.ar_aging_by_customer_as_of(date '2026-06-30')"
OPEN = "select coalesce(sum(open_amount), 0)::varchar from marts.ar_aging_as_of(date '2026-06-30')"


def seen(file: Path, *, parquet: bool) -> dict[str, object]:
    """Everything in the file, read whole: a count alone would not decode a column."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        rows = {name: len(connection.execute(f"from {name}").fetchall()) for name in names}
        found: dict[str, object] = {
            "rows": rows,
            "owed": connection.execute(OWED).fetchall()[0][0],
            "open": connection.execute(OPEN).fetchall()[0][0],
        }
    if parquet:
        import polars

        found["parquet"] = {
            f"marts.{one.stem}": polars.read_parquet(one).height
            for one in sorted(file.with_name("parquet").glob("*.parquet"))
        }
    return found


if __name__ == "__main__":
    print(json.dumps(seen(Path(sys.argv[1]), parquet="--polars" in sys.argv)))
