"""Estimates, invoices, receipts and credit memos of a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.company import Company
from ..books.documents import Document
from ..books.money import cents
from ..clock import add_days
from .catalog import BUNDLES
from .day import Day
from .habits import habit, presence
from .seed_people import add_customer

SERVICES = (
    "Design Session",
    "Site Survey",
    "Installation",
    "Monthly Maintenance",
    "Consulting Hour",
    "Hours",
)
GOODS = (
    "Bracket, Wall",
    "Pump 40W",
    "Controller Unit",
    "Copper Pipe 1m",
    "LED Panel",
    "Sealant 300ml",
    "Valve Kit",
    "Sensor",
    "Gravel, per bag",
    "Timber, per metre",
    "Paint 5L",
)


def run(day: Day) -> None:
    for _ in day.sometimes(0.22):
        add_customer(day.company, day.rng)
    buyers = pick_buyers(day)
    for _ in day.often(0.85):
        day.company.create("Estimate", sale(day, buyers.pop()) | {"ExpirationDate": add_days(day.date, 45)})
    move_estimates(day)
    for _ in day.often(4.9):
        invoice(day, buyers.pop())
    send(day)
    for _ in day.often(0.9):
        receipt(day, "SalesReceipt", buyers.pop())
    for _ in day.sometimes(0.1):
        receipt(day, "RefundReceipt", buyers.pop())
    for _ in day.often(0.24):
        credit(day)


def pick_buyers(day: Day) -> list[Document]:
    """Today's customers, heavy buyers more often; more than a day can need."""
    company = day.company
    active = [customer for customer in company.store["Customer"].values() if customer["Active"]]
    active = active or [add_customer(company, day.rng)]
    profile = company.profile
    weights = []
    for customer in active:
        since = customer["MetaData"]["CreateTime"][:10]
        weight, left, back = presence(profile.seed, profile.realm_id, customer["Id"], since)
        weights.append(weight / 500 if left <= day.date < back else weight)
    return day.rng.choices(active, weights, k=80)


def sale(day: Day, customer: Document) -> Document:
    """The body of a sales form: item lines, now and then a bundle, a remark, a discount."""
    rng, company = day.rng, day.company
    profile = company.profile
    spend = habit(profile.seed, profile.realm_id, customer["Id"]).spend
    lines = [item_line(day, spend) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 5)))]
    if day.chance(0.05):
        lines.append(bundle(day))
    if day.chance(0.08):
        remark = {"Description": "Thank you for your patience.", "DetailType": "DescriptionOnly"}
        lines.append(remark | {"DescriptionLineDetail": {}})
    body: Document = {"CustomerRef": {"value": customer["Id"]}, "Line": lines, "TxnDate": day.date}
    if day.chance(0.07):
        detail: Document = {"PercentBased": True, "DiscountPercent": Decimal(rng.choice((5, 10, 15)))}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
        body["ApplyTaxAfterDiscount"] = day.chance(0.5)
    elif day.chance(0.04):
        detail = {"PercentBased": False}
        amount = day.amount(1, 4)
        lines.append({"Amount": amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    if company.supports("Class") and day.chance(0.4):
        body["ClassRef"] = company.ref(
            "Class", company.roles[rng.choice(("Class Repair", "Class Commercial"))]
        )
    if company.supports("Department") and day.chance(0.4):
        body["DepartmentRef"] = company.ref("Department", company.roles["Department Main Street"])
    if company.profile.country != "US":
        body["GlobalTaxCalculation"] = "TaxExcluded"
    return body


def item_line(day: Day, spend: float, name: str = "") -> Document:
    name = name or day.rng.choice(SERVICES if day.chance(0.55) else GOODS)
    item = day.company.store["Item"][day.company.roles[f"item {name}"]]
    quantity = Decimal(max(1, round(day.rng.triangular(1, 9, 2) * spend)))
    if name in ("Hours", "Consulting Hour", "Timber, per metre"):
        quantity += Decimal(day.rng.choice(("0", "0.25", "0.5", "0.75")))
    detail: dict[str, Any] = {
        "ItemRef": {"value": item["Id"]},
        "Qty": quantity,
        "UnitPrice": item["UnitPrice"],
    }
    line = {
        "Description": item["Description"],
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    if day.chance(0.03):
        del detail["Qty"], detail["UnitPrice"]
        line["Amount"] = cents(quantity * item["UnitPrice"])
    return line


def bundle(day: Day) -> Document:
    name = day.rng.choice(list(BUNDLES))
    group = day.company.roles[f"item {name}"]
    nested = []
    for part, quantity in BUNDLES[name]:
        line = item_line(day, 1, part)
        item = day.company.store["Item"][day.company.roles[f"item {part}"]]
        line["SalesItemLineDetail"] |= {"Qty": Decimal(quantity), "UnitPrice": item["UnitPrice"]}
        line.pop("Amount", None)
        nested.append(line)
    detail = {"GroupItemRef": {"value": group}, "Quantity": Decimal(1), "Line": nested}
    return {"Description": name, "DetailType": "GroupLineDetail", "GroupLineDetail": detail}


def invoice(day: Day, customer: Document, **fields: Any) -> Document:
    body = sale(day, customer) | fields
    if day.chance(0.35):
        body["EmailStatus"] = "NeedToSend"
    if day.chance(0.015):
        body["DocNumber"] = None
    if day.chance(0.015):
        body["DueDate"] = None
    if day.chance(0.01):
        body["Deposit"] = day.amount(5, 60)
    if day.chance(0.03):
        body["PrivateNote"] = "Call before sending a reminder."
    made = day.company.create("Invoice", body)
    if day.chance(0.02):
        attach(day, made)
    return made


def attach(day: Day, made: Document) -> None:
    name = f"delivery-note-{made['Id']}.pdf"
    reference = {"EntityRef": {"value": made["Id"], "type": "Invoice"}, "IncludeOnSend": False}
    body = {"FileName": name, "Size": day.rng.randint(9_000, 400_000), "ContentType": "application/pdf"}
    day.company.create("Attachable", body | {"AttachableRef": [reference]})


def send(day: Day) -> None:
    for form in day.recent("Invoice", 12):
        if form["EmailStatus"] == "NeedToSend" and form["TotalAmt"] and day.chance(0.6):
            day.tick()
            day.company.email("Invoice", form["Id"])


def receipt(day: Day, entity: str, customer: Document) -> None:
    body = sale(day, customer)
    company = day.company
    body["PaymentMethodRef"] = company.ref(
        "PaymentMethod", company.roles[f"method {day.rng.choice(('Cash', 'Visa'))}"]
    )
    if entity == "RefundReceipt" or customer["CurrencyRef"]["value"] != company.home:
        body["DepositToAccountRef"] = company.ref("Account", bank(company, customer))
    company.create(entity, body)


def bank(company: Company, party: Document) -> str:
    """The bank account that takes a customer's currency."""
    return company.roles.get(f"checking {party['CurrencyRef']['value']}", company.roles["checking"])


def credit(day: Day) -> None:
    """Part of what a recent invoice billed was wrong or came back."""
    billed = [form for form in day.recent("Invoice", 60) if form["Balance"] > 5]
    if billed:
        form = day.rng.choice(billed)
        price = cents(form["Balance"] * day.rng.randint(5, 60) / 100)
        detail = {
            "ItemRef": {"value": day.company.roles["item Installation"]},
            "Qty": Decimal(1),
            "UnitPrice": price,
        }
        line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        body = {"CustomerRef": {"value": form["CustomerRef"]["value"]}, "Line": [line], "TxnDate": day.date}
        day.company.create("CreditMemo", body)


def move_estimates(day: Day) -> None:
    """Customers make up their minds; an accepted estimate becomes an invoice."""
    company = day.company
    for estimate in day.recent("Estimate", 40):
        if estimate["TxnStatus"] == "Pending" and day.chance(0.06):
            day.tick()
            status = day.rng.choices(("Accepted", "Rejected", "Closed"), (7, 2, 1))[0]
            changes = {"AcceptedBy": "Customer", "AcceptedDate": day.date} if status == "Accepted" else {}
            company.update("Estimate", estimate["Id"], TxnStatus=status, **changes)
        elif estimate["TxnStatus"] == "Accepted" and day.chance(0.15):
            customer = company.store["Customer"][estimate["CustomerRef"]["value"]]
            if customer["Active"]:
                day.tick()
                lines = [
                    {name: value for name, value in line.items() if name != "Id"} for line in estimate["Line"]
                ]
                link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
                invoice(day, customer, Line=lines, LinkedTxn=link)
