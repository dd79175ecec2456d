"""One question in SQL to the published file, and its answer as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from contextlib import redirect_stdout
from enum import StrEnum
from typing import Any

import duckdb
import msgspec
from duckdb import DuckDBPyConnection, StatementType

from pipelines.base.errors import WrongUsage
from pipelines.base.text import exact_json
from pipelines.published.file import published
from pipelines.published.plain_types import in_utc
from pipelines.workspace.home import Home

READS = {StatementType.SELECT, StatementType.EXPLAIN, StatementType.MULTI}
"""`with`, `from`, `show`, `describe` and `summarize` are SELECT too; MULTI is `pivot`."""


class Form(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def answer(
    home: Home, question: str, form: Form, *, width: int | None = None, rows: int | None = None
) -> str:
    """The answer; a table is cut to `width` characters and `rows` rows, and says so.

    Opens the file to read alone, and lets no statement reach other files. Raises NothingPublished, and WrongUsage
    for what is no single question or what DuckDB cannot answer.
    """
    with published(home) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_external_access = false")
        try:
            _require_question(question)
            if form is Form.TABLE:
                return _table(connection, question, width, rows)
            result = connection.execute(question)
            names = _distinct([str(column[0]) for column in result.description or ()])
            records = [tuple(map(in_utc, row)) for row in result.fetchall()]
        except duckdb.Error as error:
            raise WrongUsage(str(error).strip()) from None
    return _json(names, records) if form is Form.JSON else _csv(names, records)


def _require_question(text: str) -> None:
    kinds = [statement.type for statement in duckdb.extract_statements(text)]
    if not kinds:
        raise WrongUsage('There is no question in it. Try: quickduck sql "from marts.invoices limit 5"')
    if refused := [kind for kind in kinds if kind not in READS]:
        raise WrongUsage(
            f"{refused[0].name} is not answered: this command only asks the published file, and the next good "
            "night replaces that anyway. For tables of your own, attach it to a database of yours."
        )
    if len(kinds) > 1:
        raise WrongUsage(f"That is {len(kinds)} questions; ask one at a time.")


def _table(connection: DuckDBPyConnection, question: str, width: int | None, rows: int | None) -> str:
    """As DuckDB draws it, which prints; wide and long enough for everything where nothing limits it."""
    drawn = io.StringIO()
    with redirect_stdout(drawn):
        connection.sql(question).show(max_width=width or 1_000_000, max_rows=rows or 1_000_000)
    return drawn.getvalue().rstrip("\n")


def _json(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Amounts as numbers with all their digits, dates and moments as ISO text."""
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return msgspec.json.format(exact_json(objects), indent=2).decode()


def _csv(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return written.getvalue().rstrip("\n")


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _distinct(names: list[str]) -> list[str]:
    """The second `total` is `total_2`, so that no column hides another."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct
