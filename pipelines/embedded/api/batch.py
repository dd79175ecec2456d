"""Batch: up to 30 queries in one request, 1,000 objects in one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..wire.encoding import encode
from ..wire.fault_codes import Fault
from .query import MAX_RESULTS, Page

MAX_ITEMS = 30
TOO_MANY = "The result set is too big. Narrow the query, or ask for it alone."


def read_items(body: bytes) -> list[dict[str, Any]]:
    """The items of a batch request. Raises `Fault` if the body is no batch or is too long."""
    try:
        items = msgspec.json.decode(body)["BatchItemRequest"]
    except (msgspec.DecodeError, KeyError, TypeError):
        raise Fault("2010", "Property Name:Can not read a BatchItemRequest in the request body") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Fault("2010", "Property Name:BatchItemRequest is not a list of items")
    if len(items) > MAX_ITEMS:
        raise Fault("1040", f"Batch items more than the allowed maximum of {MAX_ITEMS}: {len(items)}")
    return items


def answer_batch(
    items: list[dict[str, Any]],
    query: Callable[[str, int], Page],
    write: Callable[[dict[str, Any]], bytes],
    faults: Callable[[dict[str, Any]], Fault | None],
    reverse: bool,
    refuse: bool = False,
) -> bytes:
    """The list inside BatchItemResponse; an item that faults stands beside the others.

    `query(statement, budget)` answers a page of at most `budget` rows: what exceeds 1,000 objects over all
    items is left out silently, or with `refuse` the item that would exceed them is a fault.
    """
    budget = MAX_RESULTS
    answers = []
    for item in items:
        try:
            scripted = faults(item)
            if scripted:
                raise scripted
            if "Query" in item:
                page = query(str(item["Query"]), MAX_RESULTS if refuse else budget)
                if len(page.rows) > budget:
                    raise Fault("10100", TOO_MANY)
                budget -= len(page.rows)
                inside = b'"QueryResponse":' + page.inside
            else:
                inside = write(item)
        except Fault as fault:
            inside = b'"Fault":' + encode(fault.inside)
        answers.append(b'{%b,"bId":%b}' % (inside, encode(str(item.get("bId", "")))))
    return b"[" + b",".join(reversed(answers) if reverse else answers) + b"]"
