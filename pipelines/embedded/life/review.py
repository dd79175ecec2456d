"""What the accountant puts right once a month in the month that is over: entered late, at another price, voided."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ..books.documents import Document, is_voided
from ..books.money import cents
from .day import Day
from .selling import invoice


def run(day: Day) -> None:
    last_month = (dt.date.fromisoformat(day.date).replace(day=1) - dt.timedelta(days=1)).isoformat()
    billed = [form for form in day.recent("Invoice", 300) if form["TxnDate"][:7] == last_month[:7]]
    enter_late(day, billed, last_month)
    unpaid = [form for form in billed if form["Balance"] == form["TotalAmt"] and not is_voided(form)]
    if unpaid:
        day.tick()
        form = day.rng.choice(unpaid)
        if day.chance(0.7):
            correct_price(day, form)
        else:
            day.company.void("Invoice", form["Id"])


def enter_late(day: Day, billed: list[Document], date: str) -> None:
    """An invoice that was forgotten gets the date of the month's last day."""
    customers = [day.company.store["Customer"][form["CustomerRef"]["value"]] for form in billed]
    if active := [customer for customer in customers if customer["Active"]]:
        day.tick()
        invoice(day, day.rng.choice(active), TxnDate=date)


def correct_price(day: Day, form: Document) -> None:
    """A tenth less was agreed than was invoiced."""
    lines = []
    for line in form["Line"]:
        detail = line.get("SalesItemLineDetail", {})
        if "UnitPrice" in detail:
            agreed = {**detail, "UnitPrice": cents(detail["UnitPrice"] * Decimal("0.9"))}
            line = {name: value for name, value in line.items() if name != "Amount"}
            line["SalesItemLineDetail"] = agreed
        lines.append(line)
    day.company.update("Invoice", form["Id"], Line=lines, PrivateNote="Price as agreed")
