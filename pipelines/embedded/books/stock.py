"""What documents take from and add to the stock of inventory items."""

from __future__ import annotations

from decimal import Decimal

from .documents import Document, charges
from .money import ZERO
from .state import State

# Sign of a line's quantity on hand.
DIRECTIONS = {
    "Invoice": -1,
    "SalesReceipt": -1,
    "CreditMemo": 1,
    "RefundReceipt": 1,
    "Bill": 1,
    "Purchase": 1,
    "VendorCredit": -1,
    "InventoryAdjustment": 1,
}


def quantities(state: State, entity: str, document: Document | None, sign: int) -> dict[str, Decimal]:
    moves: dict[str, Decimal] = {}
    if document is None or entity not in DIRECTIONS:
        return moves
    if document.get("Credit"):
        sign = -sign
    for line in charges(document):
        detail = line.get(line["DetailType"], {})
        quantity = detail.get("QtyDiff") or detail.get("Qty")
        if quantity and "ItemRef" in detail:
            item = detail["ItemRef"]["value"]
            if state.store["Item"][item]["Type"] == "Inventory":
                moves[item] = moves.get(item, ZERO) + sign * DIRECTIONS[entity] * quantity
    return moves


def stock_moves(
    state: State, entity: str, before: Document | None, after: Document | None
) -> dict[str, Decimal]:
    """By item, how the quantity on hand changes when the document goes from `before` to `after`."""
    moves = quantities(state, entity, after, 1)
    for item, quantity in quantities(state, entity, before, -1).items():
        moves[item] = moves.get(item, ZERO) + quantity
    return {item: quantity for item, quantity in moves.items() if quantity}
