"""The JSON of a report: header, columns, and rows whose values are all strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..books.books import Books

Row = dict[str, Any]


class Column(NamedTuple):
    """A column; one of a period has its dates, and may have columns of its own below it."""

    title: str
    kind: str
    key: str
    start: str = ""
    end: str = ""
    inner: tuple[str, ...] = ()


def report(
    books: Books,
    name: str,
    period: tuple[str, str],
    columns: Sequence[tuple[str, str, str] | Column],
    rows: list[Row],
    options: Mapping[str, str] | None = None,
    basis: str = "",
    by: str = "Total",
) -> dict[str, Any]:
    """A report; `columns` are (title, type, key) or whole ones. Without data it says so and has no rows."""
    header: dict[str, Any] = {"Time": books.clock.stamp(), "ReportName": name}
    if basis:
        header["ReportBasis"] = basis
    header |= {"StartPeriod": period[0], "EndPeriod": period[1]}
    header |= {"SummarizeColumnsBy": by, "Currency": books.home}
    values = {**(options or {}), "NoReportData": "false" if rows else "true"}
    header["Option"] = [{"Name": option, "Value": value} for option, value in values.items()]
    return {
        "Header": header,
        "Columns": {"Column": [heading(Column(*column)) for column in columns]},
        "Rows": {"Row": rows} if rows else {},
    }


def heading(column: Column) -> dict[str, Any]:
    dates = [("StartDate", column.start), ("EndDate", column.end)] if column.start else []
    meta = [{"Name": name, "Value": value} for name, value in (*dates, ("ColKey", column.key))]
    head: dict[str, Any] = {"ColTitle": column.title, "ColType": column.kind, "MetaData": meta}
    if column.inner:
        below = [
            heading(Column(title, column.kind, title.lower().replace(" ", "_"), column.start, column.end))
            for title in column.inner
        ]
        head["Columns"] = {"Column": below}
    return head


def text(value: object, id: str | None = None) -> dict[str, str]:
    return {"value": str(value)} if id is None else {"value": str(value), "id": id}


def money(amount: Decimal) -> dict[str, str]:
    """A cell of a row: nothing is an empty string."""
    return {"value": f"{amount:.2f}" if amount else ""}


def total(amount: Decimal) -> dict[str, str]:
    """A cell of a total: nothing is 0.00."""
    return {"value": f"{amount or Decimal(0):.2f}"}


def section(
    header: list[dict[str, str]], rows: list[Row], summary: list[dict[str, str]], group: str = ""
) -> Row:
    row: Row = {"Header": {"ColData": header}, "Rows": {"Row": rows}, "Summary": {"ColData": summary}}
    return row | {"type": "Section"} | ({"group": group} if group else {})


def closing(label: str, amounts: Sequence[Decimal], group: str = "GrandTotal") -> Row:
    summary = [text(label), *map(total, amounts)]
    return {"Summary": {"ColData": summary}, "type": "Section", "group": group}
