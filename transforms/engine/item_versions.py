"""What each item cost to buy, version by version: staging holds only the live one, raw every one ever read."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import tables

VERSIONS = """
    select
        realm_id,
        id as item_id,
        try_cast(payload->>'$.PurchaseCost' as decimal(24, 10)) as purchase_cost,
        coalesce(last_updated_at, answered_at) as saved_at,
        answered_at
    from raw.item
"""
NONE = """
    select
        null::varchar as realm_id, null::varchar as item_id, null::decimal(24, 10) as purchase_cost,
        null::timestamptz as saved_at, null::timestamptz as answered_at
    where false
"""


def write(connection: DuckDBPyConnection) -> None:
    """Puts them where the SQL finds them, anew from raw each time: `build.item_versions`."""
    versions = VERSIONS if "item" in tables(connection, "raw") else NONE
    connection.execute(f"create or replace table build.item_versions as {versions}")
