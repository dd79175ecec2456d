"""QuickBooks objects as the books hold them: plain dicts, keys as sent, every number a Decimal or an int."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pendulum import DateTime

from .money import ZERO

Document = dict[str, Any]
Key = tuple[str, str]  # entity, id

NOT_A_CHARGE = ("SubTotalLineDetail", "DiscountLineDetail", "DescriptionOnly", "GroupLineDetail")

# What a payment line calls the documents it settles, and the entity each is.
LINKED_ENTITY = {
    "Invoice": "Invoice",
    "CreditMemo": "CreditMemo",
    "JournalEntry": "JournalEntry",
    "Deposit": "Deposit",
    "Expense": "Purchase",
    "Check": "Purchase",
    "CreditCardCredit": "Purchase",
    "Bill": "Bill",
    "VendorCredit": "VendorCredit",
}


class Refused(ValueError):
    """An edit that QuickBooks would answer with a fault of this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Tombstone:
    """What is left of a deleted object."""

    entity: str
    id: str
    deleted_at: DateTime


@dataclass(frozen=True)
class Change:
    """What was done to an object: Create, Update, Delete, Void, Emailed, or Merge, which `deleted_id` lost."""

    realm_id: str
    entity: str
    id: str
    operation: str
    at: DateTime
    deleted_id: str = ""


def charges(document: Document) -> Iterator[Document]:
    """Item lines, those inside groups too."""
    for line in document.get("Line", ()):
        if line["DetailType"] == "GroupLineDetail":
            yield from line["GroupLineDetail"]["Line"]
        elif line["DetailType"] not in NOT_A_CHARGE:
            yield line


def discount(document: Document) -> Decimal:
    lines = document.get("Line", ())
    return sum((line["Amount"] for line in lines if line["DetailType"] == "DiscountLineDetail"), ZERO)


def settlements(document: Document) -> Iterator[tuple[Key, Decimal]]:
    """What a payment or bill payment settles: the document and the (always positive) amount of each line."""
    for line in document.get("Line", ()):
        for link in line.get("LinkedTxn", ()):
            yield (LINKED_ENTITY[link["TxnType"]], link["TxnId"]), line["Amount"]


def named_party(payment: Document, target: Key, document: Document) -> str:
    """Whose line of a journal entry a payment names by its TxnLineId; empty where it names none."""
    for line in payment.get("Line", ()):
        for link in line.get("LinkedTxn", ()):
            if (LINKED_ENTITY[link["TxnType"]], link["TxnId"]) == target and "TxnLineId" in link:
                for named in document["Line"]:
                    if named.get("Id") == link["TxnLineId"]:
                        detail = named.get("JournalEntryLineDetail", {})
                        party: str = detail.get("Entity", {}).get("EntityRef", {}).get("value", "")
                        return party
    return ""


def link_type(entity: str, document: Document) -> str:
    """What other documents call this one in their LinkedTxn."""
    if entity == "Purchase":
        if document.get("Credit"):
            return "CreditCardCredit"
        return "Check" if document["PaymentType"] == "Check" else "Expense"
    if entity == "BillPayment":
        return f"BillPayment{document['PayType']}"
    return entity


def is_voided(document: Document) -> bool:
    return document.get("PrivateNote", "").startswith("Voided") and not document.get("TotalAmt")
