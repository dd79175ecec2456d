"""Two customers or vendors become one, and customers move between families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .balances import move_family
from .documents import Document, Key
from .list_forms import rename_descendants
from .profile import TRANSACTIONS
from .refusal import Refused

if TYPE_CHECKING:
    from .books import Company


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


def merge(company: Company, entity: str, loser: str, winner: str) -> None:
    """The loser disappears; its transactions carry the winner's name without a stamp of theirs moving."""
    from .edits import bury, set_active  # edits moves families through this module

    rows = company.store[entity]
    if loser == winner or rows[loser]["CurrencyRef"] != rows[winner]["CurrencyRef"]:
        raise Refused("6000", f"{entity} {loser} cannot be merged into {winner}")
    above: str | None = winner
    while above:
        above = rows[above].get("ParentRef", {}).get("value")
        if above == loser:
            raise Refused("900", f"{entity} {winner} is below {loser}")
    found = list(mentions(company, loser))
    for key, _ in found:
        if key in company.ledger.settlers and {loser, winner} <= company.ledger.original(key).keys():
            raise Refused("6000", f"{key[0]} {key[1]} is split between {loser} and {winner} and settled")
    for child in list(company.children(entity, loser)):
        before = rows[child]
        rows[child] = {**before, "ParentRef": {"value": winner}}
        reparent(company, entity, child, before["ParentRef"], {"value": winner})
        company.index(entity, child)
        company.bump(entity, child)
    rename_descendants(company, entity, winner)
    company.ledger.quiet = True
    for key, document in found:
        repoint(document, loser, company.ref(entity, winner))
        company.ledger.repost(key, document, document)
    recheck_families(company)
    company.ledger.quiet = False
    company.bump(entity, winner, token=False)
    company.tell("Merge", entity, winner, loser)
    if company.merge_leaves_inactive:
        set_active(company, entity, loser, False)
        company.bump(entity, loser, token=False)  # change data capture tells of him, inactive before or not
        return
    gone = rows.pop(loser)
    company.names.pop(gone["DisplayName"].casefold(), None)
    if parent := gone.get("ParentRef"):
        company.below[entity, parent["value"]].remove(loser)
    bury(company, entity, loser)


def mentions(company: Company, id: str) -> Iterator[tuple[Key, Document]]:
    """Every transaction and template that names the customer or vendor."""
    for entity in TRANSACTIONS:
        for own, document in company.store[entity].items():
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


def reparent(company: Company, entity: str, id: str, before: Document | None, after: Document | None) -> None:
    """Moves a row below another; a customer takes what his family owes along."""
    if (before or {}).get("value") == (after or {}).get("value"):
        return
    if before:
        company.below[entity, before["value"]].remove(id)
    if entity == "Customer":
        owed = company.store["Customer"][id]["BalanceWithJobs"]
        if owed:
            move_family(company, before["value"] if before else None, -owed)
            move_family(company, after["value"] if after else None, owed)
        recheck_families(company)


def recheck_families(company: Company) -> None:
    """A payment settles the part of a split document that is in its family, so families decide it anew."""
    ledger = company.ledger
    split = [key for key in ledger.settlers if len(ledger.original(key)) > 1]
    settlers = [settler for key in split for settler in ledger.settlers[key]]
    ledger.refresh(dict.fromkeys([*split, *settlers]))
