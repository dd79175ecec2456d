"""What a company is before it has books, and which ids its objects draw on."""

from __future__ import annotations

from dataclasses import dataclass

# What people do in QuickBooks and no entity of the API shows: only reports and balances tell of it.
HIDDEN = ("PayrollCheck", "PayrollLiabilityPayment", "SalesTaxPayment")
TRANSACTIONS = (
    "Invoice",
    "Payment",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Estimate",
    "JournalEntry",
    "Deposit",
    "Bill",
    "BillPayment",
    "VendorCredit",
    "Purchase",
    "PurchaseOrder",
    "Transfer",
    "CreditCardPayment",
    "InventoryAdjustment",
    "TaxPayment",
    "ReimburseCharge",
    "TimeActivity",
    "RecurringTransaction",
    *HIDDEN,
)
NAME_LISTS = ("Customer", "Vendor", "Employee", "Account", "Item", "Class", "Department")
OTHER_LISTS = (
    "Term",
    "PaymentMethod",
    "CustomerType",
    "TaxAgency",
    "TaxRate",
    "TaxCode",
    "CompanyCurrency",
    "JournalCode",
    "Budget",
)
SUPPORTING = ("ExchangeRate", "Attachable", "CompanyInfo", "Preferences")
ENTITIES = (*NAME_LISTS, *OTHER_LISTS, *SUPPORTING, *TRANSACTIONS)

# Transactions share one sequence of ids, people another; time activities and lists have their own.
SPACES = {entity: "transaction" for entity in TRANSACTIONS if entity != "TimeActivity"} | {
    entity: "name" for entity in ("Customer", "Vendor", "Employee")
}

# Ids outgrew 32 bits in some spaces long ago: accounts added later, and everything in these two lists.
FIRST_IDS = {"Class": 5_000_000_000_000_005_251, "Attachable": 5_000_000_000_000_503_624}
LATER_ACCOUNT_IDS = 1_150_040_000

CURRENCY_NAMES = {"USD": "United States Dollar", "CAD": "Canadian Dollar", "EUR": "Euro"}


# What Plus has and a smaller plan lacks.
ONLY_IN_PLUS = ("Class", "Department", "Budget", "PurchaseOrder", "TimeActivity")


@dataclass(frozen=True)
class Profile:
    """One company's fixed facts; `lacks` are the entities its edition does not have."""

    realm_id: str
    name: str
    country: str
    home_currency: str
    time_zone: str
    sku: str
    seed: int
    size: float = 1.0
    currencies: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def has_projects(self) -> bool:
        return self.sku.endswith("Plus")

    @property
    def multicurrency(self) -> bool:
        return bool(self.currencies)
