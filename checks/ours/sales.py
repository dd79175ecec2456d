"""What our copy says was sold to whom and what, as the tie-outs compare it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection

LINES = """
    select
        doc_type,
        doc_id,
        doc_number,
        exchange_rate,
        coalesce(customer_id, '') as customer_id,
        nullif(item_id, 'SHIPPING_ITEM_ID') as item_id,
        gross_home,
        net_home,
        posting_kind in ('revenue', 'other income') as is_income,
        false as is_journal,
    from core.sales_lines
    where realm_id = $realm_id and txn_date between $first and $as_of and not is_voided

    union all by name

    select
        'JournalEntry' as doc_type,
        journal_entry_id as doc_id,
        doc_number,
        exchange_rate,
        entity_id as customer_id,
        round(if(posting_type = 'Credit', line_amount, -line_amount) * exchange_rate, 2) as gross_home,
        gross_home as net_home,
        true as is_income,
        true as is_journal,
    from staging.journal_entries
    join staging.journal_entry_lines using (realm_id, journal_entry_id)
    join core.accounts using (realm_id, account_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
        and account_type in ('Income', 'Other Income') and lower(entity_type) = 'customer'
"""
AMOUNTS = {"customer_id": "net_home", "item_id": "gross_home"}
"""A discount belongs to its customer, and to no item; what names no item is not compared."""

WAYS = {
    "every line": "not is_journal",
    "lines of income": "is_income and not is_journal",
    "every line, and journal entries": "true",
    "lines of income, and journal entries": "is_income",
}


class Sold(NamedTuple):
    """An amount in home currency, and how many foreign documents are in it."""

    amount: Decimal
    foreign_documents: int


NOTHING = Sold(Decimal(0), 0)


def sold(
    connection: DuckDBPyConnection, realm_id: str, column: str, first: date, as_of: date
) -> dict[str, dict[str, Sold]]:
    """By each way of counting: customer or item id -> what was sold; of nobody under an empty id."""
    ways = ", ".join(
        f"coalesce(sum({AMOUNTS[column]}) filter ({condition}), 0)" for condition in WAYS.values()
    )
    rows = connection.execute(
        f"""
        select {column}, count(distinct doc_type || doc_id) filter (exchange_rate <> 1), {ways}
        from ({LINES})
        where {column} is not null
        group by {column}""",
        {"realm_id": realm_id, "first": first, "as_of": as_of},
    ).fetchall()
    return {
        way: {id: Sold(amounts[place], foreign) for id, foreign, *amounts in rows}
        for place, way in enumerate(WAYS)
    }


def documents(
    connection: DuckDBPyConnection,
    realm_id: str,
    column: str,
    first: date,
    as_of: date,
    differing: Mapping[str, Decimal],
) -> dict[str, str]:
    """Customer or item id -> the document to look at first: whose amount is the difference, else the largest."""
    if not differing:
        return {}
    rows = connection.execute(
        f"""
        with by_document as (
            select
                {column} as id,
                doc_type || ' ' || coalesce(doc_number, doc_id) as label,
                sum({AMOUNTS[column]}) as amount,
            from ({LINES})
            group by all
        )
        select id, label
        from by_document
        join (select unnest($ids::varchar[]) as id, unnest($amounts::decimal(18, 2)[]) as difference) using (id)
        qualify row_number() over (
            partition by id order by abs(amount) <> abs(difference), abs(amount) desc, label
        ) = 1""",
        {
            "realm_id": realm_id,
            "first": first,
            "as_of": as_of,
            "ids": list(differing),
            "amounts": list(differing.values()),
        },
    ).fetchall()
    return dict(rows)
