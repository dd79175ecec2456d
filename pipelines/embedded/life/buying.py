"""Bills, purchase orders, purchases and their payment; hours and stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.company import Company
from ..books.documents import Document, Key
from ..books.money import ZERO
from ..books.other_forms import linked_line
from ..clock import add_days
from .catalog import PRODUCTS
from .day import Day
from .seed_people import add_vendor
from .selling import bank

EXPENSES = (
    "utilities",
    "phone",
    "office",
    "travel",
    "fuel",
    "subcontract",
    "bank fees",
    "software",
    "prepaid",
)
FIRST_STOCK = "OPENING"
STOCKED = tuple(product.name for product in PRODUCTS if product.kind == "Inventory")


def run(day: Day) -> None:
    vendors = [row for row in day.company.store["Vendor"].values() if row["Active"]]
    vendors = vendors or [add_vendor(day.company, day.rng)]
    for _ in day.often(1.2):
        bill(day, day.rng.choice(vendors), [expense_line(day)])
    restock(day, vendors)
    receive(day)
    for _ in day.often(1.6):
        purchase(day, day.rng.choice(vendors))
    for _ in day.sometimes(0.08):
        vendor = day.rng.choice(vendors)
        body = {
            "VendorRef": {"value": vendor["Id"]},
            "Line": [expense_line(day, 10, 90)],
            "TxnDate": day.date,
        }
        day.company.create("VendorCredit", body)
    pay_bills(day)
    if day.company.supports("TimeActivity"):
        for _ in day.often(0.9):
            hours(day)
    if day.company.supports("ReimburseCharge"):
        for _ in day.sometimes(0.06):
            reimburse(day)
        for _ in day.sometimes(0.04):
            bill_charge(day)
    if day.company.supports("InventoryAdjustment"):
        for _ in day.sometimes(0.04):
            recount(day)


def expense_line(day: Day, low: float = 40, high: float = 2400) -> Document:
    account = day.company.ref("Account", day.company.roles[day.rng.choice(EXPENSES)])
    detail: Document = {"AccountRef": account}
    if day.chance(0.1) and not day.company.profile.multicurrency:
        customers = day.recent("Customer", 30)
        detail |= {"CustomerRef": day.company.ref("Customer", day.rng.choice(customers)["Id"])}
        detail["BillableStatus"] = "Billable"
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": day.amount(low, high), "DetailType": kind, kind: detail}


def stock_line(company: Company, name: str, quantity: int) -> Document:
    item = company.store["Item"][company.roles[f"item {name}"]]
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": Decimal(quantity), "UnitPrice": item["PurchaseCost"]}
    kind = "ItemBasedExpenseLineDetail"
    return {"Description": name, "DetailType": kind, kind: detail}


def bill(day: Day, vendor: Document, lines: list[Document], **fields: Any) -> Document:
    body = {"VendorRef": {"value": vendor["Id"]}, "Line": lines, "TxnDate": day.date}
    if day.chance(0.8):
        body["DocNumber"] = f"B-{day.rng.randint(1000, 99999)}"
    return day.company.create("Bill", body | fields)


def restock(day: Day, vendors: list[Document]) -> None:
    """Goods that run out are ordered, or billed at once where the edition has no purchase orders."""
    company = day.company
    vendors = [row for row in vendors if row["CurrencyRef"]["value"] == company.home]
    low = [name for name in STOCKED if company.store["Item"][company.roles[f"item {name}"]]["QtyOnHand"] < 25]
    ordered = {
        line["ItemBasedExpenseLineDetail"]["ItemRef"]["value"]
        for order in day.recent("PurchaseOrder", 12)
        if order["POStatus"] == "Open"
        for line in order["Line"]
    }
    low = [name for name in low if company.roles[f"item {name}"] not in ordered][:3]
    if low and vendors:
        day.tick()
        lines = [stock_line(company, name, day.rng.choice((40, 60, 100))) for name in low]
        vendor = day.rng.choice(vendors)
        if company.supports("PurchaseOrder"):
            body = {"VendorRef": {"value": vendor["Id"]}, "Line": lines, "TxnDate": day.date}
            company.create("PurchaseOrder", body | {"DueDate": add_days(day.date, 14)})
        else:
            bill(day, vendor, lines)


def receive(day: Day) -> None:
    """The goods of an order come with a bill."""
    for order in day.recent("PurchaseOrder", 12):
        if order["POStatus"] == "Open" and day.chance(0.3):
            vendor = day.company.store["Vendor"][order["VendorRef"]["value"]]
            if vendor["Active"]:
                day.tick()
                lines = [
                    {name: part for name, part in line.items() if name not in ("Id", "Received")}
                    for line in order["Line"]
                ]
                bill(day, vendor, lines, LinkedTxn=[{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}])


def purchase(day: Day, vendor: Document) -> None:
    company = day.company
    kind = day.rng.choice(("Cash", "Check", "CreditCard", "CreditCard"))
    home = vendor["CurrencyRef"]["value"] == company.home
    account = company.roles["card" if kind == "CreditCard" else "checking"] if home else bank(company, vendor)
    kind = kind if home else "Check"
    body = {
        "PaymentType": kind,
        "AccountRef": company.ref("Account", account),
        "EntityRef": {**company.ref("Vendor", vendor["Id"]), "type": "Vendor"},
        "CurrencyRef": vendor["CurrencyRef"],
        "TxnDate": day.date,
        "Line": [expense_line(day, 5, 400) for _ in range(day.rng.choice((1, 1, 2)))],
    }
    if kind == "CreditCard" and day.chance(0.06):
        body["Credit"] = True
    company.create("Purchase", body)


def pay_bills(day: Day) -> None:
    """Bills are paid a few days before they are due, a vendor's together, his credits taken off."""
    company = day.company
    due: dict[str, list[tuple[Key, Decimal]]] = {}
    credits: dict[str, list[tuple[Key, Decimal]]] = {}
    for key, parts in sorted(company.ledger.open.items(), key=lambda item: int(item[0][1])):
        if key[0] not in ("Bill", "VendorCredit"):
            continue
        ((vendor, amount),) = parts.items()
        if key[0] == "VendorCredit":
            credits.setdefault(vendor, []).append((key, amount))
        elif company.store["Bill"][key[1]]["DueDate"] <= add_days(day.date, 3):
            due.setdefault(vendor, []).append((key, -amount))
    for vendor, bills in due.items():
        if not day.chance(0.7):
            continue
        day.tick()
        lines = [linked_line(company, *key, amount) for key, amount in bills[:6]]
        total = sum((line["Amount"] for line in lines), ZERO)
        for key, amount in credits.get(vendor, ()):
            if amount < total:
                lines.append(linked_line(company, *key, amount))
                total -= amount
        body: Document = {
            "VendorRef": {"value": vendor},
            "TxnDate": day.date,
            "TotalAmt": total,
            "Line": lines,
        }
        row = company.store["Vendor"][vendor]
        if row["CurrencyRef"]["value"] == company.home and day.chance(0.3):
            body["PayType"] = "CreditCard"
        else:
            account = company.ref("Account", bank(company, row))
            body["CheckPayment"] = {"BankAccountRef": account, "PrintStatus": "NotSet"}
        company.create("BillPayment", body)


def hours(day: Day) -> None:
    company = day.company
    employees = [row for row in company.store["Employee"].values() if row["Active"]]
    if not employees:
        return
    item = company.roles["item Hours"]
    body = {
        "NameOf": "Employee",
        "EmployeeRef": company.ref("Employee", day.rng.choice(employees)["Id"]),
        "CustomerRef": {"value": day.rng.choice(day.recent("Customer", 50))["Id"]},
        "ItemRef": company.ref("Item", item),
        "BillableStatus": day.rng.choice(("Billable", "NotBillable")),
        "Taxable": False,
        "HourlyRate": company.store["Item"][item]["UnitPrice"],
        "Hours": day.rng.randint(0, 8),
        "Minutes": day.rng.choice((0, 15, 30, 45)),
        "TxnDate": day.date,
    }
    company.create("TimeActivity", body)


def reimburse(day: Day) -> None:
    """A billable expense waits to be put on an invoice."""
    company = day.company
    for spent in day.recent("Purchase", 25):
        for line in spent["Line"]:
            detail = line.get("AccountBasedExpenseLineDetail", {})
            if detail.get("BillableStatus") == "Billable" and spent["TotalAmt"]:
                body = {"CustomerRef": {"value": detail["CustomerRef"]["value"]}, "Amount": line["Amount"]}
                company.create("ReimburseCharge", body | {"HasBeenInvoiced": False, "TxnDate": day.date})
                return


def bill_charge(day: Day) -> None:
    """A waiting charge goes onto an invoice of its own, which links back to it."""
    company = day.company
    for charge in day.recent("ReimburseCharge", 10):
        customer = company.store["Customer"][charge["CustomerRef"]["value"]]
        if not charge["HasBeenInvoiced"] and customer["Active"]:
            detail = {"ItemRef": {"value": company.roles["item Permit Fee"]}}
            line = {
                "Amount": charge["Amount"],
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": detail,
            }
            link = [{"TxnId": charge["Id"], "TxnType": "ReimburseCharge"}]
            body = {"CustomerRef": {"value": customer["Id"]}, "TxnDate": day.date, "Line": [line]}
            company.create("Invoice", body | {"LinkedTxn": link})
            return


def recount(day: Day) -> None:
    item = day.company.roles[f"item {day.rng.choice(STOCKED)}"]
    detail = {"ItemRef": {"value": item}, "QtyDiff": Decimal(day.rng.choice((-3, -2, -1, 1)))}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    day.company.create("InventoryAdjustment", {"TxnDate": day.date, "Line": [line]})


def first_stock(company: Company) -> None:
    vendor = next(
        row for row in company.store["Vendor"].values() if row["CurrencyRef"]["value"] == company.home
    )
    lines = [stock_line(company, name, 120) for name in STOCKED]
    company.create("Bill", {"VendorRef": {"value": vendor["Id"]}, "Line": lines, "DocNumber": FIRST_STOCK})
