"""Documents made from others: the estimate behind an invoice, the payments inside a deposit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .documents import Document, Key, charges, link_type
from .money import ZERO
from .state import State

# The field that says a document was used up, its value then, and its value when it is set free again.
USED: dict[str, tuple[str, Any, Any]] = {
    "Estimate": ("TxnStatus", "Converted", "Accepted"),
    "PurchaseOrder": ("POStatus", "Closed", "Open"),
    "ReimburseCharge": ("HasBeenInvoiced", True, False),
}
DEPOSITED = ("Payment", "SalesReceipt", "RefundReceipt")


def origins(state: State, entity: str, document: Document | None) -> list[Key]:
    """What the document was made from, as far as the books know it."""
    if document is None:
        return []
    if entity == "Deposit":
        links = [link for line in document["Line"] for link in line.get("LinkedTxn", ())]
        return [(link["TxnType"], link["TxnId"]) for link in links]
    if entity not in ("Invoice", "Bill", "Purchase"):
        return []
    links = document.get("LinkedTxn", [])
    keys = [(link["TxnType"], link["TxnId"]) for link in links if link["TxnType"] in USED]
    return [key for key in keys if key[1] in state.store[key[0]]]


def relink_origins(state: State, key: Key, before: Document | None, after: Document | None) -> None:
    """Marks what the document now comes from as used and sets free what it no longer does."""
    old, new = origins(state, key[0], before), origins(state, key[0], after)
    for origin in old:
        if origin not in new:
            mark(state, origin, key, None)
    for origin in new:
        if origin not in old:
            mark(state, origin, key, after)


def mark(state: State, origin: Key, key: Key, document: Document | None) -> None:
    source = state.store[origin[0]][origin[1]]
    source["LinkedTxn"] = [link for link in source.get("LinkedTxn", ()) if link["TxnId"] != key[1]]
    if document:
        source["LinkedTxn"].append({"TxnId": key[1], "TxnType": link_type(key[0], document)})
    if origin[0] in USED:
        field, used, free = USED[origin[0]]
        if document is None or field != "TxnStatus" or source[field] in (free, "Pending"):
            source[field] = used if document and is_used_up(state, origin, source) else free
    if origin[0] == "PurchaseOrder":
        for line in source["Line"]:
            ordered = line.get("ItemBasedExpenseLineDetail", {}).get("Qty", ZERO)
            line["Received"] = ordered if document else ZERO
    if origin[0] not in DEPOSITED or state.deposits_stamp:
        state.bump(*origin)


def is_used_up(state: State, origin: Key, source: Document) -> bool:
    """Whether nothing of a document is left to be made into another: an estimate may be invoiced in parts.

    An invoice whose lines do not say which of them come from the estimate stands for the whole of it.
    """
    if origin[0] != "Estimate":
        return True
    invoiced = ZERO
    for link in source["LinkedTxn"]:
        lines = [
            line
            for line in state.store[link["TxnType"]][link["TxnId"]]["Line"]
            if any(own["TxnId"] == origin[1] for own in line.get("LinkedTxn", ()))
        ]
        if not lines:
            return True
        invoiced += sum(map(line_amount, lines), ZERO)
    return invoiced >= sum(map(line_amount, source["Line"]), ZERO)


def line_amount(line: Document) -> Decimal:
    """What a line of a sales form comes to, a bundle's parts together; subtotals and discounts do not count."""
    return sum((charge["Amount"] for charge in charges({"Line": [line]})), ZERO)


def forget_origin(state: State, entity: str, deleted: Document) -> None:
    """What was made from a deleted document no longer names it."""
    if entity not in USED:
        return
    for link in deleted.get("LinkedTxn", ()):
        made = state.store.get(link["TxnType"], {}).get(link["TxnId"])
        if made is not None:
            made["LinkedTxn"] = [other for other in made["LinkedTxn"] if other["TxnId"] != deleted["Id"]]
            state.bump(link["TxnType"], link["TxnId"])


def is_deposited(document: Document) -> bool:
    return any(link["TxnType"] == "Deposit" for link in document.get("LinkedTxn", ()))
