"""Journal entries, deposits and everything on the buying side: what QuickBooks fills in."""

from __future__ import annotations

from decimal import Decimal

from ..clock import add_days
from .documents import Document, Refused, link_type
from .heads import company_address, home_total, transaction_head
from .money import ZERO, cents, plain
from .settlement_forms import name_value
from .state import State


def complete_journal_entry(state: State, entity: str, body: Document, changes: Document) -> Document:
    form = transaction_head(state, entity, body, None, changes)
    form["Line"] = number_lines([{**line, "Amount": cents(line["Amount"])} for line in form["Line"]], first=0)
    sides = {"Debit": ZERO, "Credit": ZERO}
    for line in form["Line"]:
        if detail := line.get("JournalEntryLineDetail"):
            sides[detail["PostingType"]] += line["Amount"]
            if detail["AccountRef"]["value"] in state.controls and "Entity" not in detail:
                raise Refused("6000", "a journal line on A/R or A/P needs a customer or vendor")
    if sides["Debit"] != sides["Credit"]:
        raise Refused("2300", f"debits {sides['Debit']} and credits {sides['Credit']} do not balance")
    form.setdefault("Adjustment", False)
    form["TotalAmt"] = ZERO
    form.setdefault("TxnTaxDetail", {})
    return form


def complete_deposit(state: State, entity: str, body: Document, changes: Document) -> Document:
    form = transaction_head(state, entity, body, None, changes)
    form.setdefault("DepositToAccountRef", state.ref("Account", state.roles["checking"]))
    lines = []
    for line in form["Line"]:
        if links := line.get("LinkedTxn"):
            (link,) = links
            source = state.store[link["TxnType"]][link["TxnId"]]
            if source.get("DepositToAccountRef", {}).get("value") != state.roles["undeposited"]:
                raise Refused("620", f"{link['TxnType']} {link['TxnId']} is not among undeposited funds")
            sign = -1 if link["TxnType"] == "RefundReceipt" else 1
            line = {**line, "Amount": sign * source["TotalAmt"]}
        lines.append({**line, "Amount": cents(line["Amount"])})
    form["Line"] = [line for line in lines if "LinkedTxn" in line] + number_lines(
        [line for line in lines if "LinkedTxn" not in line]
    )
    back = cents(form.get("CashBack", {}).get("Amount", ZERO))
    if back:
        form["CashBack"] = {**form["CashBack"], "Amount": back}
    form["TotalAmt"] = cents(sum((line["Amount"] for line in lines), ZERO) - back)
    home_total(state, form)
    return form


def complete_expense(state: State, entity: str, body: Document, changes: Document) -> Document:
    """Bills, vendor credits, purchases and purchase orders."""
    form = transaction_head(state, entity, body, None if entity == "Purchase" else "Vendor", changes)
    form["Line"] = number_lines([expense_line(state, line) for line in form["Line"]])
    form["TotalAmt"] = cents(sum((line["Amount"] for line in form["Line"]), ZERO))
    if entity == "Purchase":
        form.setdefault("PaymentType", "Cash")
        form.setdefault("AccountRef", state.ref("Account", state.roles["checking"]))
        if form["PaymentType"] == "CreditCard":
            form.setdefault("Credit", False)
        code = {"Check": "3", "Cash": "54", "CreditCard": "54"}[form["PaymentType"]]
        form.setdefault("PurchaseEx", {"any": [name_value("TxnType", code)]})
    else:
        form["APAccountRef"] = state.ref("Account", state.control("payable", form))
        form.setdefault("LinkedTxn", [])
    if entity in ("Bill", "VendorCredit", "PurchaseOrder"):
        vendor = state.store["Vendor"][form["VendorRef"]["value"]]
        if "BillAddr" in vendor:
            form.setdefault("VendorAddr", vendor["BillAddr"])
    if entity in ("Bill", "VendorCredit"):
        form.setdefault("Balance", form["TotalAmt"])
    if entity == "Bill":
        if "TermRef" in vendor:
            form.setdefault("SalesTermRef", vendor["TermRef"])
        term = state.store["Term"].get((form.get("SalesTermRef") or {}).get("value", ""))
        if "DueDate" not in form or ("TxnDate" in changes and "DueDate" not in changes):
            form["DueDate"] = add_days(form["TxnDate"], int(term["DueDays"]) if term else 0)
    if entity == "PurchaseOrder":
        form.setdefault("POStatus", "Open")
        form.setdefault("EmailStatus", "NotSet")
        form.setdefault("ShipAddr", company_address(state))
        form["Line"] = [{"Received": ZERO, **line} for line in form["Line"]]
    home_total(state, form)
    return form


def expense_line(state: State, line: Document) -> Document:
    kind = line["DetailType"]
    detail = dict(line[kind])
    detail.setdefault("BillableStatus", "NotBillable")
    detail.setdefault("TaxCodeRef", {"value": state.roles["no tax"]})
    if "ItemRef" in detail:
        detail["ItemRef"] = state.ref("Item", detail["ItemRef"]["value"])
        for field in ("Qty", "UnitPrice"):
            if field in detail:
                detail[field] = plain(detail[field])
    else:
        detail["AccountRef"] = state.ref("Account", detail["AccountRef"]["value"])
    amount = line["Amount"] if "Amount" in line else detail["Qty"] * detail["UnitPrice"]
    return {**line, "Amount": cents(amount), kind: detail}


def complete_inventory_adjustment(state: State, entity: str, body: Document, changes: Document) -> Document:
    form = transaction_head(state, entity, body, None, changes)
    form.setdefault("AdjustAccountRef", state.ref("Account", state.roles["shrinkage"]))
    lines = []
    for line in form["Line"]:
        detail = line["ItemAdjustmentLineDetail"]
        reference = state.ref("Item", detail["ItemRef"]["value"])
        detail = {**detail, "ItemRef": reference, "QtyDiff": plain(detail["QtyDiff"])}
        lines.append({**line, "Amount": ZERO, "ItemAdjustmentLineDetail": detail})
    form["Line"] = number_lines(lines)
    return without_currency(form)


def complete_move(state: State, entity: str, body: Document, changes: Document) -> Document:
    """Transfers, credit card payments and tax payments: one amount from one account to another."""
    form = transaction_head(state, entity, body, None, changes)
    without_currency(form)
    field = "PaymentAmount" if entity == "TaxPayment" else "Amount"
    form[field] = cents(form[field])
    if entity == "TaxPayment":
        form.setdefault("PaymentDate", form.pop("TxnDate"))
        form.pop("TxnDate", None)
    return form


def complete_plain(state: State, entity: str, body: Document, changes: Document) -> Document:
    """Time activities, reimburse charges and templates post nothing."""
    form = transaction_head(state, entity, body, "Customer" if "CustomerRef" in body else None, changes)
    return without_currency(form)


def without_currency(form: Document) -> Document:
    """These move home currency alone and do not say so."""
    for field in ("CurrencyRef", "ExchangeRate"):
        form.pop(field, None)
    return form


def number_lines(lines: list[Document], first: int = 1) -> list[Document]:
    """Lines keep the Id they have; new ones get the next."""
    highest = max((int(line["Id"]) for line in lines if "Id" in line), default=first - 1)
    for line in lines:
        if "Id" not in line:
            highest += 1
            line["Id"] = str(highest)
    return lines


def linked_line(state: State, entity: str, id: str, amount: Decimal, named: str = "") -> Document:
    """A payment's line that settles `amount` of a document, or of the line of a journal entry that it names."""
    link = {"TxnId": id, "TxnType": link_type(entity, state.store[entity][id])}
    return {"Amount": cents(amount), "LinkedTxn": [link | ({"TxnLineId": named} if named else {})]}
