"""Payment card numbers that would be published, and where they stand."""

from __future__ import annotations

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, TieOut
from pipelines.base.card_numbers import in_tables


def check(
    connection: DuckDBPyConnection, realm_id: str, withheld: Collection[str] = (), *, stops: bool = False
) -> TieOut:
    """How many card numbers would be published, and where they stand; `withheld` columns are not looked at.

    Published they are masked, so that they are worth a warning, unless it is the house's rule that they stop it.
    """
    places = tuple(
        Difference(
            "card_numbers",
            place.table,
            place.id,
            place.column,
            "no card number",
            f"one that ends in {place.last_digits}",
            is_money=stops,
        )
        for place in in_tables(connection, [realm_id], withheld)
    )
    return TieOut("card_numbers", {"card_numbers": len(places)}, places, stops=stops)
