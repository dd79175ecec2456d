"""The catalogue: every QuickBooks entity we copy, one line each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The part that an entity plays in the books."""

    LIST = "list"
    TRANSACTION = "transaction"
    SUPPORTING = "supporting"
    SINGLETON = "singleton"


@dataclass(frozen=True)
class Entity:
    """One QuickBooks entity and what its endpoints can do.

    `cdc`: change data capture reports it.
    `active`: a name list, whose inactive rows a query hides unless asked for.
    `sortable`: accepts `ORDERBY MetaData.LastUpdatedTime`.
    `key`: the fields that identify a row; more than one are joined by `|`.
    `wrapped`: a query wraps each row in the name of its inner entity.
    Source: https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/account
    """

    name: str
    kind: Kind
    cdc: bool = True
    active: bool = False
    sortable: bool = True
    key: tuple[str, ...] = ("Id",)
    wrapped: bool = False

    @property
    def table(self) -> str:
        """Table in `raw`: snake case, singular."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.name).lower()

    @property
    def keyed_by_id(self) -> bool:
        """It can be asked for with `Id IN (…)`."""
        return self.key == ("Id",)

    @property
    def is_in_every_plan(self) -> bool:
        """No change of the company's plan takes it away: who is refused it has lost a permission."""
        return self.name in IN_EVERY_PLAN

    @property
    def staging(self) -> str:
        """Table in `staging`: snake case, plural."""
        if self.kind is Kind.SINGLETON:
            return self.table
        if self.table.endswith("y"):
            return f"{self.table[:-1]}ies"
        return f"{self.table}{'es' if self.table.endswith('s') else 's'}"


IN_EVERY_PLAN = frozenset(
    {"Account", "CompanyInfo", "CreditMemo", "Customer", "Invoice", "Item", "Payment", "Preferences"}
)
LIST, TRANSACTION, SUPPORTING, SINGLETON = Kind.LIST, Kind.TRANSACTION, Kind.SUPPORTING, Kind.SINGLETON

CATALOGUE: tuple[Entity, ...] = (
    Entity("Account", LIST, active=True),
    Entity("Attachable", SUPPORTING, cdc=False),
    Entity("Bill", TRANSACTION),
    Entity("BillPayment", TRANSACTION),
    Entity("Budget", LIST, active=True),
    Entity("Class", LIST, active=True),
    Entity("CompanyCurrency", LIST, active=True),
    Entity("CompanyInfo", SINGLETON, cdc=False),
    Entity("CreditCardPayment", TRANSACTION),
    Entity("CreditMemo", TRANSACTION),
    Entity("Customer", LIST, active=True),
    Entity("CustomerType", LIST),
    Entity("Department", LIST, active=True),
    Entity("Deposit", TRANSACTION),
    Entity("Employee", LIST, active=True),
    Entity("Estimate", TRANSACTION),
    Entity("ExchangeRate", SUPPORTING, cdc=False, sortable=False, key=("SourceCurrencyCode", "AsOfDate")),
    Entity("InventoryAdjustment", TRANSACTION),
    Entity("Invoice", TRANSACTION),
    Entity("Item", LIST, active=True),
    Entity("JournalCode", LIST, cdc=False),
    Entity("JournalEntry", TRANSACTION),
    Entity("Payment", TRANSACTION),
    Entity("PaymentMethod", LIST, active=True),
    Entity("Preferences", SINGLETON, cdc=False),
    Entity("Purchase", TRANSACTION),
    Entity("PurchaseOrder", TRANSACTION),
    Entity("RecurringTransaction", TRANSACTION, wrapped=True),
    Entity("RefundReceipt", TRANSACTION),
    Entity("ReimburseCharge", TRANSACTION),
    Entity("SalesReceipt", TRANSACTION),
    Entity("TaxAgency", LIST, cdc=False, sortable=False),
    Entity("TaxCode", LIST, cdc=False, active=True),
    Entity("TaxPayment", TRANSACTION),
    Entity("TaxRate", LIST, cdc=False, active=True),
    Entity("Term", LIST, active=True),
    Entity("TimeActivity", TRANSACTION, cdc=False),
    Entity("Transfer", TRANSACTION),
    Entity("Vendor", LIST, active=True),
    Entity("VendorCredit", TRANSACTION),
)

BY_NAME: dict[str, Entity] = {entity.name: entity for entity in CATALOGUE}
