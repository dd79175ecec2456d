"""Forms that bill what is no sale: balances brought forward, money for later, costs passed on, small differences."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from ..books.company import Company
from ..books.documents import Document
from ..books.money import ZERO, cents
from ..books.other_forms import linked_line
from ..clock import add_days
from .day import Day
from .month_end import journal
from .projects import amount_line

CONTRACT = "Deferred Maintenance"
MONTHS = 12
CARRIER = {"value": "FedEx", "name": "FedEx"}


def unusual_forms(company: Company) -> None:
    """A family and a shop live through them within the last half year, in every company once."""
    today = company.today()
    estates = customer(company, "Carraway Estates", CustomField=[text_field("1000000020", "Region", "North")])
    lodge = customer(company, "Carraway Lodge", ParentRef={"value": estates})
    shop = customer(company, "Tamarack Tool Hire")
    lines = [amount_line(company, "Opening Balance", Decimal(750), "Brought forward from the old books")]
    invoice(company, estates, add_days(today, -170), lines)
    contract = [amount_line(company, CONTRACT, Decimal(1200), "Maintenance for a year, paid in advance")]
    invoice(company, shop, add_days(today, -165), contract)
    for month in range(1, 6):
        earn(company, shop, add_days(today, -165 + 31 * month))
    invoice(company, estates, add_days(today, -75), [*passed_on(company), shipping(company)], **sent(today))
    small = [
        amount_line(company, "Site Survey", Decimal(200)),
        amount_line(company, "Written Off", Decimal("-0.40"), "Small balance written off"),
    ]
    invoice(company, lodge, add_days(today, -60), small)
    share_charge(company, estates, lodge, today)
    company.clock.advance(seconds=600)


def customer(company: Company, name: str, **fields: object) -> str:
    company.clock.advance(seconds=7)
    id: str = company.create("Customer", {"DisplayName": name} | fields)["Id"]
    return id


def invoice(company: Company, who: str, date: str, lines: list[Document], **fields: object) -> Document:
    company.clock.advance(seconds=11)
    body = {
        "CustomerRef": {"value": who},
        "TxnDate": date,
        "Line": lines,
        "CustomField": newer_fields(date, who),
    }
    return company.create("Invoice", body | fields)


def earn(company: Company, who: str, date: str) -> None:
    """An invoice of zero that takes a month's share off what was paid in advance and calls it income."""
    share = Decimal(1200) / MONTHS
    lines = [
        amount_line(company, "Monthly Maintenance", share),
        amount_line(company, CONTRACT, -share, "Earned this month"),
    ]
    invoice(company, who, date, lines)


def run(day: Day) -> None:
    """Once a month each contract still running earns its share."""
    company = day.company
    item = company.roles.get(f"item {CONTRACT}")
    left: dict[str, Decimal] = {}
    for form in company.store["Invoice"].values() if item else ():
        for line in form["Line"]:
            if line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value") == item:
                who = form["CustomerRef"]["value"]
                left[who] = left.get(who, ZERO) + line["Amount"]
    for who, amount in left.items():
        if amount > 0 and company.store["Customer"][who]["Active"]:
            day.tick()
            earn(company, who, day.date)


def passed_on(company: Company) -> list[Document]:
    """Material billed at cost, whose line posts to the cost account, and a tenth on top as income."""
    kind = "SalesItemLineDetail"
    cost, markup = (company.ref("Account", company.roles[role]) for role in ("job materials", "markup"))
    untaxed = {"TaxCodeRef": {"value": company.roles["no tax"]}}
    terms = {"PercentBased": True, "Percent": Decimal(10), "MarkUpIncomeAccountRef": markup}
    billed = {"ItemAccountRef": cost} | untaxed
    added = {"ItemAccountRef": markup, "MarkupInfo": terms} | untaxed
    return [
        {"Description": "Timber at cost", "Amount": Decimal(320), "DetailType": kind, kind: billed},
        {"Description": "Markup", "Amount": Decimal(32), "DetailType": kind, kind: added},
    ]


def shipping(company: Company) -> Document:
    kind = "SalesItemLineDetail"
    detail = {"ItemRef": {"value": "SHIPPING_ITEM_ID"}, "TaxCodeRef": {"value": company.roles["no tax"]}}
    return {"Amount": Decimal("18.50"), "DetailType": kind, kind: detail}


def sent(today: str) -> Document:
    """How the goods went out."""
    return {"ShipMethodRef": CARRIER, "ShipDate": add_days(today, -74), "TrackingNum": "7946 0011 2233"}


def share_charge(company: Company, top: str, job: str, today: str) -> None:
    """One journal entry charges a parent and his job; the parent pays the job's line, which the payment names."""
    receivable, income = company.roles["receivable"], company.roles["services"]
    rows = [
        ("Debit", receivable, cents(50), top),
        ("Debit", receivable, cents(30), job),
        ("Credit", income, cents(80), ""),
    ]
    entry = journal(company, add_days(today, -40), rows, "Call-out shared by both")
    line = linked_line(company, "JournalEntry", entry["Id"], cents(30), entry["Line"][1]["Id"])
    body = {"CustomerRef": {"value": top}, "TxnDate": add_days(today, -12), "TotalAmt": cents(30)}
    company.create("Payment", body | {"Line": [line]})


def text_field(id: str, name: str, value: str) -> Document:
    return {"DefinitionId": id, "Name": name, "Type": "StringType", "StringValue": value}


def newer_fields(date: str, who: str) -> list[Document]:
    """Custom fields beyond the classic ones: a number, a date and a flag, as the date and the customer give them."""
    rng = Random(f"{date}/{who}")
    return [
        {
            "DefinitionId": "1000000001",
            "Name": "Kilometres",
            "Type": "NumberType",
            "NumberValue": Decimal(rng.randint(10, 9000)) / 10,
        },
        {
            "DefinitionId": "1000000002",
            "Name": "Booked",
            "Type": "DateType",
            "DateValue": add_days(date, -rng.randint(1, 30)),
        },
        {
            "DefinitionId": "1000000003",
            "Name": "Rush",
            "Type": "BooleanType",
            "BooleanValue": rng.random() < 0.5,
        },
    ]
