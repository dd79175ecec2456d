"""A company with lists but no history, and short ways to write its documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pendulum

from pipelines.embedded.books.company import Company
from pipelines.embedded.books.other_forms import linked_line
from pipelines.embedded.clock import PACIFIC
from pipelines.embedded.life.seed import open_company, profiles
from pipelines.embedded.reports.registry import answer_report

START = pendulum.datetime(2026, 7, 1, 9, tz=PACIFIC)


def us_company() -> Company:
    return open_company(profiles(1, 1.0)[0], START)


def canadian_company() -> Company:
    return open_company(profiles(1, 1.0)[1], START)


def customer(company: Company, name: str, **fields: Any) -> str:
    return str(company.create("Customer", {"DisplayName": name} | fields)["Id"])


def form(company: Company, entity: str, who: str, date: str, amount: str, **fields: Any) -> str:
    """A sales form over one untaxed service."""
    detail = {
        "ItemRef": {"value": company.roles["item Design Session"]},
        "TaxCodeRef": {"value": company.roles["no tax"]},
    }
    line = {"Amount": Decimal(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    body = {"CustomerRef": {"value": who}, "TxnDate": date, "Line": [line]}
    return str(company.create(entity, body | fields)["Id"])


def pay(
    company: Company, who: str, date: str, total: str, *lines: tuple[str, str, str], **fields: Any
) -> str:
    """A payment with lines (entity, id, amount)."""
    settles = [linked_line(company, entity, id, Decimal(amount)) for entity, id, amount in lines]
    body = {"CustomerRef": {"value": who}, "TxnDate": date, "TotalAmt": Decimal(total), "Line": settles}
    return str(company.create("Payment", body | fields)["Id"])


def journal(company: Company, date: str, *rows: tuple[str, str, str, str]) -> str:
    """A journal entry of rows (side, role of the account, amount, customer or nothing)."""
    lines = []
    for side, role, amount, who in rows:
        detail: dict[str, Any] = {"PostingType": side, "AccountRef": {"value": company.roles[role]}}
        if who:
            detail["Entity"] = {"Type": "Customer", "EntityRef": {"value": who}}
        kind = "JournalEntryLineDetail"
        lines.append({"Amount": Decimal(amount), "DetailType": kind, kind: detail})
    return str(company.create("JournalEntry", {"TxnDate": date, "Line": lines})["Id"])


def aged(company: Company, date: str, method: str = "Report_Date") -> dict[str, list[str]]:
    """AgedReceivables: customer's name to cells, `TOTAL` among them."""
    report = answer_report(company, "AgedReceivables", {"report_date": date, "aging_method": method})
    found: dict[str, list[str]] = {}

    def walk(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            cells = row.get("ColData") or (row["Summary"]["ColData"] if row.get("group") else [])
            if cells:
                found[cells[0]["value"]] = [cell["value"] for cell in cells[1:]]
            walk(row.get("Rows", {}).get("Row", []))

    walk(report["Rows"].get("Row", []))
    return found
