"""Receivables as of any past date: the aging marts' own SQL with another date put in."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import literal
from transforms.engine import models

TODAY = "core.companies"
THAT_DAY = "(select * replace (cast(d as date) as as_of_date) from core.companies)"
OPEN_TODAY = "core.open_receivables"
OPEN_THAT_DAY = "marts.ar_aging_as_of(d)"

AS_OF = {
    "ar_aging_as_of": (
        "core.open_receivables",
        "One row per open item at the end of day d. Restated: today's documents and "
        "links, nothing dated later. "
        "Columns as in core.open_receivables. select * from marts.ar_aging_as_of(date '2026-03-31')",
    ),
    "ar_aging_by_customer_as_of": (
        "marts.ar_aging_by_customer",
        "One row per customer with anything open at the end of day d, restated. Columns as in "
        "marts.ar_aging_by_customer; QuickBooks's own balances are today's.",
    ),
}


def statements() -> list[str]:
    """Statements that create and describe the macros, in order; a published file needs them too."""
    sql = {model.table: model.sql for schema in ("core", "marts") for model in models.read(schema)}
    result = []
    for name, (table, comment) in AS_OF.items():
        body = sql[table].replace(OPEN_TODAY, OPEN_THAT_DAY).replace(TODAY, THAT_DAY)
        result.append(f"create or replace macro marts.{name}(d) as table {body}")
        result.append(f"comment on macro table marts.{name} is {literal(comment)}")
    return result


def create(connection: DuckDBPyConnection) -> None:
    """Creates the macros."""
    for statement in statements():
        connection.execute(statement)
