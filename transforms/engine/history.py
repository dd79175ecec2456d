"""The schema `history`, which cannot be rebuilt: the books as they were on a day, and the changes made afterwards.

It is written once a company has passed its checks, never by a build, so a night that fails leaves nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from duckdb import DuckDBPyConnection

from pipelines.base import kept_tables
from pipelines.base.kept_tables import KeptTable

AMOUNT, RATE = "decimal(18, 2)", "decimal(24, 10)"
REALM_ID = ("varchar", "QuickBooks id of the company (realm).")
DOC_TYPE = (
    "varchar",
    "Type of the document, such as Invoice, CreditMemo, Payment or JournalEntry.",
)
DOC_NUMBER = ("varchar", "Number printed on the document; null where it could be a card number.")
DOC_ID = ("varchar", "QuickBooks id of the document.")

OPEN_ITEMS = KeptTable(
    "history.open_items",
    "One row per day and open item: open receivables as they looked at the last run of that day that passed "
    "its checks. Never dropped.",
    {
        "doc_type": DOC_TYPE,
        "doc_number": DOC_NUMBER,
        "currency": ("varchar", "Currency of the document, as an ISO 4217 code."),
        "bucket": ("varchar", "Age in days past the due date: current, 1-30, 31-60, 61-90 or 91+."),
        "txn_date": ("date", "Date of the document."),
        "due_date": (
            "date",
            "Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another "
            "document its date.",
        ),
        "as_of_date": ("date", "Day at whose end the figures stand, as the company's own calendar has it."),
        "exchange_rate": (
            RATE,
            "Units of home currency per unit of the document's currency; 1 for documents in home currency.",
        ),
        "original_amount": (
            AMOUNT,
            "Total of the document as printed, without a sign, in the document's currency.",
        ),
        "ar_amount": (
            AMOUNT,
            "Amount the document posted to accounts receivable, in its currency: charges positive, credits negative.",
        ),
        "open_amount": (AMOUNT, "Amount still open, in the document's currency; negative for credits."),
        "open_home": (
            AMOUNT,
            "Amount still open, in home currency at the document's rate; negative for credits.",
        ),
        "days_past_due": (
            "integer",
            "Days from the due date to that day; 0 when the document is not yet due.",
        ),
        "realm_id": REALM_ID,
        "doc_id": DOC_ID,
        "customer_id": (
            "varchar",
            "QuickBooks id of the customer the amount stood with; one merged since is no longer in core.customers.",
        ),
        "root_customer_id": (
            "varchar",
            "QuickBooks id of the customer who was then at the top of the family.",
        ),
    },
)
RESTATED = KeptTable(
    "history.restated_transactions",
    "One row per change: what changed in past months, as runs that passed their checks found it. Only ever added to, "
    "and shown by marts.restated_transactions.",
    {
        "doc_type": DOC_TYPE,
        "doc_number": DOC_NUMBER,
        "change": ("varchar", "Kind of change: entered, deleted, voided, changed, moved or reapplied."),
        "field": (
            "varchar",
            "What differs: ar_amount, customer_id, txn_date, due_date, exchange_rate, or applied to a document.",
        ),
        "before": (
            "varchar",
            "Value of the field in the books last checked; null when the document was not there.",
        ),
        "after": ("varchar", "Value of the field as the run found it; null when the document is gone."),
        "month_start": ("date", "First day of the earliest month whose figures change."),
        "compared_date": ("date", "Day of the run whose books the new ones were compared with."),
        "found_date": ("date", "Day of the run that found the change."),
        "amount_difference": (
            AMOUNT,
            "Change of what the document posts to accounts receivable, in its currency; null when none.",
        ),
        "realm_id": REALM_ID,
        "doc_id": DOC_ID,
        "customer_id": (
            "varchar",
            "QuickBooks id of the customer the document stands with; of a document that is gone, stood with.",
        ),
    },
)

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
    "receivables": """select realm_id, doc_type, doc_id, customer_id, doc_number,
        sum(ar_amount)::decimal(18, 2) as ar_amount, exchange_rate, is_voided, txn_date, due_date
        from core.receivables group by all""",
    "applications": """select realm_id, source_type, source_id, target_type, target_id, applied_amount,
        effective_date from core.receivable_applications""",
}

# A number stays here for good, where nobody can take a card number out of it. The mart has the same rule.
NUMBER = r"if(regexp_matches(doc_number, '(\d\D?){13}'), null, doc_number) as doc_number"


def create(connection: DuckDBPyConnection) -> None:
    """Creates the tables where they are missing, for marts select from them; older ones get their present form."""
    kept_tables.create(connection, [OPEN_ITEMS, RESTATED])
    connection.execute(LAST_CHECKED)


def keep(connection: DuckDBPyConnection, realm_ids: Collection[str]) -> None:
    """Keeps the day of these companies, which passed their checks, within the caller's transaction.

    A company whose marts stand for another day than its own today leaves nothing.
    """
    of_today = "select realm_id from build.as_of_dates where is_today and list_contains($realms, realm_id)"
    for statement in _statements(of_today):
        connection.execute(statement, {"realms": list(realm_ids)})


def _statements(of_today: str) -> Iterator[str]:
    items = ", ".join(NUMBER if name == "doc_number" else name for name in OPEN_ITEMS.columns)
    restated = ", ".join(RESTATED.columns)
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
