"""Balances as they stand on accounts, customers, vendors and items; writing one stamps the row, not its token."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .documents import Document
from .money import ZERO, cents, plain

if TYPE_CHECKING:
    from .books import Company

BALANCE_SHEET = ("Asset", "Liability", "Equity")


def write_account(company: Company, id: str) -> None:
    """Balance sheet accounts show theirs, debits positive, unless inactive; income and expense show 0."""
    account = company.store["Account"][id]
    if account["Classification"] not in BALANCE_SHEET:
        return
    own = company.ledger.balances[id] if account["Active"] else ZERO
    change = own - account["CurrentBalance"]
    if not change:
        return
    account["CurrentBalance"] = cents(own)
    above: Document | None = account
    while above:
        above["CurrentBalanceWithSubAccounts"] = cents(above["CurrentBalanceWithSubAccounts"] + change)
        company.bump("Account", above["Id"], token=False)
        parent = above.get("ParentRef")
        above = company.store["Account"][parent["value"]] if parent else None


def write_party(company: Company, id: str, change: Decimal) -> None:
    """A customer's open balance, or what we owe a vendor; the family's totals move with it."""
    vendor = company.store["Vendor"].get(id)
    if vendor:
        vendor["Balance"] = cents(-company.ledger.parties[id])
        company.bump("Vendor", id, token=False)
        return
    company.store["Customer"][id]["Balance"] = cents(company.ledger.parties[id])
    move_family(company, id, change)


def move_family(company: Company, id: str | None, change: Decimal) -> None:
    """Adds to the balance with jobs of a customer and all above."""
    while id:
        customer = company.store["Customer"][id]
        customer["BalanceWithJobs"] = cents(customer["BalanceWithJobs"] + change)
        company.bump("Customer", id, token=False)
        id = customer.get("ParentRef", {}).get("value")


def move_stock(company: Company, id: str, quantity: Decimal) -> None:
    item = company.store["Item"][id]
    item["QtyOnHand"] = plain(item["QtyOnHand"] + quantity)
    company.bump("Item", id, token=False)
