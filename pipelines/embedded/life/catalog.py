"""What the companies sell: services, goods, bundles and the categories they hang under."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..books.company import Company
from ..books.documents import Document


class Product(NamedTuple):
    """An item to be; `income` is the role of the account that a sale of it posts to, income or not."""

    name: str
    kind: str
    price: str
    cost: str = "0"
    income: str = "products"
    taxable: bool = True
    category: str = ""


PRODUCTS = (
    Product("Design Session", "Service", "120", income="design", taxable=False, category="Services"),
    Product("Site Survey", "Service", "85.5", income="design", taxable=False, category="Services"),
    Product("Installation", "Service", "65", income="services", taxable=False, category="Services"),
    Product("Monthly Maintenance", "Service", "240", income="upkeep", taxable=False, category="Services"),
    Product("Emergency Call-out", "Service", "175", income="upkeep", taxable=False, category="Services"),
    Product("Consulting Hour", "Service", "150", income="consulting", taxable=False, category="Services"),
    Product("Hours", "Service", "72.25", income="services", taxable=False),
    Product("Bracket, Wall", "Inventory", "12.95", "5.4", category="Hardware"),
    Product("Pump 40W", "Inventory", "189", "96.2", category="Hardware"),
    Product("Controller Unit", "Inventory", "349.99", "201.35", category="Hardware"),
    Product("Copper Pipe 1m", "Inventory", "18.4", "7.85", category="Hardware"),
    Product("LED Panel", "Inventory", "79.5", "38.1", category="Hardware"),
    Product("Sealant 300ml", "Inventory", "9.25", "3.15", category="Hardware"),
    Product("Valve Kit", "Inventory", "44.75", "19.6", category="Hardware"),
    Product("Sensor", "Inventory", "58", "22.475", category="Hardware"),
    Product("Gravel, per bag", "NonInventory", "11.3", "4.9", category="Materials"),
    Product("Timber, per metre", "NonInventory", "7.125", "3.4", category="Materials"),
    Product("Paint 5L", "NonInventory", "54", "29.8", category="Materials"),
    Product("Delivery", "NonInventory", "35", "18", taxable=False),
    Product("Permit Fee", "NonInventory", "60", "60", taxable=False),
    Product("Gift Card", "NonInventory", "50", taxable=False),
    Product("Returned Cheque Fee", "Service", "25", income="nsf", taxable=False),
    Product("Returned Cheque", "Service", "0", income="checking", taxable=False),
    Product("Retainer", "Service", "0", income="retainers", taxable=False),
    Product("Retention", "Service", "0", income="retention", taxable=False),
    Product("Till Cash", "Service", "0", income="till", taxable=False),
    Product("Till Cards", "Service", "0", income="cards", taxable=False),
)
BUNDLES = {
    "Starter Kit": (("Pump 40W", "1"), ("Copper Pipe 1m", "6"), ("Installation", "3")),
    "Light Package": (("LED Panel", "4"), ("Controller Unit", "1"), ("Design Session", "1")),
}
# Added late, without a place among the others: what is billed and is no sale.
LATER = (
    Product("Opening Balance", "Service", "0", income="opening", taxable=False),
    Product("Deferred Maintenance", "Service", "0", income="deferred", taxable=False),
    Product("Written Off", "Service", "0", income="bad debt", taxable=False),
)
CATEGORIES = ("Services", "Hardware", "Materials")


def stock_catalog(company: Company, opened: str) -> None:
    """Creates categories, items and bundles, and files each item's id under `item <name>`."""
    ids: dict[str, str] = {}
    for category in CATEGORIES:
        ids[category] = company.create("Item", {"Name": category, "Type": "Category"})["Id"]
    for product in PRODUCTS:
        ids[product.name] = company.create("Item", item_body(company, product, ids, opened))["Id"]
    for name, parts in BUNDLES.items():
        lines = [{"ItemRef": company.ref("Item", ids[part]), "Qty": Decimal(qty)} for part, qty in parts]
        body = {
            "Name": name,
            "Type": "Group",
            "Description": name,
            "PrintGroupedItems": True,
            "ItemGroupDetail": {"ItemGroupLine": lines},
        }
        ids[name] = company.create("Item", body)["Id"]
    for product in LATER:
        ids[product.name] = company.create("Item", item_body(company, product, ids, opened))["Id"]
    company.roles.update({f"item {name}": id for name, id in ids.items()})


def barcode(number: int) -> str:
    """The thirteen digits of a barcode: the last one is that with which the others, times 1 and 3, come to tens."""
    digits = f"{number // 10:012d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def item_body(company: Company, product: Product, ids: dict[str, str], opened: str) -> Document:
    stocked = product.kind == "Inventory"
    body: Document = {
        "Name": product.name,
        "Description": product.name,
        "Type": product.kind,
        "UnitPrice": Decimal(product.price),
        "PurchaseCost": Decimal(product.cost),
        "Taxable": product.taxable,
        "IncomeAccountRef": company.ref("Account", company.roles[product.income]),
        "TrackQtyOnHand": stocked,
    }
    if product.category:
        body |= {"ParentRef": company.ref("Item", ids[product.category]), "Level": 1}
    if stocked:
        body |= {
            "Sku": barcode(4_051_230_000_000 + 10 * len(company.store["Item"])),
            "ExpenseAccountRef": company.ref("Account", company.roles["cogs"]),
            "AssetAccountRef": company.ref("Account", company.roles["inventory"]),
            "QtyOnHand": Decimal("0"),
            "InvStartDate": opened,
        }
    if product.kind == "Service":
        body["DeferredRevenue"] = product.income == "deferred"
    elif not stocked and Decimal(product.cost):
        body["ExpenseAccountRef"] = company.ref("Account", company.roles["cogs"])
    return body
