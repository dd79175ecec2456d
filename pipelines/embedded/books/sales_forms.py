"""Invoices, credit memos, receipts and estimates: what QuickBooks fills in, and how their totals come about."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..clock import add_days
from .documents import Document, charges
from .heads import company_address, home_total, transaction_head
from .money import ONE, ZERO, cents, plain
from .state import State

SALES_FORMS = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate")


def complete_sales_form(state: State, entity: str, body: Document, changes: Document) -> Document:
    """The whole form from the `changes` over what stood before; totals follow from its lines."""
    walk_in = entity == "SalesReceipt" and "CustomerRef" not in body
    form = transaction_head(state, entity, body, None if walk_in else "Customer", changes)
    form["Line"] = number_lines(list(sales_lines(state, form)))
    total(state, form)
    customer = buyer(state, form)
    for field in ("BillAddr", "ShipAddr"):
        if field in customer:
            form.setdefault(field, customer[field])
    if "PrimaryEmailAddr" in customer:
        form.setdefault("BillEmail", customer["PrimaryEmailAddr"])
    if entity in ("Invoice", "Estimate", "SalesReceipt"):
        form.setdefault("ShipFromAddr", company_address(state))
    form.setdefault("ApplyTaxAfterDiscount", False)
    form.setdefault("PrintStatus", "NeedToPrint")
    form.setdefault("EmailStatus", "NotSet")
    form.setdefault("CustomField", [])
    KINDS[entity](state, form, changes)
    return form


def buyer(state: State, form: Document) -> Document:
    """The form's customer; a sales receipt may name nobody, who then pays the usual tax."""
    if "CustomerRef" not in form:
        return {"Taxable": True}
    return state.store["Customer"][form["CustomerRef"]["value"]]


def complete_invoice(state: State, form: Document, changes: Document) -> None:
    customer = buyer(state, form)
    if "SalesTermRef" in customer:
        form.setdefault("SalesTermRef", customer["SalesTermRef"])
    due(state, form, changes)
    if deposit := form.get("Deposit"):
        form["Deposit"] = min(cents(deposit), form["TotalAmt"])
        form.setdefault("DepositToAccountRef", state.ref("Account", state.roles["undeposited"]))
    for kind in ("IPN", "Online", "OnlineCreditCard", "OnlineACH"):
        form.setdefault(f"Allow{kind}Payment", False)
    form.setdefault("LinkedTxn", [])


def complete_credit_memo(state: State, form: Document, changes: Document) -> None:
    form.setdefault("RemainingCredit", form["TotalAmt"])


def complete_receipt(state: State, form: Document, changes: Document) -> None:
    form.setdefault("DepositToAccountRef", state.ref("Account", state.roles["undeposited"]))
    form["Balance"] = ZERO


def complete_estimate(state: State, form: Document, changes: Document) -> None:
    form.setdefault("TxnStatus", "Pending")
    form.setdefault("LinkedTxn", [])


KINDS = {
    "Invoice": complete_invoice,
    "CreditMemo": complete_credit_memo,
    "SalesReceipt": complete_receipt,
    "RefundReceipt": complete_receipt,
    "Estimate": complete_estimate,
}


def due(state: State, form: Document, changes: Document) -> None:
    """A due date that nobody names follows from the terms; one taken away (None) stays away."""
    if form.get("DueDate", "") is None:
        return
    moved = "DueDate" not in changes and ("TxnDate" in changes or "SalesTermRef" in changes)
    term = state.store["Term"].get((form.get("SalesTermRef") or {}).get("value", ""))
    has_date = "DueDate" in form
    if term and (moved or not has_date) and (has_date or "Id" not in form):
        form["DueDate"] = add_days(form["TxnDate"], int(term["DueDays"]))


def sales_lines(state: State, form: Document) -> Iterator[Document]:
    """The lines in QuickBooks' order: charges, subtotal, discount."""
    subtotal, discounts = ZERO, []
    for line in form.get("Line", ()):
        kind = line["DetailType"]
        if kind == "SubTotalLineDetail":
            continue
        if kind == "DiscountLineDetail":
            discounts.append(line)
            continue
        line = sales_line(state, form, line)
        if kind == "GroupLineDetail":
            subtotal += sum((nested["Amount"] for nested in line["GroupLineDetail"]["Line"]), ZERO)
        elif kind != "DescriptionOnly":
            subtotal += line["Amount"]
        yield line
    yield {"Amount": cents(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    for line in discounts:
        yield discount_line(state, line, subtotal)


def sales_line(state: State, form: Document, line: Document) -> Document:
    """A line as stored; shipping and costs passed on name no item of the list."""
    kind = line["DetailType"]
    if kind == "GroupLineDetail":
        group = line["GroupLineDetail"]
        nested = [sales_line(state, form, part) for part in group["Line"]]
        reference = state.ref("Item", group["GroupItemRef"]["value"])
        return {**line, "Amount": ZERO, kind: {**group, "GroupItemRef": reference, "Line": nested}}
    if kind != "SalesItemLineDetail":
        return dict(line)
    source = line[kind]
    item = state.store["Item"].get(source.get("ItemRef", {}).get("value", ""), {})
    detail = {**source, "ItemRef": state.ref("Item", item["Id"])} if item else dict(source)
    for field in ("Qty", "UnitPrice"):
        if field in detail:
            detail[field] = plain(detail[field])
    if item:
        detail.setdefault("ItemAccountRef", item["IncomeAccountRef"])
    detail.setdefault("TaxCodeRef", line_tax_code(state, form, item))
    amount = line["Amount"] if "Amount" in line else detail.get("Qty", ONE) * detail["UnitPrice"]
    own = {name: line[name] for name in ("Id", "LineNum", "Description", "LinkedTxn") if name in line}
    return {**own, "Amount": cents(amount), "DetailType": kind, kind: detail, "CustomExtensions": []}


def discount_line(state: State, line: Document, subtotal: Decimal) -> Document:
    detail = {**line["DiscountLineDetail"]}
    detail.setdefault("PercentBased", "DiscountPercent" in detail)
    detail.setdefault("DiscountAccountRef", {"value": state.roles["discounts"], "name": "Discounts given"})
    amount = subtotal * detail["DiscountPercent"] / 100 if detail["PercentBased"] else line["Amount"]
    return {**line, "Amount": cents(amount), "DiscountLineDetail": detail}


def number_lines(lines: list[Document]) -> list[Document]:
    """Lines keep the Id they have; new ones get the next, groups and their parts alike."""
    parts = [part for line in lines for part in line.get("GroupLineDetail", {}).get("Line", ())]
    highest = max((int(line["Id"]) for line in [*lines, *parts] if "Id" in line), default=0)
    number = 0
    for line in lines:
        if line["DetailType"] in ("SubTotalLineDetail", "DiscountLineDetail"):
            continue
        number += 1
        line["LineNum"] = number
        for own in (line, *line.get("GroupLineDetail", {}).get("Line", ())):
            if "Id" not in own:
                highest += 1
                own["Id"] = str(highest)
    return lines


def total(state: State, form: Document) -> None:
    """Subtotal less discount plus tax; per rate, the tax is rounded once over its whole base."""
    subtotal = next(line["Amount"] for line in form["Line"] if line["DetailType"] == "SubTotalLineDetail")
    reduction = sum(
        (line["Amount"] for line in form["Line"] if line["DetailType"] == "DiscountLineDetail"), ZERO
    )
    share = ONE - reduction / subtotal if subtotal and form.get("ApplyTaxAfterDiscount") else ONE
    bases: dict[str, Decimal] = {}
    form_code = form.get("TxnTaxDetail", {}).get("TxnTaxCodeRef", {}).get("value")
    for line in charges(form):
        code = line.get("SalesItemLineDetail", {}).get("TaxCodeRef", {}).get("value")
        for rate in tax_rates(state, code, form_code):
            bases[rate] = bases.get(rate, ZERO) + line["Amount"]
    taxes: list[Document] = []
    for rate, base in bases.items():
        percent = state.store["TaxRate"][rate]["RateValue"]
        net = cents(base * share)
        taxes.append(
            {
                "Amount": cents(net * percent / 100),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": rate},
                    "PercentBased": True,
                    "TaxPercent": percent,
                    "NetAmountTaxable": net,
                },
            }
        )
    tax = sum((line["Amount"] for line in taxes), ZERO)
    detail: Document = {"TotalTax": cents(tax)}
    if taxes:
        code = {"TxnTaxCodeRef": {"value": form_code or state.roles["tax code"]}}
        detail = {**(code if state.profile.country == "US" else {}), **detail, "TaxLine": taxes}
    elif form_code:
        detail = {"TxnTaxCodeRef": {"value": form_code}, **detail}
    form["TxnTaxDetail"] = detail
    form["TotalAmt"] = cents(subtotal - reduction + tax)
    home_total(state, form)


def line_tax_code(state: State, form: Document, item: Document) -> Document:
    customer = buyer(state, form)
    if state.profile.country == "US":
        return {"value": "TAX" if item.get("Taxable") and customer["Taxable"] else "NON"}
    return {"value": customer.get("DefaultTaxCodeRef", {}).get("value", state.roles["tax code"])}


def tax_rates(state: State, code: str | None, form_code: str | None) -> list[str]:
    """The rates of a line's tax code; in the US a line says only TAX and the form names the code."""
    if state.profile.country == "US":
        code = (form_code or state.roles["tax code"]) if code == "TAX" else None
    if code is None:
        return []
    rates = state.store["TaxCode"][code]["SalesTaxRateList"]["TaxRateDetail"]
    return [rate["TaxRateRef"]["value"] for rate in rates]
