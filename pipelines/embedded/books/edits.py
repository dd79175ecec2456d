"""Create, update, void, delete, inactivate and e-mail, with all they entail for other objects."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from ..clock import stamp
from .books import Books
from .documents import Document, Refused
from .ledger import SETTLEMENTS
from .list_forms import complete_list
from .money import ZERO
from .other_forms import (
    complete_deposit,
    complete_expense,
    complete_inventory_adjustment,
    complete_journal_entry,
    complete_move,
    complete_plain,
)
from .postings import POSTING
from .profile import HIDDEN, TRANSACTIONS
from .sales_forms import SALES_FORMS, complete_sales_form
from .settlement_forms import complete_bill_payment, complete_payment, fit, refuse_overapplied
from .unapplication import unapply
from .versions import post, refuse_deposited, remove, replace, set_active, zero_line

Complete = Callable[[Books, str, Document, Document], Document]

COMPLETE: dict[str, Complete] = {
    **{entity: complete_sales_form for entity in SALES_FORMS},
    **{entity: complete_expense for entity in ("Bill", "VendorCredit", "Purchase", "PurchaseOrder")},
    **{entity: complete_move for entity in ("Transfer", "CreditCardPayment", "TaxPayment")},
    **{entity: complete_plain for entity in ("TimeActivity", "ReimburseCharge", *HIDDEN)},
    "Payment": complete_payment,
    "BillPayment": complete_bill_payment,
    "JournalEntry": complete_journal_entry,
    "Deposit": complete_deposit,
    "InventoryAdjustment": complete_inventory_adjustment,
}
VOIDABLE = ("Invoice", "CreditMemo", "Payment", "SalesReceipt", "RefundReceipt", "BillPayment", "Purchase")
# Whose answers say who changed them last, and that person's id.
SIGNED, BOOKKEEPER = ("Invoice", "Bill"), "9130350000000107"
KEPT_LISTS = ("Customer", "Vendor", "Employee", "Account", "Item", "Term", "Class", "Department")


def create(books: Books, entity: str, body: Document) -> Document:
    if not books.supports(entity):
        raise Refused("5020", f"{books.name} has no {entity}")
    if entity == "RecurringTransaction":
        return create_template(books, body)
    form = COMPLETE.get(entity, complete_list)(books, entity, body, body)
    if entity in SETTLEMENTS:
        refuse_overapplied(books, (entity, ""), form)
    id = body.get("Id") or books.next_id(entity)
    key = f"{form['SourceCurrencyCode']}|{form['AsOfDate']}" if entity == "ExchangeRate" else id
    form = {name: value for name, value in form.items() if value is not None and name != "Id"}
    document = {"domain": "QBO", "sparse": False, **head(books, entity, id), **form}
    if entity == "Customer":
        pseudonym = hashlib.sha256(f"{books.realm_id}/{id}".encode()).hexdigest()[:32]
        document |= {"ClientEntityId": "0", "V4IDPseudonym": pseudonym}
    books.store[entity][key] = document
    books.revision += 1
    books.tell("Create", entity, id)
    if entity in TRANSACTIONS:
        post(books, (entity, id), None, document)
    else:
        books.index(entity, key)
    return document


def head(books: Books, entity: str, id: str) -> Document:
    now = books.clock.stamp()
    if entity == "ExchangeRate":
        return {"SyncToken": "0", "MetaData": {"LastUpdatedTime": now}}
    meta: Document = {"CreateTime": now, "LastUpdatedTime": now}
    if entity in SIGNED:
        meta["LastModifiedByRef"] = {"value": BOOKKEEPER}
    return {"Id": id, "SyncToken": "0", "MetaData": meta}


def create_template(books: Books, body: Document) -> Document:
    """A recurring transaction is a form wrapped in its kind; it posts nothing."""
    ((kind, inner),) = body.items()
    form = COMPLETE[kind](books, kind, {"DocNumber": None, **inner}, inner)
    id = books.next_id("RecurringTransaction")
    undated = ("TxnDate", "DueDate", "Balance", "LinkedTxn")
    form = {name: value for name, value in form.items() if value is not None and name not in undated}
    form["RecurDataRef"] = {"value": id}
    wrapped = {kind: {"domain": "QBO", "sparse": False, **head(books, kind, id), **form}}
    books.store["RecurringTransaction"][id] = wrapped
    books.revision += 1
    books.tell("Create", "RecurringTransaction", id)
    return wrapped


def update(books: Books, entity: str, id: str, changes: dict[str, Any]) -> Document:
    before = books.store[entity][id]
    if entity == "RecurringTransaction":
        next(iter(before.values())).update(changes)
        books.bump(entity, id)
        return before
    if "Active" in changes and changes["Active"] != before["Active"]:
        set_active(books, entity, id, changes.pop("Active"))
        if not changes:
            return books.store[entity][id]
        before = books.store[entity][id]
    form = COMPLETE.get(entity, complete_list)(books, entity, {**before, **changes}, changes)
    after = {name: value for name, value in form.items() if value is not None}
    if after.get("TotalAmt") != before.get("TotalAmt"):
        refuse_deposited(books, entity, id, "changed")
    if entity in SETTLEMENTS:
        after = fit(books, (entity, id), after) or after
        refuse_overapplied(books, (entity, id), after)
    elif entity in POSTING:
        unapply(books, (entity, id), after)
    return replace(books, entity, id, before, after)


def void(books: Books, entity: str, id: str) -> Document:
    """Every amount and quantity becomes 0 and the note says so; payments come loose."""
    if entity not in VOIDABLE:
        raise Refused("500", f"{entity} cannot be voided")
    refuse_deposited(books, entity, id, "changed")
    unapply(books, (entity, id), None)
    before = books.store[entity][id]
    note = before.get("PrivateNote")
    after = {**before, "PrivateNote": f"Voided - {note}" if note else "Voided", "TotalAmt": ZERO}
    for field in ("Balance", "RemainingCredit", "UnappliedAmt", "Deposit", "HomeTotalAmt", "HomeBalance"):
        if field in after:
            after[field] = ZERO
    after["Line"] = [] if entity in SETTLEMENTS else [zero_line(line) for line in before["Line"]]
    if "TxnTaxDetail" in after:
        after["TxnTaxDetail"] = {"TotalTax": ZERO}
    if "LinkedTxn" in after:
        after["LinkedTxn"] = []
    return replace(books, entity, id, before, after, "Void")


def delete(books: Books, entity: str, id: str) -> None:
    """The object vanishes and leaves a tombstone; payments come loose."""
    if entity in KEPT_LISTS:
        raise Refused("500", f"{entity} cannot be deleted, only made inactive")
    refuse_deposited(books, entity, id, "deleted")
    if entity in POSTING and entity not in SETTLEMENTS:
        unapply(books, (entity, id), None)
    remove(books, entity, id)


def email(books: Books, entity: str, id: str) -> Document:
    form = books.store[entity][id]
    sent = books.clock.now() - dt.timedelta(seconds=1)
    form["EmailStatus"] = "EmailSent"
    form["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(sent)}
    if entity == "Invoice":
        form["InvoiceLink"] = f"https://connect.embedded.example/t/scs-v1-{books.realm_id}-{id}"
    books.bump(entity, id, token=False, operation="Emailed")
    return form
