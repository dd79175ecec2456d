"""The schema `history`, which cannot be rebuilt: the books as they were on a day, and the changes made afterwards.

It is written once a company has passed its checks, never by a build, so a night that fails leaves nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import literal

AMOUNT, RATE = "decimal(18, 2)", "decimal(24, 10)"
KINDS = "Invoice, CreditMemo, Payment, JournalEntry, Deposit or Purchase"

OPEN_ITEMS = {
    "realm_id": ("varchar", "QuickBooks company id (realm)"),
    "as_of_date": ("date", "The day, the company's own"),
    "doc_type": ("varchar", KINDS),
    "doc_id": ("varchar", "QuickBooks id of the document"),
    "customer_id": (
        "varchar",
        "Customer the amount stood with; one merged since is in core.customers no more",
    ),
    "root_customer_id": ("varchar", "Top of that customer's chain of parents, then"),
    "doc_number": ("varchar", "Number printed on the document; null where it could be a card number"),
    "currency": ("varchar", "Currency of the document"),
    "exchange_rate": (RATE, "Home units per unit of that currency"),
    "original_amount": (AMOUNT, "Total of the document as printed, unsigned"),
    "ar_amount": (AMOUNT, "What it posted to A/R, in its currency: charges positive, credits negative"),
    "open_amount": (AMOUNT, "Still open, in its currency; negative for credits"),
    "open_home": (AMOUNT, "Still open in home currency at the document's rate"),
    "days_past_due": ("integer", "Days since the due date; 0 when not yet due"),
    "bucket": ("varchar", "current, 1-30, 31-60, 61-90 or 91+ days past due"),
    "txn_date": ("date", "Date of the document"),
    "due_date": ("date", "Its due date; others than invoices: their date"),
}
RESTATED = {
    "realm_id": ("varchar", "QuickBooks company id (realm)"),
    "doc_type": ("varchar", KINDS),
    "doc_id": ("varchar", "QuickBooks id of the document"),
    "customer_id": ("varchar", "Customer it stands with; of a document that is gone, stood with"),
    "doc_number": ("varchar", "Number printed on the document; null where it could be a card number"),
    "change": ("varchar", "entered, deleted, voided, changed, moved or reapplied"),
    "field": ("varchar", "What differs"),
    "before": ("varchar", "Its value in the books last checked; null when the document was not there"),
    "after": ("varchar", "Its value now; null when the document is gone"),
    "amount_difference": (AMOUNT, "Change of what it posts to A/R, in its currency; null when none"),
    "month_start": ("date", "First day of the earliest month whose figures change"),
    "compared_date": ("date", "Day of the run whose books it was compared with"),
    "found_date": ("date", "Day of the run that found it"),
}
TABLES = {
    "open_items": (
        "Open receivables of a day as they looked at the last run of that day that passed its checks. "
        "One row per day, document and customer; never dropped.",
        OPEN_ITEMS,
    ),
    "restated_transactions": (
        "What changed in past months, as runs that passed their checks found it. "
        "One row per change; only ever added to, and shown by marts.restated_transactions.",
        RESTATED,
    ),
}

# The books as they last passed: what the next night is compared with. Losing them loses one night's comparison.
LAST_CHECKED = """
create schema if not exists build;
create table if not exists build.checked_companies (realm_id varchar, checked_date date);
create table if not exists build.checked_receivables (
    realm_id varchar, doc_type varchar, doc_id varchar, customer_id varchar, doc_number varchar,
    ar_amount decimal(18, 2), exchange_rate decimal(24, 10), is_voided boolean, txn_date date, due_date date
);
create table if not exists build.checked_applications (
    realm_id varchar, source_type varchar, source_id varchar, target_type varchar, target_id varchar,
    applied_amount decimal(18, 2), effective_date date
);
"""
CHECKED = {
    "companies": "select realm_id, as_of_date as checked_date from build.as_of_dates",
    "receivables": """select realm_id, doc_type, doc_id, customer_id, doc_number, ar_amount, exchange_rate, is_voided,
        txn_date, due_date from core.receivables""",
    "applications": """select realm_id, source_type, source_id, target_type, target_id, applied_amount,
        effective_date from core.receivable_applications""",
}

# A number stays here for good, where nobody can take a card number out of it. The mart has the same rule.
NUMBER = r"if(regexp_matches(doc_number, '(\d\D?){13}'), null, doc_number) as doc_number"


def create(connection: DuckDBPyConnection) -> None:
    """Creates the tables that do not exist yet; marts select from them."""
    connection.execute("create schema if not exists history")
    for table, (purpose, columns) in TABLES.items():
        typed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists history.{table} ({typed})")
        connection.execute(f"comment on table history.{table} is {literal(purpose)}")
        for name, (_, comment) in columns.items():
            connection.execute(f"comment on column history.{table}.{name} is {literal(comment)}")
    connection.execute(LAST_CHECKED)


def keep(connection: DuckDBPyConnection, realm_ids: Collection[str]) -> None:
    """Keeps the day of these companies, which passed their checks, within the caller's transaction.

    A company whose marts stand for another day than its own today leaves nothing.
    """
    of_today = "select realm_id from build.as_of_dates where is_today and list_contains($realms, realm_id)"
    for statement in _statements(of_today):
        connection.execute(statement, {"realms": list(realm_ids)})


def _statements(of_today: str) -> Iterator[str]:
    items = ", ".join(NUMBER if name == "doc_number" else name for name in OPEN_ITEMS)
    restated = ", ".join(RESTATED)
    yield f"""delete from history.open_items
        where (realm_id, as_of_date) in (
            select realm_id, as_of_date from build.as_of_dates where realm_id in ({of_today})
        )"""
    yield f"""insert into history.open_items by name
        select {items} from core.open_receivables where realm_id in ({of_today})"""
    yield f"""insert into history.restated_transactions by name
        select {restated} from marts.restated_transactions where realm_id in ({of_today})
        except all
        select {restated} from history.restated_transactions"""
    for table, now in CHECKED.items():
        yield f"""create or replace table build.checked_{table} as
            select * from build.checked_{table} where realm_id not in ({of_today})
            union all by name
            from ({now}) where realm_id in ({of_today})"""
