"""Customers, accounts, items and the other lists: names, levels and what QuickBooks fills in."""

from __future__ import annotations

from .documents import Document, Refused
from .money import ZERO
from .profile import CURRENCY_NAMES
from .state import State

DELETED = " (deleted)"
WITHOUT_ACTIVE = ("TaxAgency", "Attachable", "JournalCode", "ExchangeRate", "CompanyInfo", "Preferences")
PEOPLE = ("Customer", "Vendor", "Employee")
SUB_FLAGS = {
    "Account": "SubAccount",
    "Item": "SubItem",
    "Class": "SubClass",
    "Department": "SubDepartment",
}


def complete_list(state: State, entity: str, body: Document, changes: Document) -> Document:
    """A list object with its full name; parents come before children."""
    form = dict(body)
    if entity not in WITHOUT_ACTIVE:
        form.setdefault("Active", True)
    if entity in PEOPLE:
        complete_person(state, entity, form, changes)
    elif entity in SUB_FLAGS:
        form[SUB_FLAGS[entity]] = bool(form.get("ParentRef"))
        form["FullyQualifiedName"] = full_name(state, entity, form)
    if entity == "Account":
        form.setdefault("CurrencyRef", state.currency_ref(state.home))
        form.setdefault("CurrentBalance", ZERO)
        form.setdefault("CurrentBalanceWithSubAccounts", ZERO)
    return form


def complete_person(state: State, entity: str, form: Document, changes: Document) -> None:
    name = form["DisplayName"]
    if "DisplayName" in changes and state.name_taken(name, form.get("Id")):
        raise Refused("6240", f"the name {name} exists already")
    if "PrintOnCheckName" not in form or "DisplayName" in changes and "PrintOnCheckName" not in changes:
        form["PrintOnCheckName"] = (form.get("CompanyName") or name).removesuffix(DELETED)
    if entity == "Employee":
        form.setdefault("BillableTime", False)
        return
    form.setdefault("Balance", ZERO)
    parent = form.get("ParentRef")
    if entity == "Customer":
        form.setdefault("BalanceWithJobs", ZERO)
        form.setdefault("Taxable", False)
        form.setdefault("PreferredDeliveryMethod", "Print")
        form.setdefault("IsProject", False)
        form["Job"] = bool(parent)
        form.setdefault("BillWithParent", False)
        form["FullyQualifiedName"] = full_name(state, entity, form)
        if parent:
            refuse_loop(state, form)
            above = state.store["Customer"][parent["value"]]
            currency = form.get("CurrencyRef") or above["CurrencyRef"]
            if currency["value"] != above["CurrencyRef"]["value"]:
                raise Refused("6000", f"{name} has another currency than the customer above")
            form["Level"] = int(above.get("Level", 0)) + 1
            form["CurrencyRef"] = above["CurrencyRef"]
        else:
            form.pop("Level", None)
    else:
        form.setdefault("Vendor1099", False)
    form.setdefault("CurrencyRef", state.currency_ref(state.home))
    form["CurrencyRef"].setdefault("name", CURRENCY_NAMES[form["CurrencyRef"]["value"]])


def refuse_loop(state: State, form: Document) -> None:
    above: str | None = form["ParentRef"]["value"]
    while above:
        if above == form.get("Id"):
            raise Refused("900", f"{form['DisplayName']} cannot be its own parent")
        above = state.store["Customer"][above].get("ParentRef", {}).get("value")


def full_name(state: State, entity: str, form: Document) -> str:
    name: str = form["DisplayName" if entity in PEOPLE else "Name"]
    if parent := form.get("ParentRef"):
        above: str = state.store[entity][parent["value"]]["FullyQualifiedName"]
        return f"{above.removesuffix(DELETED)}:{name}"
    return name


def rename_descendants(state: State, entity: str, id: str) -> None:
    """A new name above changes full names and levels below, which stamps the rows below but is no edit of them."""
    for child in state.children(entity, id):
        form = state.store[entity][child]
        name = full_name(state, entity, form)
        level = int(state.store[entity][id].get("Level", 0)) + 1
        if name != form["FullyQualifiedName"] or form.get("Level", level) != level:
            form["FullyQualifiedName"] = name
            if "Level" in form:
                form["Level"] = level
            state.bump(entity, child, token=False)
        rename_descendants(state, entity, child)
