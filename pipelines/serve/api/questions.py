"""What programs can ask for: tables of the published file, and what each filter means there.

All SQL is written here. The filters of a request are joined by `and`; what they compare with goes along as values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

TOTAL = "rows_in_all"
RECKONED = {"overdue_as_of", "as_of_day"}
OVERDUE_THEN = """(
    select realm_id, doc_id as invoice_id, open_amount as open_amount_then, days_past_due as days_past_due_then
    from marts.ar_aging_as_of($overdue_as_of)
    where realm_id = $realm_id and doc_type = 'Invoice' and open_amount > 0 and days_past_due > 0
)"""
CUSTOMERS_OVERDUE_THEN = """customer_id in (
    select customer_id from marts.ar_aging_as_of($overdue_as_of)
    where realm_id = $realm_id and open_amount > 0 and days_past_due > 0
)"""
NAMED = "contains(lower({}), lower($name_contains))"
DATED = {
    "from_date": "txn_date >= $from_date",
    "to_date": "txn_date <= $to_date",
    "last_days": "txn_date > $as_of - $last_days::integer and txn_date <= $as_of",
}


@dataclass(frozen=True)
class Question:
    """Rows of one table, named by their `key`. `instead` has the table to use in its place when a filter is set."""

    table: str
    key: str
    order: str
    filters: Mapping[str, str]
    entity: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)

    def page(self, filters: Collection[str]) -> str:
        """SQL for one page of the rows that pass these filters, each with the number of all of them.

        What a macro reckons for a past day is reckoned once for both.
        """
        page = f"order by {self.order} limit $limit offset $offset"
        if RECKONED & set(filters):
            cte = f"with matching as materialized (select * {self._from(filters)})"
            return f"{cte} select *, (select count(*) from matching) as {TOTAL} from matching {page}"
        return f"select *, ({self.count(filters)}) as {TOTAL} {self._from(filters)} {page}"

    def count(self, filters: Collection[str]) -> str:
        """SQL for the number of rows that pass these filters."""
        return f"select count(*) as {TOTAL} {self._from(filters)}"

    def _from(self, filters: Collection[str]) -> str:
        table = next((self.instead[name] for name in filters if name in self.instead), self.table)
        conditions = [
            "realm_id = $realm_id",
            *(self.filters[name] for name in filters if name in self.filters),
        ]
        return f"from {table} where {' and '.join(conditions)}"


CUSTOMERS = Question(
    table="core.customers",
    key="customer_id",
    order="len(customer_id), customer_id",
    entity="Customer",
    filters={
        "customer_id": "customer_id = $customer_id",
        "name_contains": NAMED.format("display_name"),
        "min_balance": "balance >= $min_balance",
        "overdue_as_of": CUSTOMERS_OVERDUE_THEN,
        "active": "is_active = $active",
        "level": "($level = 'customer' or customer_id = root_customer_id)",
        "root_customer_id": "root_customer_id = $root_customer_id",
    },
)
INVOICES = Question(
    table="marts.invoices",
    key="invoice_id",
    order="txn_date desc, len(invoice_id) desc, invoice_id desc",
    entity="Invoice",
    filters={
        "customer_id": "customer_id = $customer_id",
        "name_contains": NAMED.format("customer_name"),
        "min_balance": "balance_due >= $min_balance",
        "item_type": """invoice_id in (
            select lines.invoice_id
            from staging.invoice_lines as lines
            join core.items as items on items.realm_id = lines.realm_id and items.item_id = lines.item_id
            where lines.realm_id = $realm_id and lower(items.item_type) = lower($item_type)
        )""",
        **DATED,
    },
    instead={"overdue_as_of": f"marts.invoices join {OVERDUE_THEN} using (realm_id, invoice_id)"},
)
PAYMENTS = Question(
    table="""staging.payments left join (
        select realm_id, customer_id, full_name as customer_name from core.customers
    ) using (realm_id, customer_id)""",
    key="payment_id",
    order="txn_date desc, len(payment_id) desc, payment_id desc",
    entity="Payment",
    filters={
        "customer_id": "customer_id = $customer_id",
        "name_contains": NAMED.format("customer_name"),
        "min_balance": "unapplied_amount >= $min_balance",
        **DATED,
    },
)
ACCOUNTS = Question(
    table="core.accounts",
    key="account_id",
    order="len(account_id), account_id",
    entity="Account",
    filters={
        "name_contains": NAMED.format("full_name"),
        "min_balance": "current_balance >= $min_balance",
        "account_type": "lower(account_type) = lower($account_type)",
        "active": "is_active = $active",
    },
)
AR_AGING = Question(
    table="marts.ar_aging_by_customer",
    key="customer_id",
    order="len(customer_id), customer_id",
    filters={
        "customer_id": "customer_id = $customer_id",
        "name_contains": NAMED.format("customer_name"),
        "min_balance": "total_open >= $min_balance",
        "overdue_as_of": CUSTOMERS_OVERDUE_THEN,
    },
    instead={"as_of_day": "marts.ar_aging_by_customer_as_of($as_of_day)"},
)
OF_ONE = "realm_id = $realm_id and customer_id = $customer_id"
OF_FAMILY = "realm_id = $realm_id and level = 'family' and root_customer_id = $root_customer_id"
OF_ONE_CUSTOMER = {
    "value": f"from marts.customer_value where {OF_ONE}",
    "lifetime_value": f"from marts.customer_lifetime_value where {OF_ONE}",
    "behaviour": f"from marts.customer_payment_behaviour where {OF_ONE} order by days nulls last",
    "open_items": f"from marts.ar_aging_by_invoice where {OF_ONE} order by due_date, doc_type, doc_id",
}
"""What `/customers/{id}` answers beside the customer's own row."""
OF_ITS_FAMILY = {
    "value": f"from marts.customer_value where {OF_FAMILY}",
    "lifetime_value": f"from marts.customer_lifetime_value where {OF_FAMILY}",
    "behaviour": f"from marts.customer_payment_behaviour where {OF_FAMILY} order by days nulls last",
    "customers": """select full_name as customer_name, depth, is_active, customer_id, parent_customer_id
        from core.customers where realm_id = $realm_id and root_customer_id = $root_customer_id
        order by depth, len(customer_id), customer_id""",
}
"""What it answers of the family: the customer at the top and everyone below it, who are `customers`."""
