"""What goes wrong and gets put right: voids, deletions, corrections, bounced cheques, and names that change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.documents import Document, Refused, is_voided
from ..books.origins import is_deposited
from ..clock import add_days
from .buying import FIRST_STOCK
from .day import Day
from .names import FAMILY, FORM
from .returned_cheques import bounce
from .selling import item_line


def run(day: Day) -> None:
    for chance, happening in HAPPENINGS:
        for _ in day.sometimes(chance):
            happening(day)


def standing(day: Day, entity: str, count: int = 60) -> Document | None:
    """One of the last transactions, if it is neither voided nor in a deposit."""
    forms = [
        form
        for form in day.recent(entity, count)
        if form.get("TotalAmt")
        and not is_voided(form)
        and not is_deposited(form)
        and form.get("DocNumber") != FIRST_STOCK
    ]
    return day.rng.choice(forms) if forms else None


def void_something(day: Day) -> None:
    entity = day.rng.choice(
        ("Invoice", "Invoice", "Payment", "CreditMemo", "SalesReceipt", "BillPayment", "Purchase")
    )
    if form := standing(day, entity):
        day.company.void(entity, form["Id"])


def delete_something(day: Day) -> None:
    entity = day.rng.choice(
        ("Invoice", "Payment", "Estimate", "Bill", "Purchase", "CreditMemo", "JournalEntry")
    )
    form = standing(day, entity) if entity != "JournalEntry" else day.rng.choice(day.recent(entity, 6))
    if form and day.age > 30:
        day.company.delete(entity, form["Id"])


def undo_deposit(day: Day) -> None:
    if deposits := day.recent("Deposit", 8):
        day.company.delete("Deposit", day.rng.choice(deposits)["Id"])


def correct_amount(day: Day) -> None:
    """An invoice gets another line, or loses its last one."""
    form = standing(day, "Invoice", 80)
    if form:
        lines = [line for line in form["Line"] if line["DetailType"] == "SalesItemLineDetail"]
        lines = [*lines, item_line(day, 1)] if len(lines) < 2 or day.chance(0.5) else lines[:-1]
        day.company.update("Invoice", form["Id"], Line=lines)


def correct_date(day: Day) -> None:
    entity = day.rng.choice(("Invoice", "Payment", "Bill", "CreditMemo"))
    if form := standing(day, entity, 90):
        date = add_days(form["TxnDate"], -day.rng.choice((1, 3, 10, 40)))
        day.company.update(entity, form["Id"], TxnDate=date)


def annotate(day: Day) -> None:
    if form := standing(day, day.rng.choice(("Invoice", "Estimate", "Bill")), 100):
        entity = next(
            name for name in ("Invoice", "Estimate", "Bill") if form["Id"] in day.company.store[name]
        )
        day.company.update(entity, form["Id"], PrivateNote=f"Checked on {day.date}")


def person(day: Day, entity: str, active: bool = True) -> Document | None:
    rows = [row for row in day.company.store[entity].values() if row["Active"] is active]
    return day.rng.choice(rows) if rows else None


def rename(day: Day) -> None:
    if row := person(day, day.rng.choice(("Customer", "Customer", "Vendor"))):
        entity = "Customer" if row["Id"] in day.company.store["Customer"] else "Vendor"
        name = f"{day.rng.choice(FAMILY)} {row['DisplayName'].split()[-1]}{day.rng.choice(FORM)}"
        attempt(day, lambda: day.company.update(entity, row["Id"], DisplayName=name))


def merge(day: Day) -> None:
    """Two rows turn out to be the same customer or vendor."""
    entity = day.rng.choice(("Customer", "Customer", "Vendor"))
    loser, winner = person(day, entity), person(day, entity)
    if loser and winner and loser["Id"] != winner["Id"] and loser["CurrencyRef"] == winner["CurrencyRef"]:
        attempt(day, lambda: day.company.merge(loser["Id"], winner["Id"], entity))


def leave(day: Day) -> None:
    """A customer, with or without a balance, or a vendor is made inactive."""
    entity = day.rng.choice(("Customer", "Customer", "Customer", "Vendor", "Employee"))
    row = person(day, entity)
    keep = [other for other in day.company.store[entity].values() if other["Active"]]
    if row and len(keep) > 3 and not day.company.children(entity, row["Id"]):
        if entity == "Vendor" and row["CurrencyRef"]["value"] == day.company.home and row["Balance"]:
            return
        attempt(day, lambda: day.company.inactivate(entity, row["Id"]))


def come_back(day: Day) -> None:
    if row := person(day, "Customer", active=False):
        attempt(day, lambda: day.company.reactivate("Customer", row["Id"]))


def raise_price(day: Day) -> None:
    items = [row for row in day.company.store["Item"].values() if row.get("UnitPrice")]
    item = day.rng.choice(items)
    price = (item["UnitPrice"] * Decimal("1.02")).quantize(Decimal("0.01"))
    day.company.update("Item", item["Id"], UnitPrice=price)


def attempt(day: Day, edit: Any) -> None:
    """What QuickBooks refuses here (a name in use, a merge up its own tree) simply does not happen."""
    try:
        edit()
    except Refused:
        return


HAPPENINGS = (
    (0.12, void_something),
    (0.09, delete_something),
    (0.02, undo_deposit),
    (0.14, correct_amount),
    (0.09, correct_date),
    (0.12, annotate),
    (0.05, bounce),
    (0.06, rename),
    (0.03, merge),
    (0.06, leave),
    (0.03, come_back),
    (0.03, raise_price),
)
