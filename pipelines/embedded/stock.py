"""What documents take from and add to the stock of inventory items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .documents import Document, charges
from .money import ZERO

if TYPE_CHECKING:
    from .books import Company

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


def quantities(company: Company, entity: str, document: Document | None, sign: int) -> dict[str, Decimal]:
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
            if company.store["Item"][item]["Type"] == "Inventory":
                moves[item] = moves.get(item, ZERO) + sign * DIRECTIONS[entity] * quantity
    return moves


def stock_moves(
    company: Company, entity: str, before: Document | None, after: Document | None
) -> dict[str, Decimal]:
    """By item, how the quantity on hand changes when the document goes from `before` to `after`."""
    moves = quantities(company, entity, after, 1)
    for item, quantity in quantities(company, entity, before, -1).items():
        moves[item] = moves.get(item, ZERO) + quantity
    return {item: quantity for item, quantity in moves.items() if quantity}
