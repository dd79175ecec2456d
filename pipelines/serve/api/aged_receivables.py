"""Aging in the form of QuickBooks's own report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.serve.api.books import Row

COLUMNS = {
    "current": "Current",
    "d1_30": "1 - 30",
    "d31_60": "31 - 60",
    "d61_90": "61 - 90",
    "d91_plus": "91 and over",
    "total_open": "Total",
}


def report(rows: Sequence[Row], day: date, *, whole: bool) -> Row:
    """AgedReceivables by customer: Header, Columns and Rows, amounts as text, as QuickBooks writes them.

    A total stands below the `whole` of it alone.
    """
    money = [{"ColTitle": title, "ColType": "Money"} for title in COLUMNS.values()]
    total = [sum((row[name] for row in rows), Decimal(0)) for name in COLUMNS]
    return {
        "Header": {
            "ReportName": "AgedReceivables",
            "EndPeriod": day.isoformat(),
            "SummarizeColumnsBy": "Total",
            "Option": [
                {"Name": "report_date", "Value": day.isoformat()},
                {"Name": "aging_method", "Value": "Report_Date"},
            ],
        },
        "Columns": {"Column": [{"ColTitle": "", "ColType": "Customer"}, *money]},
        "Rows": {"Row": [*map(_row, rows), *([_total(total)] if whole else [])]},
    }


def _row(row: Row) -> dict[str, Any]:
    name = {"value": row.get("customer_name") or "", "id": row["customer_id"]}
    return {"ColData": [name, *({"value": _text(row[column])} for column in COLUMNS)]}


def _total(amounts: Sequence[Decimal]) -> dict[str, Any]:
    cells = [{"value": "TOTAL"}, *({"value": _text(amount)} for amount in amounts)]
    return {"Summary": {"ColData": cells}, "type": "Section", "group": "GrandTotal"}


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}" if amount else ""
