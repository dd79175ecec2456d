"""Create, update, void, delete, inactivate and e-mail, with all they entail for other objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .balances import write_account
from .clock import stamp
from .documents import Document, Key, Tombstone
from .ledger import SETTLEMENTS
from .list_forms import DELETED, PEOPLE, complete_list, rename_descendants
from .mergers import reparent
from .money import ZERO
from .origins import forget_origin, is_deposited, relink_origins
from .other_forms import (
    complete_deposit,
    complete_expense,
    complete_inventory_adjustment,
    complete_journal_entry,
    complete_move,
    complete_plain,
)
from .postings import POSTING
from .profile import TRANSACTIONS
from .refusal import Refused
from .sales_forms import SALES_FORMS, complete_sales_form
from .settlement_forms import complete_bill_payment, complete_payment, fitted, refuse_overapplied
from .unapplying import unapply

if TYPE_CHECKING:
    from .books import Company

Complete = Callable[["Company", str, Document, Document], Document]

COMPLETE: dict[str, Complete] = {
    **{entity: complete_sales_form for entity in SALES_FORMS},
    **{entity: complete_expense for entity in ("Bill", "VendorCredit", "Purchase", "PurchaseOrder")},
    **{entity: complete_move for entity in ("Transfer", "CreditCardPayment", "TaxPayment")},
    **{entity: complete_plain for entity in ("TimeActivity", "ReimburseCharge")},
    "Payment": complete_payment,
    "BillPayment": complete_bill_payment,
    "JournalEntry": complete_journal_entry,
    "Deposit": complete_deposit,
    "InventoryAdjustment": complete_inventory_adjustment,
}
VOIDABLE = ("Invoice", "CreditMemo", "Payment", "SalesReceipt", "RefundReceipt", "BillPayment", "Purchase")
KEPT_LISTS = ("Customer", "Vendor", "Employee", "Account", "Item", "Term", "Class", "Department")


def create(company: Company, entity: str, body: Document) -> Document:
    if not company.supports(entity):
        raise Refused("5020", f"{company.name} has no {entity}")
    if entity == "RecurringTransaction":
        return create_template(company, body)
    form = COMPLETE.get(entity, complete_list)(company, entity, body, body)
    if entity in SETTLEMENTS:
        refuse_overapplied(company, (entity, ""), form)
    id = body.get("Id") or company.next_id(entity)
    key = f"{form['SourceCurrencyCode']}|{form['AsOfDate']}" if entity == "ExchangeRate" else id
    form = {name: value for name, value in form.items() if value is not None and name != "Id"}
    document = {"domain": "QBO", "sparse": False, **head(company, entity, id), **form}
    company.store[entity][key] = document
    company.revision += 1
    company.tell("Create", entity, id)
    if entity in TRANSACTIONS:
        post(company, (entity, id), None, document)
    else:
        company.index(entity, key)
    return document


def head(company: Company, entity: str, id: str) -> Document:
    now = company.clock.stamp()
    if entity == "ExchangeRate":
        return {"SyncToken": "0", "MetaData": {"LastUpdatedTime": now}}
    return {"Id": id, "SyncToken": "0", "MetaData": {"CreateTime": now, "LastUpdatedTime": now}}


def create_template(company: Company, body: Document) -> Document:
    """A recurring transaction is a form wrapped in its kind; it posts nothing."""
    ((kind, inner),) = body.items()
    form = COMPLETE[kind](company, kind, {"DocNumber": None, **inner}, inner)
    id = company.next_id("RecurringTransaction")
    undated = ("TxnDate", "DueDate", "Balance", "LinkedTxn")
    form = {name: value for name, value in form.items() if value is not None and name not in undated}
    form["RecurDataRef"] = {"value": id}
    wrapped = {kind: {"domain": "QBO", "sparse": False, **head(company, kind, id), **form}}
    company.store["RecurringTransaction"][id] = wrapped
    company.revision += 1
    company.tell("Create", "RecurringTransaction", id)
    return wrapped


def update(company: Company, entity: str, id: str, changes: dict[str, Any]) -> Document:
    before = company.store[entity][id]
    if entity == "RecurringTransaction":
        next(iter(before.values())).update(changes)
        company.bump(entity, id)
        return before
    if "Active" in changes and changes["Active"] != before["Active"]:
        set_active(company, entity, id, changes.pop("Active"))
        if not changes:
            return company.store[entity][id]
        before = company.store[entity][id]
    form = COMPLETE.get(entity, complete_list)(company, entity, {**before, **changes}, changes)
    after = {name: value for name, value in form.items() if value is not None}
    if is_deposited(before) and after["TotalAmt"] != before["TotalAmt"]:
        raise Refused("6540", f"{entity} {id} is in a deposit and cannot be changed")
    if entity in SETTLEMENTS:
        after = fitted(company, (entity, id), after) or after
        refuse_overapplied(company, (entity, id), after)
    elif entity in POSTING:
        unapply(company, (entity, id), after)
    return replace(company, entity, id, before, after)


def replace(
    company: Company, entity: str, id: str, before: Document, after: Document, operation: str = "Update"
) -> Document:
    """Puts the new version in place, one token further."""
    after["MetaData"] = {**company.store[entity][id]["MetaData"]}
    if entity == "Invoice" or entity == "Bill":
        after["LinkedTxn"] = after.get("LinkedTxn", [])
    company.store[entity][id] = after
    company.bump(entity, id, operation=operation)
    if entity in TRANSACTIONS:
        post(company, (entity, id), before, after)
    else:
        refile(company, entity, id, before)
    return after


def refile(company: Company, entity: str, id: str, before: Document) -> None:
    """A renamed or moved list object: its index, its family and the names below."""
    after = company.store[entity][id]
    if entity in PEOPLE:
        company.names.pop(before["DisplayName"].casefold(), None)
    reparent(company, entity, id, before.get("ParentRef"), after.get("ParentRef"))
    company.index(entity, id)
    if before.get("FullyQualifiedName") != after.get("FullyQualifiedName"):
        rename_descendants(company, entity, id)
    if entity == "Item" and before.get("PurchaseCost") != after.get("PurchaseCost"):
        for key in list(company.ledger.postings):
            document = company.store[key[0]][key[1]]
            company.ledger.repost(key, document, document)


def post(company: Company, key: Key, before: Document | None, after: Document | None) -> None:
    company.ledger.repost(key, before, after)
    relink_origins(company, key, before, after)


def void(company: Company, entity: str, id: str) -> Document:
    """Every amount and quantity becomes 0 and the note says so; payments come loose."""
    if entity not in VOIDABLE:
        raise Refused("500", f"{entity} cannot be voided")
    before = company.store[entity][id]
    if is_deposited(before):
        raise Refused("6540", f"{entity} {id} is in a deposit and cannot be changed")
    unapply(company, (entity, id), None)
    before = company.store[entity][id]
    note = before.get("PrivateNote")
    after = {**before, "PrivateNote": f"Voided - {note}" if note else "Voided", "TotalAmt": ZERO}
    for field in ("Balance", "RemainingCredit", "UnappliedAmt", "Deposit", "HomeTotalAmt", "HomeBalance"):
        if field in after:
            after[field] = ZERO
    after["Line"] = [] if entity in SETTLEMENTS else [zeroed(line) for line in before["Line"]]
    if "TxnTaxDetail" in after:
        after["TxnTaxDetail"] = {"TotalTax": ZERO}
    if "LinkedTxn" in after:
        after["LinkedTxn"] = []
    return replace(company, entity, id, before, after, "Void")


def zeroed(line: Document) -> Document:
    kind = line["DetailType"]
    detail = {**line[kind]} if isinstance(line.get(kind), dict) else None
    if detail is not None:
        for field in ("Qty", "Quantity"):
            if field in detail:
                detail[field] = ZERO
        if "Line" in detail:
            detail["Line"] = [zeroed(part) for part in detail["Line"]]
    amount = {"Amount": ZERO} if "Amount" in line else {}
    return {**line, **amount, **({kind: detail} if detail is not None else {})}


def delete(company: Company, entity: str, id: str) -> None:
    """The object vanishes and leaves a tombstone; payments come loose."""
    if entity in KEPT_LISTS:
        raise Refused("500", f"{entity} cannot be deleted, only made inactive")
    before = company.store[entity][id]
    if entity not in ("RecurringTransaction",) and is_deposited(before):
        raise Refused("6540", f"{entity} {id} is in a deposit and cannot be deleted")
    if entity in POSTING and entity not in SETTLEMENTS:
        unapply(company, (entity, id), None)
    before = company.store[entity].pop(id)
    bury(company, entity, id)
    company.tell("Delete", entity, id)
    forget_origin(company, entity, before)
    if entity in POSTING or entity in TRANSACTIONS:
        post(company, (entity, id), before, None)


def bury(company: Company, entity: str, id: str) -> None:
    company.buried.append(Tombstone(entity, id, company.clock.now().replace(microsecond=0)))
    company.revision += 1


def set_active(company: Company, entity: str, id: str, active: bool) -> Document:
    """Inactive rows are renamed with ` (deleted)`; coming back takes it away."""
    before = company.store[entity][id]
    if before["Active"] == active:
        return before
    after = {**before, "Active": active}
    for field in ("DisplayName", "Name", "FullyQualifiedName"):
        if field in after:
            after[field] = after[field] + DELETED if not active else after[field].removesuffix(DELETED)
    if entity in PEOPLE and company.name_taken(after["DisplayName"], id):
        raise Refused("6240", f"the name {after['DisplayName']} exists already")
    replace(company, entity, id, before, after)
    if entity == "Account":
        write_account(company, id)
    return after


def email(company: Company, entity: str, id: str) -> Document:
    form = company.store[entity][id]
    sent = company.clock.now() - dt.timedelta(seconds=1)
    form["EmailStatus"] = "EmailSent"
    form["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(sent)}
    company.bump(entity, id, token=False, operation="Emailed")
    return form
