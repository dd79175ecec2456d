"""What each entity lets a query filter, sort and project, as the API reference's tables say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..wire.fault_codes import Fault
from .entities import BY_NAME, Kind

STAMPS = ("MetaData.CreateTime", "MetaData.LastUpdatedTime")
SALES = "CustomerRef ProjectRef TxnDate DocNumber"

FILTERS: dict[str, str] = {
    "Account": "Name FullyQualifiedName AccountType AccountSubType Classification SubAccount CurrentBalance",
    "Attachable": "FileName Note",
    "Bill": "VendorRef TxnDate APAccountRef SalesTermRef TotalAmt DueDate DocNumber Balance",
    "BillPayment": "VendorRef TotalAmt DocNumber TxnDate APAccountRef",
    "Budget": "Name StartDate EndDate BudgetType",
    "Class": "FullyQualifiedName Name",
    "CompanyCurrency": "Code Name",
    "CompanyInfo": "",
    "CreditMemo": f"{SALES} SalesTermRef Balance TotalAmt",
    "Customer": "DisplayName GivenName MiddleName FamilyName CompanyName PrimaryEmailAddr Balance "
    "PrintOnCheckName FullyQualifiedName",
    "CustomerType": "Name",
    "Department": "FullyQualifiedName Name",
    "Deposit": "TxnDate DocNumber DepositToAccountRef",
    "Employee": "DisplayName GivenName MiddleName FamilyName PrintOnCheckName",
    "Estimate": f"{SALES} DueDate TotalAmt",
    "ExchangeRate": "AsOfDate SourceCurrencyCode",
    "Invoice": f"{SALES} SalesTermRef DueDate Balance TotalAmt",
    "Item": "Name Type Taxable FullyQualifiedName SubItem Sku",
    "Payment": "TotalAmt CustomerRef ProjectRef TxnDate PaymentMethodRef PaymentRefNum",
    "PaymentMethod": "Name",
    "Preferences": "",
    "Purchase": "TxnDate DocNumber TotalAmt PaymentType AccountRef",
    "PurchaseOrder": "TxnDate DueDate DocNumber",
    "RefundReceipt": f"{SALES} PaymentType CheckPayment CreditCardPayment Balance TotalAmt",
    "SalesReceipt": f"{SALES} TotalAmt Balance",
    "TaxAgency": "DisplayName",
    "TaxCode": "Name Description",
    "TaxRate": "Name Description AgencyRef TaxReturnLineRef",
    "Term": "Name",
    "TimeActivity": "TxnDate ProjectRef BillableStatus",
    "Transfer": "TxnDate Amount",
    "Vendor": "DisplayName GivenName MiddleName FamilyName CompanyName PrimaryEmailAddr Balance "
    "PrintOnCheckName",
    "VendorCredit": "DocNumber APAccountRef TxnDate TotalAmt",
}
SORTS: dict[str, str] = {
    "Customer": "DisplayName GivenName MiddleName FamilyName CompanyName Balance PrintOnCheckName "
    "FullyQualifiedName BalanceWithJobs",
    "Invoice": "DocNumber TxnDate DueDate Balance",
    "Payment": "TxnDate",
    "CreditMemo": "TxnDate DocNumber Balance",
    "VendorCredit": "DocNumber TxnDate TotalAmt Balance",
    "JournalEntry": "DocNumber TxnDate",
    "Item": "Name Type UnitPrice PurchaseCost",
    "TaxCode": "Name",
    "TaxRate": "Name",
}
NOT_QUERYABLE: dict[str, str] = {
    "Payment": "UnappliedAmt",
    "Purchase": "PrivateNote EntityRef DepartmentRef",
    "Deposit": "TotalAmt AccountRef",
    "SalesReceipt": "DepartmentRef",
    "JournalEntry": "DepartmentRef AccountRef",
    "Invoice": "DepartmentRef AccountRef",
    "Bill": "CustomerRef",
    "PurchaseOrder": "CustomerRef",
}
COMMON = "Id SyncToken domain sparse"
UNSORTED = {entity.name for entity in BY_NAME.values() if not entity.sortable}


@dataclass(frozen=True)
class Properties:
    """The right spelling of each property, by its lower-case name."""

    entity: str
    filters: dict[str, str]
    sorts: dict[str, str]
    known: dict[str, str]

    def filter(self, name: str) -> str:
        """The property to filter on; raises `Fault` 4001 when QuickBooks has none or refuses it."""
        return self._find(self.filters, name)

    def sort(self, name: str) -> str:
        """The property to sort on; raises `Fault` 4001 when QuickBooks has none or refuses it."""
        return self._find(self.sorts, name)

    def _find(self, allowed: dict[str, str], name: str) -> str:
        spelling = allowed.get(name.lower())
        if spelling:
            return spelling
        if name.lower() in self.known:
            raise Fault("4001", f"QueryValidationError: property '{name}' is not queryable")
        raise self.missing(name)

    def missing(self, name: str) -> Fault:
        return Fault("4001", f"QueryValidationError: Property {name} not found for Entity {self.entity}")


@cache
def properties(entity: str) -> Properties:
    """What queries of an entity may name."""
    filters = [*FILTERS.get(entity, "").split(), *STAMPS]
    catalogued = BY_NAME[entity]
    if catalogued.has_id:
        filters.append("Id")
    if catalogued.active:
        filters.append("Active")
    if catalogued.kind is Kind.TRANSACTION and entity not in FILTERS:
        filters += ["TxnDate", "DocNumber"]
    scalars = [name for name in filters if not name.endswith("Ref")]
    sorts = [*SORTS[entity].split(), "Id", *STAMPS] if entity in SORTS else scalars
    if entity in UNSORTED:
        sorts = []
    known = [*filters, *sorts, *NOT_QUERYABLE.get(entity, "").split(), *COMMON.split(), "MetaData"]
    return Properties(entity, _spelling(filters), _spelling(sorts), _spelling(known))


def _spelling(names: list[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def default_order(entity: str) -> tuple[tuple[str, bool], ...]:
    """(property, descending) pairs of an unsorted query: transactions newest change first, lists by name."""
    kind = BY_NAME[entity].kind
    match entity:
        case "Customer" | "Class" | "Department":
            return (("FullyQualifiedName", False),)
        case "Vendor" | "Employee" | "TaxAgency":
            return (("DisplayName", False),)
        case "CompanyCurrency":
            return (("Code", False),)
        case "ExchangeRate":
            return (("SourceCurrencyCode", False), ("AsOfDate", False))
    return (("Name", False),) if kind is Kind.LIST else (("MetaData.LastUpdatedTime", True),)
