"""Whether a company may be published: only as it was when it passed its checks."""

from __future__ import annotations

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from pipelines.base import card_numbers
from pipelines.published.privacy import Withheld


def refusal(
    warehouse: DuckDBPyConnection,
    realm_id: str,
    withheld: Withheld,
    withheld_when_passed: Collection[str] | None,
    *,
    stop_at_card_numbers: bool = False,
) -> str | None:
    """Why a company may not be published, as a sentence; None when it may be.

    `withheld_when_passed` names the columns that the settings withheld when the company passed its checks; None says
    that it has not passed. Where card numbers are to stop publishing, the checks looked for them then; they are looked
    for again where the settings withheld something then that they show now.
    """
    if withheld_when_passed is None:
        return (
            f"Company {realm_id} has not passed its checks since the marts were last built. "
            "`quickduck check` judges it."
        )
    if not stop_at_card_numbers or withheld.names.issuperset(withheld_when_passed):
        return None
    places = list(card_numbers.in_tables(warehouse, [realm_id], withheld.names))
    if not places:
        return None
    return (
        f"Company {realm_id} has card numbers in {len(places)} places, the first in "
        f"{places[0].table} {places[0].id}, {places[0].column}. Take them out in QuickBooks, or "
        "name the columns in leave_out_columns or hash_columns."
    )
