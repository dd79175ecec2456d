"""The entities of the API and what sets each apart there: written for this server, after Intuit's documentation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How Intuit groups its entities."""

    LIST = "list"
    TRANSACTION = "transaction"
    SUPPORTING = "supporting"


@dataclass(frozen=True)
class Entity:
    """One entity as the API treats it.

    `active`: rows carry Active, and a query leaves the inactive ones out unless it asks for them.
    `cdc`: change data capture tells of it.
    `total_count`: the answer to a query says totalCount.
    `sortable`: a query may order it.
    `has_id`: rows have an Id to be read and filtered by.
    `singleton`: a company has exactly one, read without an Id or by the company's own.
    `wrapped`: each row comes in the name of its kind.
    `only_in_reads`: fields that a read by Id shows and a query leaves out.
    `only_in_queries`: the reverse.

    Sources: https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api,
    https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture
    and, for `total_count` and `only_in_reads`, answers of the service. Where those leave it open, as whether change
    data capture tells of the supporting entities, the server refuses, so that nobody comes to rely on it.
    """

    name: str
    kind: Kind
    active: bool = False
    cdc: bool = True
    total_count: bool = False
    sortable: bool = True
    has_id: bool = True
    singleton: bool = False
    wrapped: bool = False
    only_in_reads: tuple[str, ...] = ()
    only_in_queries: tuple[str, ...] = ()


ENTITIES = (
    Entity("Account", Kind.LIST, active=True),
    Entity("Budget", Kind.LIST, active=True, total_count=True),
    Entity("Class", Kind.LIST, active=True, total_count=True),
    Entity("CompanyCurrency", Kind.LIST, active=True),
    Entity(
        "Customer",
        Kind.LIST,
        active=True,
        only_in_reads=("DefaultTaxCodeRef",),
        only_in_queries=("ClientEntityId", "V4IDPseudonym"),
    ),
    Entity("CustomerType", Kind.LIST, total_count=True),
    Entity("Department", Kind.LIST, active=True),
    Entity("Employee", Kind.LIST, active=True),
    Entity("Item", Kind.LIST, active=True, only_in_reads=("DeferredRevenue",)),
    Entity("JournalCode", Kind.LIST, cdc=False),
    Entity("PaymentMethod", Kind.LIST, active=True),
    Entity("TaxAgency", Kind.LIST, cdc=False, total_count=True, sortable=False),
    Entity("TaxCode", Kind.LIST, active=True, cdc=False, total_count=True),
    Entity("TaxRate", Kind.LIST, active=True, cdc=False, total_count=True),
    Entity("Term", Kind.LIST, active=True),
    Entity("Vendor", Kind.LIST, active=True, only_in_reads=("BillRate", "CostRate")),
    Entity("Bill", Kind.TRANSACTION, total_count=True),
    Entity("BillPayment", Kind.TRANSACTION, total_count=True),
    Entity("CreditCardPayment", Kind.TRANSACTION),
    Entity("CreditMemo", Kind.TRANSACTION),
    Entity("Deposit", Kind.TRANSACTION, total_count=True),
    Entity("Estimate", Kind.TRANSACTION),
    Entity("InventoryAdjustment", Kind.TRANSACTION),
    Entity("Invoice", Kind.TRANSACTION, total_count=True, only_in_reads=("InvoiceLink",)),
    Entity("JournalEntry", Kind.TRANSACTION, total_count=True),
    Entity("Payment", Kind.TRANSACTION),
    Entity("Purchase", Kind.TRANSACTION),
    Entity("PurchaseOrder", Kind.TRANSACTION, total_count=True),
    Entity("RecurringTransaction", Kind.TRANSACTION, wrapped=True),
    Entity("RefundReceipt", Kind.TRANSACTION, total_count=True),
    Entity("ReimburseCharge", Kind.TRANSACTION),
    Entity("SalesReceipt", Kind.TRANSACTION),
    Entity("TaxPayment", Kind.TRANSACTION),
    Entity("TimeActivity", Kind.TRANSACTION, cdc=False),
    Entity("Transfer", Kind.TRANSACTION, total_count=True),
    Entity("VendorCredit", Kind.TRANSACTION),
    Entity("Attachable", Kind.SUPPORTING, cdc=False),
    Entity("CompanyInfo", Kind.SUPPORTING, cdc=False, singleton=True),
    Entity("ExchangeRate", Kind.SUPPORTING, cdc=False, total_count=True, sortable=False, has_id=False),
    Entity("Preferences", Kind.SUPPORTING, cdc=False, singleton=True),
)
BY_NAME = {entity.name: entity for entity in ENTITIES}
