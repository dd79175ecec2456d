"""Whether a company may be published: only as it was when it passed its checks, and without card numbers."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from checks.rules import card_numbers
from pipelines.nightly import ops
from pipelines.published.privacy import Withheld


def refusal(warehouse: DuckDBPyConnection, realm_id: str, hidden: Withheld) -> str | None:
    """Why not, as a sentence; None when it may be.

    Card numbers were looked for by the checks. They are looked for again where the settings withheld something
    then that they show now.
    """
    withheld_then = ops.passed(warehouse).get(realm_id)
    if withheld_then is None:
        return (
            f"Company {realm_id} has not passed its checks since the marts were last built. "
            "`quickduck check` judges it."
        )
    if withheld_then <= hidden.places:
        return None
    places = card_numbers.found(warehouse, realm_id, hidden.places)
    if not places:
        return None
    return (
        f"Company {realm_id} has card numbers in {len(places)} places, the first in "
        f"{places[0].entity} {places[0].id}, {places[0].column}. Take them out in QuickBooks, or "
        "name the columns in leave_out_columns or hash_columns."
    )
