"""Estimates: made, decided in time or late, and invoiced as a whole, in parts, or never."""

from __future__ import annotations

from ..books.documents import Document
from ..clock import add_days
from .day import Day
from .projects import is_progressive
from .selling import invoice, sale


def run(day: Day, buyers: list[Document]) -> None:
    for _ in day.often(0.85):
        day.company.create("Estimate", sale(day, buyers.pop()) | {"ExpirationDate": add_days(day.date, 45)})
    for estimate in day.recent("Estimate", 150):
        if estimate["TxnStatus"] == "Pending":
            decide(day, estimate)
        elif estimate["TxnStatus"] == "Accepted" and not is_progressive(estimate):
            convert(day, estimate)


def decide(day: Day, estimate: Document) -> None:
    """Customers make up their minds, some long after the estimate has expired."""
    if day.chance(0.06 if day.date <= estimate.get("ExpirationDate", "") else 0.006):
        day.tick()
        status = day.rng.choices(("Accepted", "Rejected", "Closed"), (7, 2, 1))[0]
        changes = {"AcceptedBy": "Customer", "AcceptedDate": day.date} if status == "Accepted" else {}
        day.company.update("Estimate", estimate["Id"], TxnStatus=status, **changes)


def convert(day: Day, estimate: Document) -> None:
    """An accepted estimate becomes an invoice, now and then of its first lines alone; the rest may never come."""
    lines = [line for line in estimate["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    half = len(lines) // 2
    if estimate["LinkedTxn"]:
        if day.chance(0.02):
            bill_lines(day, estimate, lines[half:])
        elif day.chance(0.01):
            day.company.update("Estimate", estimate["Id"], TxnStatus="Closed")
    elif day.chance(0.15):
        bill_lines(day, estimate, lines[:half] if half and day.chance(0.2) else lines)


def bill_lines(day: Day, estimate: Document, lines: list[Document]) -> None:
    customer = day.company.store["Customer"][estimate["CustomerRef"]["value"]]
    if customer["Active"]:
        day.tick()
        link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
        copied = [
            {name: value for name, value in line.items() if name != "Id"}
            | ({} if line["DetailType"] == "DiscountLineDetail" else {"LinkedTxn": link})
            for line in lines
        ]
        invoice(day, customer, Line=copied, LinkedTxn=link)
