"""What a fresh build of all tables finds otherwise, as the checks take it."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from checks.evidence import Difference
from transforms.engine import fresh


def altered(warehouse: DuckDBPyConnection) -> dict[str, list[Difference]]:
    """Builds all tables from every document once more, and gives back by company what was otherwise before."""
    differences: dict[str, list[Difference]] = {}
    for cell in fresh.compare(warehouse):
        differences.setdefault(cell.realm_id, []).append(
            Difference(
                "fresh_build", cell.table, cell.key, cell.column, cell.right, cell.before, is_money=False
            )
        )
    return differences
