"""The JSON of a report: header, columns, and rows whose values are all strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..books.books import Books

Row = dict[str, Any]


def report(
    books: Books,
    name: str,
    period: tuple[str, str],
    columns: Sequence[tuple[str, str, str]],
    rows: list[Row],
    options: Mapping[str, str] | None = None,
    basis: str = "",
) -> dict[str, Any]:
    """A report; `columns` are (title, type, key). Without data it says so and has no rows."""
    header: dict[str, Any] = {"Time": books.clock.stamp(), "ReportName": name}
    if basis:
        header["ReportBasis"] = basis
    header |= {"StartPeriod": period[0], "EndPeriod": period[1]}
    header |= {"SummarizeColumnsBy": "Total", "Currency": books.home}
    values = {**(options or {}), "NoReportData": "false" if rows else "true"}
    header["Option"] = [{"Name": option, "Value": value} for option, value in values.items()]
    return {
        "Header": header,
        "Columns": {
            "Column": [
                {"ColTitle": title, "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": key}]}
                for title, kind, key in columns
            ]
        },
        "Rows": {"Row": rows} if rows else {},
    }


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
