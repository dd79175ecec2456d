"""What is sold over the counter: to people without a name, and as a day's till that sums to zero."""

from __future__ import annotations

from decimal import Decimal

from ..books.company import Company
from ..books.documents import Document
from ..books.money import cents
from ..books.sales_forms import complete_sales_form
from .day import Day
from .projects import amount_line
from .selling import GOODS, item_line, receipt

CARD_FEE = Decimal("0.019")


def run(day: Day) -> None:
    for _ in day.often(0.3):
        receipt(day, "SalesReceipt", None)
    for _ in day.sometimes(0.12):
        bank_till(day)
        till(day)


def till(day: Day) -> None:
    """A day's sales by item, less what lies in the till and what the cards will settle: a receipt of zero."""
    company, rng = day.company, day.rng
    lines = [item_line(day, 1, name) for name in rng.sample(GOODS, rng.randint(3, 5))]
    body: Document = {"DocNumber": f"TILL-{day.date}", "TxnDate": day.date}
    if company.profile.country != "US":
        body["GlobalTaxCalculation"] = "TaxExcluded"
    if company.supports("Department"):
        body["DepartmentRef"] = company.ref("Department", company.roles["Department Harbour"])
    sold = body | {"Line": lines}
    taken: Decimal = complete_sales_form(company, "SalesReceipt", sold, sold)["TotalAmt"]
    cash = cents(taken * rng.randint(15, 60) / 100)
    lines.append(amount_line(company, "Till Cash", -cash))
    lines.append(amount_line(company, "Till Cards", cash - taken))
    company.create("SalesReceipt", body | {"Line": lines})


def bank_till(day: Day) -> None:
    """Cash and card settlements since the last time go to the bank, the cards less their fee."""
    company, roles = day.company, day.company.roles
    cash, cards = company.ledger.balances[roles["till"]], company.ledger.balances[roles["cards"]]
    parts = (("till", cash), ("cards", cards), ("bank fees", -cents(cards * CARD_FEE)))
    lines = [deposit_line(company, role, amount) for role, amount in parts if amount]
    if cash + cards > 0:
        company.create("Deposit", {"TxnDate": day.date, "Line": lines, "PrivateNote": "Till"})


def deposit_line(company: Company, role: str, amount: Decimal) -> Document:
    detail = {"AccountRef": company.ref("Account", company.roles[role])}
    return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
