"""Invoices, receipts and credit memos of a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.company import Company
from ..books.documents import Document
from ..books.money import cents
from .catalog import BUNDLES
from .day import Day
from .habits import habit, presence, sales_rep
from .seed_lists import SALES_REP
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
CLASSES = ("New Build", "Repair", "Residential", "Commercial")
DEPARTMENTS = ("Main Street", "Main Street", "Harbour", "Workshop")


def run(day: Day, buyers: list[Document]) -> None:
    for _ in day.often(4.9):
        invoice(day, buyers.pop())
    send(day)
    for _ in day.often(0.6):
        receipt(day, "SalesReceipt", buyers.pop())
    for _ in day.sometimes(0.1):
        receipt(day, "RefundReceipt", buyers.pop())
    for _ in day.often(0.24):
        credit(day)


def pick_buyers(day: Day) -> list[Document]:
    """Today's customers, a new one now and then, heavy buyers more often; more than a day can need."""
    company = day.company
    for _ in day.sometimes(0.22):
        add_customer(company, day.rng)
    active = [customer for customer in company.store["Customer"].values() if customer["Active"]]
    active = active or [add_customer(company, day.rng)]
    profile = company.profile
    weights = []
    for customer in active:
        since = customer["MetaData"]["CreateTime"][:10]
        weight, left, back = presence(profile.seed, profile.realm_id, customer["Id"], since)
        weights.append(weight / 500 if left <= day.date < back else weight)
    return day.rng.choices(active, weights, k=80)


def sale(day: Day, customer: Document | None) -> Document:
    """The body of a sales form: item lines, now and then a bundle, a remark, a discount."""
    rng, company = day.rng, day.company
    profile = company.profile
    spend = habit(profile.seed, profile.realm_id, customer["Id"]).spend if customer else 0.5
    lines = [item_line(day, spend) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 5)))]
    if day.chance(0.05):
        lines.append(bundle(day))
    if day.chance(0.08):
        remark = {"Description": "Thank you for your patience.", "DetailType": "DescriptionOnly"}
        lines.append(remark | {"DescriptionLineDetail": {}})
    body: Document = {"Line": lines, "TxnDate": day.date} | labels(day, customer)
    if customer:
        body["CustomerRef"] = {"value": customer["Id"]}
    if day.chance(0.07):
        detail: Document = {"PercentBased": True, "DiscountPercent": Decimal(rng.choice((5, 10, 15)))}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
        body["ApplyTaxAfterDiscount"] = day.chance(0.5)
    elif day.chance(0.04):
        detail = {"PercentBased": False}
        amount = day.amount(1, 4)
        lines.append({"Amount": amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    return body


def labels(day: Day, customer: Document | None) -> Document:
    """Class, location and sales rep of a form, where the edition has them and somebody filled them in."""
    company, rng = day.company, day.rng
    profile = company.profile
    body: Document = {}
    for entity, names in (("Class", CLASSES), ("Department", DEPARTMENTS)):
        if company.supports(entity) and day.chance(0.8):
            body[f"{entity}Ref"] = company.ref(entity, company.roles[f"{entity} {rng.choice(names)}"])
    if customer and day.chance(0.92):
        rep = sales_rep(profile.seed, profile.realm_id, company.root(customer["Id"]), day.date)
        body["CustomField"] = [{**SALES_REP, "StringValue": rep}]
    if profile.country != "US":
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


def receipt(day: Day, entity: str, customer: Document | None) -> None:
    body = sale(day, customer)
    company = day.company
    body["PaymentMethodRef"] = company.ref(
        "PaymentMethod", company.roles[f"method {day.rng.choice(('Cash', 'Visa'))}"]
    )
    if customer and (entity == "RefundReceipt" or customer["CurrencyRef"]["value"] != company.home):
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
