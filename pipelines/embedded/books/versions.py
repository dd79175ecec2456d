"""An object's next version: put in place, posted and filed anew, set to zero, made inactive, or gone."""

from __future__ import annotations

from .balances import write_account
from .books import Books
from .documents import Document, Key, Refused, Tombstone
from .families import reparent
from .list_forms import DELETED, PEOPLE, rename_descendants
from .money import ZERO
from .origins import forget_origin, is_deposited, relink_origins
from .profile import TRANSACTIONS


def replace(
    books: Books, entity: str, id: str, before: Document, after: Document, operation: str = "Update"
) -> Document:
    """Puts the new version in place, one token further."""
    after["MetaData"] = {**books.store[entity][id]["MetaData"]}
    if entity == "Invoice" or entity == "Bill":
        after["LinkedTxn"] = after.get("LinkedTxn", [])
    books.store[entity][id] = after
    books.bump(entity, id, operation=operation)
    if entity in TRANSACTIONS:
        post(books, (entity, id), before, after)
    else:
        refile(books, entity, id, before)
    return after


def refile(books: Books, entity: str, id: str, before: Document) -> None:
    """A renamed or moved list object: its index, its family and the names below."""
    after = books.store[entity][id]
    if entity in PEOPLE:
        books.names.pop(before["DisplayName"].casefold(), None)
    reparent(books, entity, id, before.get("ParentRef"), after.get("ParentRef"))
    books.index(entity, id)
    if before.get("FullyQualifiedName") != after.get("FullyQualifiedName"):
        rename_descendants(books, entity, id)
    if entity == "Item" and before.get("PurchaseCost") != after.get("PurchaseCost"):
        for key in list(books.ledger.postings):
            document = books.store[key[0]][key[1]]
            books.ledger.repost(key, document, document)


def post(books: Books, key: Key, before: Document | None, after: Document | None) -> None:
    books.ledger.repost(key, before, after)
    relink_origins(books, key, before, after)


def bury(books: Books, entity: str, id: str) -> None:
    books.buried.append(Tombstone(entity, id, books.clock.now().replace(microsecond=0)))
    books.revision += 1


def refuse_deposited(books: Books, entity: str, id: str, edit: str) -> None:
    """What lies in a deposit keeps its amount and stays: Refused says that it cannot be changed, or deleted."""
    if is_deposited(books.store[entity][id]):
        raise Refused("6540", f"{entity} {id} is in a deposit and cannot be {edit}")


def remove(books: Books, entity: str, id: str) -> None:
    """The object vanishes and leaves a tombstone; what it posted and used up is set free."""
    before = books.store[entity].pop(id)
    bury(books, entity, id)
    books.tell("Delete", entity, id)
    forget_origin(books, entity, before)
    if entity in TRANSACTIONS:
        post(books, (entity, id), before, None)


def set_active(books: Books, entity: str, id: str, active: bool) -> Document:
    """Inactive rows are renamed with ` (deleted)`; coming back takes it away."""
    before = books.store[entity][id]
    if before["Active"] == active:
        return before
    after = {**before, "Active": active}
    for field in ("DisplayName", "Name", "FullyQualifiedName"):
        if field in after:
            after[field] = after[field] + DELETED if not active else after[field].removesuffix(DELETED)
    if entity in PEOPLE and books.name_taken(after["DisplayName"], id):
        raise Refused("6240", f"the name {after['DisplayName']} exists already")
    replace(books, entity, id, before, after)
    if entity == "Account":
        write_account(books, id, books.ledger.balances[id])
    return after


def zero_line(line: Document) -> Document:
    kind = line["DetailType"]
    detail = {**line[kind]} if isinstance(line.get(kind), dict) else None
    if detail is not None:
        for field in ("Qty", "Quantity"):
            if field in detail:
                detail[field] = ZERO
        if "Line" in detail:
            detail["Line"] = [zero_line(part) for part in detail["Line"]]
    amount = {"Amount": ZERO} if "Amount" in line else {}
    return {**line, **amount, **({kind: detail} if detail is not None else {})}
