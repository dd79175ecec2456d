"""What our copy books to income, as the tie-outs compare it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from checks.evidence import Suspect

YEARS = 10
DOCUMENTS_AT_MOST = 500
BOOKED = Path(__file__).with_name("booked_income.sql").read_text(encoding="utf-8")


class Place(NamedTuple):
    """A month, such as 2026-03, and the id of an account; empty where there are no months, and no account is named."""

    month: str
    account: str


@dataclass(frozen=True)
class Posting:
    """What one document books to a place; all sales of a place together have neither entity nor id.

    `rounding` is what the amount may differ by: how QuickBooks brings a foreign document into home currency, line by
    line or account by account, is its own affair.
    """

    booked_by: str
    place: Place
    entity: str
    id: str
    doc_number: str
    amount: Decimal
    foreign_documents: int = 0
    rounding: Decimal = Decimal(0)


def first_day(connection: DuckDBPyConnection, realm_id: str, as_of: date) -> date | None:
    """The first day of the last ten years with a sale; None without any up to the run's date."""
    rows = connection.execute(
        "select min(txn_date) from core.sales_lines where realm_id = ? and txn_date between ? and ?",
        [realm_id, date(as_of.year - YEARS, as_of.month, 1), as_of],
    ).fetchall()
    day: date | None = rows[0][0]
    return day


def names(connection: DuckDBPyConnection, realm_id: str) -> dict[str, str]:
    """Full names of the accounts by their ids."""
    rows = connection.execute(
        "select account_id, coalesce(full_name, name, account_id) from core.accounts where realm_id = ?",
        [realm_id],
    ).fetchall()
    return dict(rows)


def booked(
    connection: DuckDBPyConnection, realm_id: str, first: date, as_of: date, by_month: bool
) -> list[Posting]:
    """Sales by place, and each other document that books to income."""
    return _postings(
        connection,
        """
        , by_document as (
            select
                booked_by, month, account, entity, id, exchange_rate <> 1 as is_foreign,
                sum(amount) as amount,
                round(sum(foreign_amount) * any_value(exchange_rate), 2) as amount_by_account,
            from postings
            group by all
        )
        select
            booked_by, month, account, if(booked_by = 'sales', '', entity), if(booked_by = 'sales', '', id), '',
            sum(amount), count(*) filter (is_foreign),
            coalesce(sum(0.01 + abs(amount - amount_by_account)) filter (is_foreign), 0)::decimal(18, 2),
        from by_document
        group by all
        order by all""",
        realm_id=realm_id, first=first, as_of=as_of, by_month=by_month,
    )  # fmt: skip


def documents(
    connection: DuckDBPyConnection,
    realm_id: str,
    first: date,
    as_of: date,
    by_month: bool,
    places: Collection[Place],
) -> list[Posting]:
    """What each document books to these places, the latest first."""
    if not places:
        return []
    return _postings(
        connection,
        f"""
        select
            booked_by, month, account, entity, id, coalesce(max(doc_number), ''), sum(amount), 0, 0::decimal(18, 2),
        from postings
        where list_contains($places::varchar[], month || '|' || account)
        group by all
        order by max(txn_date) desc, id
        limit {DOCUMENTS_AT_MOST}""",
        realm_id=realm_id, first=first, as_of=as_of, by_month=by_month,
        places=[f"{place.month}|{place.account}" for place in places],
    )  # fmt: skip


def months_of(connection: DuckDBPyConnection, realm_id: str, documents: Collection[Suspect]) -> set[str]:
    """The months, such as 2026-03, in which these documents are dated in our copy."""
    rows = connection.execute(
        """select distinct strftime(txn_date, '%Y-%m') from core.transactions
        where realm_id = $realm_id and list_contains($documents::varchar[], doc_type || ' ' || doc_id)""",
        {"realm_id": realm_id, "documents": [f"{one.entity} {one.id}" for one in documents]},
    ).fetchall()
    return {month for (month,) in rows}


def has_accounts(connection: DuckDBPyConnection, realm_id: str) -> bool:
    """Whether the chart of accounts has any of income."""
    rows = connection.execute(
        "select count(*) from core.accounts where realm_id = ? and account_type = 'Income'", [realm_id]
    ).fetchall()
    return rows != [(0,)]


def _postings(connection: DuckDBPyConnection, select: str, **values: Any) -> list[Posting]:
    rows = connection.execute(f"with postings as ({BOOKED}) {select}", values).fetchall()
    return [
        Posting(booked_by, Place(month, account), entity, id, number, *amounts)
        for booked_by, month, account, entity, id, number, *amounts in rows
    ]
