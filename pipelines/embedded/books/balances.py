"""Balances as they stand on accounts, customers, vendors and items; writing one stamps the row, not its token."""

from __future__ import annotations

from decimal import Decimal

from .documents import Document
from .money import ZERO, cents, plain
from .state import State

BALANCE_SHEET = ("Asset", "Liability", "Equity")


def write_account(state: State, id: str, balance: Decimal) -> None:
    """Balance sheet accounts show theirs, debits positive, unless inactive; income and expense show 0."""
    account = state.store["Account"][id]
    if account["Classification"] not in BALANCE_SHEET:
        return
    own = balance if account["Active"] else ZERO
    change = own - account["CurrentBalance"]
    if not change:
        return
    account["CurrentBalance"] = cents(own)
    above: Document | None = account
    while above:
        above["CurrentBalanceWithSubAccounts"] = cents(above["CurrentBalanceWithSubAccounts"] + change)
        stamp(state, "Account", above["Id"])
        parent = above.get("ParentRef")
        above = state.store["Account"][parent["value"]] if parent else None


def write_party(state: State, id: str, owed: Decimal, change: Decimal) -> None:
    """A customer's open balance, or what we owe a vendor; the family's totals move with it."""
    vendor = state.store["Vendor"].get(id)
    if vendor:
        vendor["Balance"] = cents(-owed)
        stamp(state, "Vendor", id)
        return
    state.store["Customer"][id]["Balance"] = cents(owed)
    move_family(state, id, change)


def stamp(state: State, entity: str, id: str) -> None:
    """The row has another balance, and another stamp unless the switch says otherwise."""
    if state.balances_stamp:
        state.bump(entity, id, token=False)
    else:
        state.revision += 1


def move_family(state: State, id: str | None, change: Decimal) -> None:
    """Adds to the balance with jobs of a customer and all above."""
    while id:
        customer = state.store["Customer"][id]
        customer["BalanceWithJobs"] = cents(customer["BalanceWithJobs"] + change)
        state.bump("Customer", id, token=False)
        id = customer.get("ParentRef", {}).get("value")


def move_stock(state: State, id: str, quantity: Decimal) -> None:
    item = state.store["Item"][id]
    item["QtyOnHand"] = plain(item["QtyOnHand"] + quantity)
    state.bump("Item", id, token=False)
