"""What our copy says is owed, as the tie-outs compare it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import BUCKETS, Suspect
from checks.ours.set_aside import SetAside

FAMILY_AT_MOST = 500
RECEIVABLES = {
    "Invoice",
    "CreditMemo",
    "Payment",
    "JournalEntry",
    "Deposit",
    "Purchase",
    "Bill",
    "VendorCredit",
    "SalesReceipt",
    "RefundReceipt",
}

NAMELESS = """
    select
        coalesce(currency, companies.home_currency, '') as currency,
        ar_amount as amount,
        round(ar_amount * exchange_rate, 2)::decimal(18, 2) as home_amount,
        txn_date <= as_of_date as is_dated,
    from core.receivable_lines
    join core.companies as companies using (realm_id)
    where realm_id = $realm_id and customer_id is null
"""
"""What lines book to A/R without saying whose it is: in the accounts, and with no customer."""


def aging(connection: DuckDBPyConnection, realm_id: str) -> dict[str, dict[str, Decimal]]:
    """Customer id -> bucket -> amount in home currency, of customers with anything open of their own."""
    rows = connection.execute(
        f"select customer_id, {', '.join(BUCKETS)} from marts.ar_aging_by_customer where realm_id = ?",
        [realm_id],
    ).fetchall()
    return {id: dict(zip(BUCKETS, amounts, strict=True)) for id, *amounts in rows if any(amounts)}


def aging_by_date(connection: DuckDBPyConnection, realm_id: str) -> dict[str, dict[str, Decimal]] | None:
    """The same by the documents' own dates, where the company's preferences say that QuickBooks ages so; else None."""
    preferred = "select count(*) from staging.preferences where realm_id = ? and is_aging_from_txn_date"
    if connection.execute(preferred, [realm_id]).fetchall() == [(0,)]:
        return None
    rows = connection.execute(
        """select customer_id, as_of_date - txn_date as days, sum(open_home)
        from core.open_receivables where realm_id = ? group by all""",
        [realm_id],
    ).fetchall()
    aged: dict[str, dict[str, Decimal]] = {}
    for customer, days, amount in rows:
        bucket = BUCKETS[0] if days <= 0 else BUCKETS[min(4, (days + 29) // 30)]
        aged.setdefault(customer, dict.fromkeys(BUCKETS, Decimal(0)))[bucket] += amount
    return aged


def open_documents(
    connection: DuckDBPyConnection, realm_id: str
) -> dict[tuple[str, str], tuple[str, Decimal]]:
    """(document id, customer id) -> entity and open amount in home currency."""
    rows = connection.execute(
        "select doc_id, customer_id, doc_type, sum(open_home) from core.open_receivables "
        "where realm_id = ? group by all",
        [realm_id],
    ).fetchall()
    return {(id, customer): (entity, amount) for id, customer, entity, amount in rows}


def in_circles(connection: DuckDBPyConnection, realm_id: str) -> set[str]:
    """Customers whose parents lead back to them."""
    rows = connection.execute(
        """
        select customer_id
        from core.customers
        join core.customer_family using (realm_id, customer_id)
        where realm_id = $realm_id and parent_customer_id in (
            select customer_id from core.customers where realm_id = $realm_id
        )
        group by customer_id
        having max(distance) = 0
        """,
        {"realm_id": realm_id},
    ).fetchall()
    return {id for (id,) in rows}


def foreign_documents(connection: DuckDBPyConnection, realm_id: str) -> dict[str, int]:
    """Customer id -> number of open documents in another currency than the company's own."""
    rows = connection.execute(
        """select customer_id, count(*) from core.open_receivables
        where realm_id = ? and exchange_rate <> 1 group by all""",
        [realm_id],
    ).fetchall()
    return dict(rows)


def due_dates(connection: DuckDBPyConnection, realm_id: str) -> dict[tuple[str, str], str]:
    """(invoice id, customer id) -> due date, of open invoices."""
    rows = connection.execute(
        "select doc_id, customer_id, due_date::varchar from core.open_receivables "
        "where realm_id = ? and doc_type = 'Invoice'",
        [realm_id],
    ).fetchall()
    return {(id, customer): date for id, customer, date in rows}


def family_documents(
    connection: DuckDBPyConnection, realm_id: str, customers: Collection[str]
) -> list[Suspect]:
    """The latest receivables of these customers, their parents and their jobs, settled ones too."""
    rows = connection.execute(
        """
        select doc_type, doc_id
        from core.receivables
        where realm_id = $realm_id and root_customer_id in (
            select root_customer_id from core.customers
            where realm_id = $realm_id and list_contains($customers::varchar[], customer_id)
        )
        group by all
        order by max(txn_date) desc, doc_id desc
        limit $limit
        """,
        {"realm_id": realm_id, "customers": list(customers), "limit": FAMILY_AT_MOST},
    ).fetchall()
    return [Suspect(entity, id) for entity, id in rows]


def holders(connection: DuckDBPyConnection, realm_id: str, doubtful: Collection[Suspect]) -> list[Suspect]:
    """The customers, their parents and the A/R accounts whose balances these receivables and customers move."""
    documents = [suspect.id for suspect in doubtful if suspect.entity in RECEIVABLES]
    customers = [suspect.id for suspect in doubtful if suspect.entity == "Customer"]
    if not documents and not customers:
        return []
    rows = connection.execute(
        """
        select distinct ancestor_customer_id
        from core.customer_family
        where realm_id = $realm_id and (
            list_contains($customers::varchar[], customer_id)
            or customer_id in (
                select customer_id from core.receivables
                where realm_id = $realm_id and list_contains($documents::varchar[], doc_id)
            )
        )
        """,
        {"realm_id": realm_id, "customers": customers, "documents": documents},
    ).fetchall()
    above = [Suspect("Customer", id) for (id,) in rows]
    return above + [Suspect("Account", id) for id in accounts(connection, realm_id)]


def by_currency(
    connection: DuckDBPyConnection, realm_id: str, aside: SetAside
) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Currency, then what documents leave open, A/R accounts hold and customers owe in it, now and not as of a date.

    Accounts are without what is nobody's. The balance of an inactive account reads 0 while its postings stay, so that
    with one among them they bear no witness: the trial balance does. Of customers of documents that were set aside
    their balances are taken for their documents; where one has none, nobody bears witness.
    """
    return connection.execute(
        f"""
        with

        documents as (
            select coalesce(receivables.currency, '') as currency, sum(movements.amount) as open_amount
            from core.receivable_movements as movements
            join core.receivables as receivables using (realm_id, doc_type, doc_id, line_no)
            where realm_id = $realm_id and not list_contains($aside::varchar[], movements.customer_id)
            group by all
        ),

        aside as (
            select
                coalesce(currency, '') as currency,
                coalesce(sum(balance), 0) as aside_amount,
                bool_and(balance is not null) as is_known,
            from core.customers
            where realm_id = $realm_id and list_contains($aside::varchar[], customer_id)
            group by all
        ),

        accounts as (
            select
                coalesce(currency, '') as currency,
                sum(current_balance) as account_amount,
                bool_and(is_active and current_balance is not null) as is_witness,
            from core.accounts
            where realm_id = $realm_id and is_receivable
            group by all
        ),

        nameless as (
            select currency, sum(amount) as nameless_amount from ({NAMELESS}) group by all
        ),

        customers as (
            select coalesce(currency, '') as currency, sum(balance) as customer_amount
            from core.customers
            where realm_id = $realm_id
            group by all
        )

        select
            currency,
            coalesce(open_amount, 0) + coalesce(aside_amount, 0) as document_amount,
            if(
                coalesce(is_witness, true) and coalesce(is_known, true),
                coalesce(account_amount, 0) - coalesce(nameless_amount, 0),
                document_amount
            ),
            coalesce(customer_amount, 0),
        from documents
        full join accounts using (currency)
        full join customers using (currency)
        left join aside using (currency)
        left join nameless using (currency)
        order by currency
        """,
        {"realm_id": realm_id, "aside": list(aside.customers)},
    ).fetchall()


def nameless_home(connection: DuckDBPyConnection, realm_id: str) -> Decimal:
    """What stands in A/R with no customer as of the run's date, in home currency."""
    rows = connection.execute(
        f"select coalesce(sum(home_amount) filter (is_dated), 0) from ({NAMELESS})", {"realm_id": realm_id}
    ).fetchall()
    return Decimal(rows[0][0])


def open_home(connection: DuckDBPyConnection, realm_id: str) -> Decimal:
    """All that is open as of the run's date, in home currency."""
    rows = connection.execute(
        "select coalesce(sum(open_home), 0) from core.open_receivables where realm_id = ?", [realm_id]
    ).fetchall()
    return Decimal(rows[0][0])


def accounts(connection: DuckDBPyConnection, realm_id: str) -> set[str]:
    """Ids of the A/R accounts, inactive ones too."""
    rows = connection.execute(
        "select account_id from staging.accounts where realm_id = ? and account_type = 'Accounts Receivable'",
        [realm_id],
    ).fetchall()
    return {id for (id,) in rows}
