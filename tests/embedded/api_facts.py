"""Facts about each QuickBooks Online entity, transcribed from Intuit's documentation and recorded answers.

Whoever wrote them had read neither the client's catalogue nor the emulator's, so the table can judge both.
`None` stands for what those sources leave open or contradict.
"""

from dataclasses import dataclass

CHANGES = ("Create", "Update", "Delete")


@dataclass(frozen=True)
class EntityFacts:
    """What is known of one entity; a default is either a rule stated for all entities or `None`."""

    name: str
    # "list", "transaction" or "supporting", as the entities are grouped.
    kind: str
    # Offered by change data capture. The rule is yes unless excepted, and the exceptions are named; that
    # the rule holds for the supporting entities too is its wording, not something recorded.
    has_cdc: bool | None
    # A query leaves inactive rows out unless it asks for `Active IN (true, false)`; so does count(*).
    has_active_filter: bool | None
    # Rows carry Active.
    has_active: bool = False
    is_singleton: bool | None = False
    # The name in queries and change data capture; "" is the same as `name`.
    api_name: str | None = ""
    # What tells rows of one company and one entity apart.
    key: str | None = "Id"
    has_metadata: bool = True
    # Each row of a query's answer is wrapped in the name of its inner entity.
    wrapped: bool = False
    # The grammar of queries, count(*) and pages is stated for any entity; `None` where no query is shown.
    queryable: bool | None = True
    countable: bool | None = True
    paged: bool | None = True
    # MetaData.LastUpdatedTime and MetaData.CreateTime, which are always told of together. `None` where
    # no table of filters and orders is given for the entity.
    filters_by_time: bool | None = None
    sorts_by_time: bool | None = None
    # Id is compared with `=` and `IN` only, on every entity. Ordering by Id is advised for any query, but
    # named for few entities: `None` for the others.
    filters_by_id: bool | None = None
    sorts_by_id: bool | None = None
    # The order of an answer to a query that asks for none, where recorded.
    default_order: str | None = None
    # The answer to a query has totalCount (which is the number of rows in the page), where recorded.
    has_total_count: bool | None = None
    # Entities of one space share a sequence of Ids. It is called common to all transactions, but was
    # derived over ten or so: `None` for those of which no recording is named.
    id_space: str | None = None
    # `None` where no deletion, no void and no event of one is told of. A void leaves the row in place.
    supports_delete: bool | None = None
    supports_void: bool | None = None
    # The parameters of the call that voids.
    void_call: str | None = None
    # Events of webhooks; none where the entity is not on their list. Emailed is not told of by entity.
    webhooks: tuple[str, ...] | None = ()
    # Fields known to be refused in a condition; there may be others.
    not_queryable: tuple[str, ...] = ()
    # Fields of a read by Id or of the answer to a write which a query's answer does not have.
    absent_from_queries: tuple[str, ...] = ()
    # The reverse.
    absent_from_reads: tuple[str, ...] = ()
    # Fields made anew in every answer.
    volatile: tuple[str, ...] = ()


API_FACTS = (
    EntityFacts(
        "Account",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        # No table of its own, but a public tap uses it, and on those both work.
        filters_by_time=True,
        sorts_by_time=True,
        default_order="Name ASC",
        has_total_count=False,
        id_space="account",
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Attachable",
        kind="supporting",
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
        volatile=("TempDownloadUri", "ThumbnailTempDownloadUri"),
    ),
    EntityFacts(
        "Bill",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        # Tried: status 200 with a SystemFault 10000.
        supports_void=False,
        webhooks=CHANGES,
        not_queryable=("CustomerRef",),
    ),
    EntityFacts(
        "BillPayment",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        supports_void=True,
        void_call="operation=update&include=void",
        webhooks=(*CHANGES, "Void"),
    ),
    EntityFacts(
        "Budget",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        # No table of its own, but a public tap uses it, and on those both work.
        filters_by_time=True,
        sorts_by_time=True,
        has_total_count=True,
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Class",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=True,
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "CompanyCurrency",
        kind="list",
        has_cdc=True,
        # It has Active, but is not on the list of entities seen to leave inactive rows out.
        has_active_filter=None,
        has_active=True,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
        # Create and Update are listed for Currency, not said to be this entity.
        webhooks=None,
    ),
    EntityFacts(
        "CompanyInfo",
        kind="supporting",
        # Not said, though its fields describe the one company.
        is_singleton=None,
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "CreditCardPayment",
        kind="transaction",
        # Known by this name from the schema only; its name in queries and change data capture is not told.
        api_name=None,
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "CreditMemo",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=False,
        id_space="transaction",
        supports_delete=True,
        # A Void event is listed, but no call that voids it is described.
        supports_void=None,
        webhooks=(*CHANGES, "Void"),
    ),
    EntityFacts(
        "Customer",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        default_order="FullyQualifiedName ASC",
        has_total_count=False,
        id_space="name",
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=(*CHANGES, "Merge"),
        absent_from_queries=("DefaultTaxCodeRef",),
        absent_from_reads=("ClientEntityId", "V4IDPseudonym"),
    ),
    EntityFacts(
        "CustomerType",
        kind="list",
        has_cdc=True,
        has_active_filter=False,
        has_total_count=True,
    ),
    EntityFacts(
        "Department",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=False,
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Deposit",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        webhooks=CHANGES,
        not_queryable=("TotalAmt", "AccountRef"),
    ),
    EntityFacts(
        "Employee",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="DisplayName ASC",
        has_total_count=False,
        id_space="name",
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Estimate",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=False,
        id_space="transaction",
        supports_delete=True,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "ExchangeRate",
        kind="supporting",
        has_cdc=True,
        has_active_filter=False,
        # Id is called common to all, yet its filters name AsOfDate and SourceCurrencyCode and no Id.
        key=None,
        filters_by_time=True,
        sorts_by_time=True,
        # As for the key.
        filters_by_id=None,
        has_total_count=True,
    ),
    EntityFacts(
        "InventoryAdjustment",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "Invoice",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        supports_void=True,
        void_call="operation=void",
        webhooks=(*CHANGES, "Void"),
        not_queryable=("DepartmentRef", "AccountRef"),
        absent_from_queries=("InvoiceLink",),
    ),
    EntityFacts(
        "Item",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        # Ascending by Name or by FullyQualifiedName: the recordings do not tell which.
        default_order=None,
        has_total_count=False,
        id_space="item",
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
        absent_from_queries=("DeferredRevenue",),
    ),
    EntityFacts(
        "JournalCode",
        kind="list",
        has_cdc=False,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "JournalEntry",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        # Tried: status 200 with an empty answer, and nothing voided.
        supports_void=False,
        webhooks=CHANGES,
        not_queryable=("DepartmentRef", "AccountRef"),
    ),
    EntityFacts(
        "Payment",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=False,
        id_space="transaction",
        supports_delete=True,
        supports_void=True,
        void_call="operation=update&include=void",
        webhooks=(*CHANGES, "Void"),
        not_queryable=("UnappliedAmt",),
    ),
    EntityFacts(
        "PaymentMethod",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=False,
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Preferences",
        kind="supporting",
        # Not said in so many words; it has no pagination.
        is_singleton=None,
        has_cdc=True,
        has_active_filter=False,
        # Without pagination the general grammar does not vouch for count(*).
        countable=None,
        paged=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=False,
        webhooks=("Update",),
    ),
    EntityFacts(
        "Purchase",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=False,
        id_space="transaction",
        supports_delete=True,
        # operation=void was refused, but a Void event is listed; no other call is described.
        supports_void=None,
        webhooks=(*CHANGES, "Void"),
        not_queryable=("PrivateNote", "EntityRef", "DepartmentRef"),
    ),
    EntityFacts(
        "PurchaseOrder",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=True,
        id_space="transaction",
        supports_delete=True,
        webhooks=CHANGES,
        not_queryable=("CustomerRef",),
    ),
    EntityFacts(
        "RecurringTransaction",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        # Where in a wrapped row the Id and the MetaData sit is not told.
        wrapped=True,
        # Nothing is said of counting or paging the wrapped rows: hence these two.
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "RefundReceipt",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=True,
        supports_delete=True,
        # A Void event is listed, but no call that voids it is described.
        supports_void=None,
        webhooks=(*CHANGES, "Void"),
    ),
    EntityFacts(
        "ReimburseCharge",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
        # Listed as read only.
        supports_delete=False,
        supports_void=False,
    ),
    EntityFacts(
        "SalesReceipt",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        default_order="MetaData.LastUpdatedTime DESC",
        has_total_count=False,
        id_space="transaction",
        supports_delete=True,
        supports_void=True,
        void_call="operation=update&include=void",
        webhooks=(*CHANGES, "Void"),
        not_queryable=("DepartmentRef",),
    ),
    EntityFacts(
        "TaxAgency",
        kind="list",
        has_cdc=False,
        has_active_filter=False,
        # A secondary source reports its ORDER BY as broken.
        sorts_by_time=None,
        sorts_by_id=None,
        has_total_count=True,
    ),
    EntityFacts(
        "TaxCode",
        kind="list",
        has_cdc=False,
        # Listed among those that do, but one observer got both kinds by default.
        has_active_filter=None,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=True,
    ),
    EntityFacts(
        "TaxPayment",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        # No query of it is shown or described: hence these three.
        queryable=None,
        countable=None,
        paged=None,
    ),
    EntityFacts(
        "TaxRate",
        kind="list",
        has_cdc=False,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=True,
    ),
    EntityFacts(
        "Term",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=False,
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "TimeActivity",
        kind="transaction",
        # The documentation excludes it, a release note of March 2021 says it was added.
        has_cdc=None,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        has_total_count=False,
        supports_delete=True,
        webhooks=CHANGES,
    ),
    EntityFacts(
        "Transfer",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        has_total_count=True,
        supports_delete=True,
        # A Void event is listed, but no call that voids it is described.
        supports_void=None,
        webhooks=(*CHANGES, "Void"),
    ),
    EntityFacts(
        "Vendor",
        kind="list",
        has_cdc=True,
        has_active_filter=True,
        has_active=True,
        # No table of its own, but a public tap uses it, and on those both work.
        filters_by_time=True,
        sorts_by_time=True,
        default_order="DisplayName ASC",
        has_total_count=False,
        id_space="name",
        # A Delete event is listed, but the only removal described is Active: false.
        supports_delete=None,
        webhooks=(*CHANGES, "Merge"),
        absent_from_queries=("BillRate", "CostRate"),
    ),
    EntityFacts(
        "VendorCredit",
        kind="transaction",
        has_cdc=True,
        has_active_filter=False,
        filters_by_time=True,
        sorts_by_time=True,
        filters_by_id=True,
        sorts_by_id=True,
        supports_delete=True,
        webhooks=CHANGES,
    ),
)
