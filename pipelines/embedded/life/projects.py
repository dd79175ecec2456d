"""Work that takes months: a project's estimate, its retainer, invoices as it proceeds, and what is retained of them.

Editions without projects have it as a customer's job. How far it is stands in its documents and its notes.
"""

from __future__ import annotations

from decimal import Decimal

from ..books.company import Company
from ..books.documents import Document, is_voided
from ..books.money import ZERO, cents
from ..clock import add_days, days_between
from .catalog import PRODUCTS
from .day import Day
from .selling import item_line, labels

TERMS_OF_WORK = "Invoiced as the work proceeds; 10 % is retained until 60 days after it."
RETAINED = Decimal("0.1")
WORKS = (
    "Courtyard",
    "Roof Terrace",
    "Car Park Lighting",
    "Pool House",
    "Pavilion",
    "Night Garden",
    "Orangery",
)
SERVICES = tuple(product.name for product in PRODUCTS if product.kind == "Service" and product.category)
MATERIALS = tuple(product.name for product in PRODUCTS if product.category == "Materials")
COMPLETED, RELEASED = "Completed", "retention invoiced"


def run(day: Day) -> None:
    for _ in day.sometimes(0.035):
        begin(day)
    for estimate in day.recent("Estimate", 250):
        if is_progressive(estimate):
            proceed(day, estimate)


def is_progressive(estimate: Document) -> bool:
    return bool(estimate.get("CustomerMemo", {}).get("value") == TERMS_OF_WORK)


def begin(day: Day) -> None:
    """A customer orders a project: its estimate is accepted the same day, and a fifth of it asked for in advance."""
    company, rng = day.company, day.rng
    above = [row for row in company.store["Customer"].values() if row["Active"] and not row["Job"]]
    if not above:
        return
    project = open_project(day, rng.choice(above))
    lines = [item_line(day, 1, name) for name in (*rng.sample(SERVICES, 3), rng.choice(MATERIALS))]
    for line in lines:
        detail = line["SalesItemLineDetail"]
        detail |= {"Qty": Decimal(rng.randint(6, 40)), "UnitPrice": price(company, detail)}
        line.pop("Amount", None)
    body = header(day, project) | {"Line": lines, "CustomerMemo": {"value": TERMS_OF_WORK}}
    accepted = {"TxnStatus": "Accepted", "AcceptedBy": "Customer", "AcceptedDate": day.date}
    estimate = company.create("Estimate", body | accepted | {"ExpirationDate": add_days(day.date, 30)})
    day.tick()
    advance = amount_line(company, "Retainer", cents(subtotal(estimate) / 5))
    company.create("Invoice", header(day, project) | {"Line": [advance], "DueDate": add_days(day.date, 10)})


def open_project(day: Day, above: Document) -> Document:
    company = day.company
    work, number = f"{day.rng.choice(WORKS)} {day.date[:4]}", 1
    name = work
    while company.name_taken(name, None):
        number += 1
        name = f"{work}-{number}"
    body = {"DisplayName": name, "ParentRef": {"value": above["Id"]}, "Taxable": above["Taxable"]}
    if "DefaultTaxCodeRef" in above:
        body["DefaultTaxCodeRef"] = above["DefaultTaxCodeRef"]
    if company.profile.has_projects:
        body["IsProject"] = True
    project = company.create("Customer", body)
    if company.profile.has_projects:
        company.roles[f"project {project['Id']}"] = str(39_298_000 + len(company.store["Customer"]))
    return project


def header(day: Day, project: Document) -> Document:
    """What all forms of a project have: his name, its class and location, and the project's own id."""
    body: Document = {"CustomerRef": {"value": project["Id"]}, "TxnDate": day.date}
    if id := day.company.roles.get(f"project {project['Id']}"):
        body["ProjectRef"] = {"value": id}
    return body | labels(day, project)


def price(company: Company, detail: Document) -> Decimal:
    unit: Decimal = company.store["Item"][detail["ItemRef"]["value"]]["UnitPrice"]
    return unit


def amount_line(company: Company, item: str, amount: Decimal, description: str = "") -> Document:
    """A line of an amount alone, without tax."""
    detail = {
        "ItemRef": {"value": company.roles[f"item {item}"]},
        "TaxCodeRef": {"value": company.roles["no tax"]},
    }
    line = {"Description": description or item, "DetailType": "SalesItemLineDetail"}
    return line | {"Amount": amount, "SalesItemLineDetail": detail}


def subtotal(form: Document) -> Decimal:
    return sum((line["Amount"] for line in form["Line"] if line["DetailType"] == "SalesItemLineDetail"), ZERO)


def proceed(day: Day, estimate: Document) -> None:
    """The next part is invoiced a month after the last; two months after the end, what was retained."""
    company = day.company
    project = company.store["Customer"].get(estimate["CustomerRef"]["value"])
    if project is None or not project["Active"] or RELEASED in project.get("Notes", ""):
        return
    made = [company.store["Invoice"][link["TxnId"]] for link in estimate["LinkedTxn"]]
    last = max((form["TxnDate"] for form in made), default=estimate["TxnDate"])
    if estimate["TxnStatus"] == "Accepted":
        if days_between(last, day.date) >= 25 and day.chance(0.12):
            day.tick()
            invoice_part(day, estimate, project, made)
    elif days_between(last, day.date) >= 60 and day.chance(0.2):
        day.tick()
        release(day, project, made)


def invoice_part(day: Day, estimate: Document, project: Document, made: list[Document]) -> None:
    """A third of every line, the last time all that is left, less a tenth retained and, at first, the retainer."""
    company = day.company
    is_last = len(made) == 2
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    lines = []
    for line in estimate["Line"]:
        if line["DetailType"] != "SalesItemLineDetail":
            continue
        third = cents(line["Amount"] / 3)
        detail = {
            name: value
            for name, value in line["SalesItemLineDetail"].items()
            if name not in ("Qty", "UnitPrice")
        }
        part = {
            "Description": f"{line['Description']}, part {len(made) + 1} of 3",
            "Amount": line["Amount"] - 2 * third if is_last else third,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
            "LinkedTxn": link,
        }
        lines.append(part)
    retained = cents(subtotal({"Line": lines}) * RETAINED)
    if not made:
        lines.append(amount_line(company, "Retainer", -cents(subtotal(estimate) / 5), "Less retainer"))
    lines.append(amount_line(company, "Retention", -retained, "Less 10 % retained"))
    company.create("Invoice", header(day, project) | {"Line": lines, "LinkedTxn": link})
    if is_last:
        company.update("Customer", project["Id"], Notes=f"{COMPLETED} {day.date}")


def release(day: Day, project: Document, made: list[Document]) -> None:
    """What the invoices of a project retained is asked for."""
    company = day.company
    item = company.roles["item Retention"]
    retained = -sum(
        (
            line["Amount"]
            for form in made
            if not is_voided(form)
            for line in form["Line"]
            if line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value") == item
        ),
        ZERO,
    )
    if retained:
        company.create(
            "Invoice", header(day, project) | {"Line": [amount_line(company, "Retention", retained)]}
        )
    notes = f"{project.get('Notes', COMPLETED)}, {RELEASED} {day.date}"
    company.update("Customer", project["Id"], Notes=notes)
