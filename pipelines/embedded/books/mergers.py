"""Two customers or vendors become one."""

from __future__ import annotations

from collections.abc import Iterator

from .books import Books
from .documents import Document, Key, Refused
from .families import recheck_families, reparent
from .list_forms import rename_descendants
from .profile import TRANSACTIONS
from .versions import bury, set_active

PARTY_REFS = ("CustomerRef", "VendorRef", "EntityRef", "Entity")
# Whose lines name customers and vendors too; templates are wrapped.
DEEP = (
    "JournalEntry",
    "Deposit",
    "Bill",
    "VendorCredit",
    "Purchase",
    "PurchaseOrder",
    "RecurringTransaction",
)


def merge(books: Books, entity: str, loser: str, winner: str) -> None:
    """The loser disappears; its transactions carry the winner's name without a stamp of theirs moving."""
    rows = books.store[entity]
    if loser == winner or rows[loser]["CurrencyRef"] != rows[winner]["CurrencyRef"]:
        raise Refused("6000", f"{entity} {loser} cannot be merged into {winner}")
    above: str | None = winner
    while above:
        above = rows[above].get("ParentRef", {}).get("value")
        if above == loser:
            raise Refused("900", f"{entity} {winner} is below {loser}")
    mentioning = list(mentions(books, loser))
    for key, _ in mentioning:
        if key in books.ledger.settlers and {loser, winner} <= books.ledger.original(key).keys():
            raise Refused("6000", f"{key[0]} {key[1]} is split between {loser} and {winner} and settled")
    for child in list(books.children(entity, loser)):
        before = rows[child]
        rows[child] = {**before, "ParentRef": {"value": winner}}
        reparent(books, entity, child, before["ParentRef"], {"value": winner})
        books.index(entity, child)
        books.bump(entity, child)
    rename_descendants(books, entity, winner)
    books.ledger.quiet = True
    for key, document in mentioning:
        repoint(document, loser, books.ref(entity, winner))
        books.ledger.repost(key, document, document)
    recheck_families(books)
    books.ledger.quiet = False
    books.bump(entity, winner, token=False)
    books.tell("Merge", entity, winner, loser)
    if books.merge_leaves_inactive:
        set_active(books, entity, loser, False)
        books.bump(entity, loser, token=False)  # change data capture tells of him, inactive before or not
        return
    gone = rows.pop(loser)
    books.names.pop(gone["DisplayName"].casefold(), None)
    if parent := gone.get("ParentRef"):
        books.below[entity, parent["value"]].remove(loser)
    bury(books, entity, loser)


def mentions(books: Books, id: str) -> Iterator[tuple[Key, Document]]:
    """Every transaction and template that names the customer or vendor."""
    for entity in TRANSACTIONS:
        for own, document in books.store[entity].items():
            named = any(document.get(field, {}).get("value") == id for field in PARTY_REFS)
            if named or (entity in DEEP and names(document.get("Line", document), id)):
                yield (entity, own), document


def names(value: object, id: str) -> bool:
    """Whether any Customer, Vendor or Entity reference inside points at the id."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in PARTY_REFS and isinstance(inner, dict) and inner.get("value") == id:
                return True
            if isinstance(inner, dict | list) and names(inner, id):
                return True
        return False
    return isinstance(value, list) and any(names(inner, id) for inner in value)


def repoint(value: object, loser: str, winner: Document) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in PARTY_REFS and isinstance(inner, dict) and inner.get("value") == loser:
                value[name] = {**inner, **winner}
            else:
                repoint(inner, loser, winner)
    elif isinstance(value, list):
        for inner in value:
            repoint(inner, loser, winner)
