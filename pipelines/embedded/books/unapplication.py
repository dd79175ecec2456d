"""Taking payments off a document that can no longer bear them."""

from __future__ import annotations

from decimal import Decimal

from .books import Books
from .documents import Document, Key, settlements
from .money import ZERO, cents
from .postings import postings
from .settlement_forms import fit
from .versions import refuse_deposited, remove, replace


def unapply(books: Books, key: Key, after: Document | None) -> None:
    """Cuts what payments apply to a document down to what its next version can take, newest payment first."""
    settlers = books.ledger.settlers.get(key)
    if not settlers:
        return
    room: dict[str, Decimal] = {}
    for posting in postings(books, key[0], after) if after else ():
        if posting.party is not None:
            room[posting.party] = room.get(posting.party, ZERO) + posting.amount
    was = books.ledger.original(key)
    same = len(was) == 1 and room.keys() == was.keys() and all(room[p] * was[p] > 0 for p in room)
    left = abs(next(iter(room.values()))) if same else ZERO
    if len(was) > 1 and room == was:
        return
    if after and after.get("CurrencyRef") != books.store[key[0]][key[1]].get("CurrencyRef"):
        left = ZERO
    for settler in sorted(settlers, key=lambda settler: int(settler[1])):
        left -= cut(books, settler, key, left)


def cut(books: Books, settler: Key, target: Key, left: Decimal) -> Decimal:
    """Shortens a payment's lines on a document to `left`; gives back what still stands."""
    before = books.store[settler[0]][settler[1]]
    lines, standing = [], ZERO
    for line in before["Line"]:
        if next(settlements({"Line": [line]}))[0] == target:
            line = {**line, "Amount": cents(min(line["Amount"], left - standing))}
            standing += line["Amount"]
        if line["Amount"]:
            lines.append(line)
    if lines != before["Line"]:
        after = fit(books, settler, {**before, "Line": lines})
        if after is None:
            refuse_deposited(books, *settler, "deleted")
            remove(books, *settler)
        else:
            replace(books, *settler, before, after)
    return standing
