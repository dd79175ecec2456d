"""The schema `main` of the published file: what people came for, under its own name.

`show tables`, `from invoices` and the first list of a BI tool look there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import columns, identifier, identifiers, literal, literals

SCHEMAS = {
    "main": "For everyone: a view of every mart, and the macros for past dates. Start here.",
    "marts": "For analysts and BI tools: one table for each question. Every table has a view in main.",
    "core": "For analysts who ask what no mart answers: customers, items, documents and who paid what.",
    "staging": "For those who look for a single field: every entity of QuickBooks, typed, without deleted objects.",
    "history": "For auditors: open receivables as they looked each night, and changes in past months. Never dropped.",
    "checks": "For those who have to trust the figures: what was compared with QuickBooks, and what differs.",
    "ops": "For operators: the runs, how fresh each entity is, and what happened in QuickBooks.",
}
"""For whom each schema of the published file is; DuckDB keeps no comments on schemas, so the view main.about does."""

ABOUT = {
    "schema_name": "Name of a schema in this file.",
    "for_whom": "Whom the schema is for and what it holds, in a line.",
}


def statements(published: DuckDBPyConnection) -> Iterator[str]:
    """Statements for the database in use: views of its marts and their macros, with their comments."""
    listed = ", ".join(f"({literals(schema)})" for schema in SCHEMAS.items())
    yield f"create view main.about as select * from (values {listed}) as about ({identifiers(ABOUT)})"
    yield "comment on view main.about is 'One row per schema of this file: for whom it is.'"
    for name, comment in ABOUT.items():
        yield f"comment on column main.about.{name} is {literal(comment)}"
    for mart, comment in _described(published, "duckdb_tables()", "table_name"):
        yield f"create view {identifier('main', mart)} as from {identifier('marts', mart)}"
        yield f"comment on view {identifier('main', mart)} is {literal(comment)}"
    for column in columns(published, ["marts"]):
        if column.comment:
            described = identifier("main", column.table, column.name)
            yield f"comment on column {described} is {literal(column.comment)}"
    for macro, comment, parameters in _described(
        published, "duckdb_functions()", "function_name", "array_to_string(parameters, ', ')"
    ):
        called = f"{identifier('marts', macro)}({parameters})"
        yield f"create macro {identifier('main', macro)}({parameters}) as table from {called}"
        yield f"comment on macro table {identifier('main', macro)} is {literal(comment)}"


def _described(published: DuckDBPyConnection, catalogue: str, name: str, *more: str) -> list[tuple[str, ...]]:
    """What one of DuckDB's catalogues holds of the marts: names and comments, in order of names."""
    return published.execute(
        f"""select {", ".join([name, "comment", *more])} from {catalogue}
        where database_name = current_database() and schema_name = 'marts' order by {name}"""
    ).fetchall()
