"""Recurring forms: templates that post nothing."""

from __future__ import annotations

from decimal import Decimal

from ..books.company import Company
from ..books.documents import Document


def templates(company: Company) -> None:
    """Recurring forms: an invoice every month and the rent."""
    if not company.supports("RecurringTransaction"):
        return
    item = company.store["Item"][company.roles["item Monthly Maintenance"]]
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": Decimal(1), "UnitPrice": item["UnitPrice"]}
    line: Document = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    customers = list(company.store["Customer"])
    for number, customer in enumerate(customers[:6]):
        body = {
            "CustomerRef": {"value": customer},
            "Line": [line],
            "RecurringInfo": schedule(company, number),
        }
        company.create("RecurringTransaction", {"Invoice": body})
    rent = {"AccountRef": {"value": company.roles["rent"]}}
    line = {"Amount": Decimal(1900), "DetailType": "AccountBasedExpenseLineDetail"}
    vendor = next(iter(company.store["Vendor"]))
    body = {"VendorRef": {"value": vendor}, "Line": [line | {"AccountBasedExpenseLineDetail": rent}]}
    company.create("RecurringTransaction", {"Bill": body | {"RecurringInfo": schedule(company, 9)}})


def schedule(company: Company, number: int) -> Document:
    when = {
        "IntervalType": "Monthly",
        "NumInterval": 1,
        "DayOfMonth": 1 + number,
        "StartDate": company.today(),
    }
    name = f"Template {number + 1}"
    return {"Name": name, "RecurType": "Reminded", "Active": True, "ScheduleInfo": when}
