"""Customers in families: what a move between them takes along, and which part of a split document it decides."""

from __future__ import annotations

from .balances import move_family
from .books import Books
from .documents import Document


def reparent(books: Books, entity: str, id: str, before: Document | None, after: Document | None) -> None:
    """Moves a row below another; a customer takes what his family owes along."""
    if (before or {}).get("value") == (after or {}).get("value"):
        return
    if before:
        books.below[entity, before["value"]].remove(id)
    if entity == "Customer":
        owed = books.store["Customer"][id]["BalanceWithJobs"]
        if owed:
            move_family(books, before["value"] if before else None, -owed)
            move_family(books, after["value"] if after else None, owed)
        recheck_families(books)


def recheck_families(books: Books) -> None:
    """A payment settles the part of a split document that is in its family, so families decide it anew."""
    ledger = books.ledger
    split = [key for key in ledger.settlers if len(ledger.original(key)) > 1]
    settlers = [settler for key in split for settler in ledger.settlers[key]]
    ledger.refresh(dict.fromkeys([*split, *settlers]))
