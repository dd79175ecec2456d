"""Payments, credits applied, deposits: how what customers owe comes in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..books.company import Company
from ..books.documents import Document, Key
from ..books.money import ZERO
from ..books.origins import is_deposited
from ..books.other_forms import linked_line
from ..books.settlement_forms import LINKING_NOTE
from ..clock import add_days
from .day import Day
from .habits import EARLIEST, habit, pay_date
from .selling import bank

METHODS = ("method Check", "method Check", "method Bank Transfer", "method Visa", "method Cash")


def run(day: Day) -> None:
    collect(day)
    for _ in day.often(0.05):
        prepay(day)
    use_prepayments(day)
    link_credits(day)
    for _ in day.sometimes(0.04):
        refund_credit(day)
    if day.chance(0.45):
        deposit(day)


def open_items(company: Company, *entities: str) -> Iterator[tuple[Key, str, Decimal]]:
    """What is open on A/R, oldest document first: document, customer, amount with debits positive."""
    customers = company.store["Customer"]
    unpaid = [
        (int(key[1]), party, key, amount)
        for key, parts in company.ledger.open.items()
        if key[0] in entities
        for party, amount in parts.items()
        if party in customers
    ]
    for _, party, key, amount in sorted(unpaid):
        yield key, party, amount


def collect(day: Day) -> None:
    """Everybody whose day has come pays what is due to be paid, for his family where that is his habit."""
    company, profile = day.company, day.company.profile
    seed, realm = profile.seed, profile.realm_id
    horizon = add_days(day.date, EARLIEST)
    purses: dict[str, list[tuple[Key, Decimal]]] = {}
    for key, customer, amount in open_items(company, "Invoice", "JournalEntry"):
        if amount <= 0:
            continue
        form = company.store[key[0]][key[1]]
        due = form.get("DueDate") or add_days(form["TxnDate"], 20)
        if due > horizon:
            continue
        root = company.root(customer)
        top = habit(seed, realm, root)
        instalment = min(len(company.ledger.settlers.get(key, ())), 6)
        if pay_date(seed, realm, top.kind, key[1], due, instalment) <= day.date:
            # A journal entry may be split within the family: each pays his own part.
            payer = root if top.for_family and key[0] == "Invoice" else customer
            purses.setdefault(payer, []).append((key, amount))
    for payer, items in purses.items():
        if len(items) > 1 and day.chance(0.3):
            items = items[:1]
        day.tick()
        pay(day, payer, items[:12])


def pay(day: Day, payer: str, items: list[tuple[Key, Decimal]]) -> Document:
    """Mostly the exact sum, sometimes less, rarely more."""
    company = day.company
    lines = [linked_line(company, *key, amount) for key, amount in items]
    extra = ZERO
    if day.chance(0.05):
        lines[-1]["Amount"] = max(
            Decimal(1), (lines[-1]["Amount"] * day.rng.randint(30, 80) / 100).quantize(Decimal(1))
        )
        lines[-1]["Amount"] = min(lines[-1]["Amount"], items[-1][1])
    elif day.chance(0.012):
        extra = day.amount(1, 40)
    total = sum((line["Amount"] for line in lines), ZERO) + extra
    return company.create("Payment", receipt_body(day, payer) | {"TotalAmt": total, "Line": lines})


def receipt_body(day: Day, payer: str) -> dict[str, Any]:
    company = day.company
    customer = company.store["Customer"][payer]
    method = day.rng.choice(METHODS)
    body: dict[str, Any] = {
        "CustomerRef": {"value": payer},
        "TxnDate": day.date,
        "PaymentMethodRef": company.ref("PaymentMethod", company.roles[method]),
    }
    if method == "method Check":
        body["PaymentRefNum"] = str(day.rng.randint(1000, 99999))
    if method == "method Bank Transfer" or customer["CurrencyRef"]["value"] != company.home:
        body["DepositToAccountRef"] = company.ref("Account", bank(company, customer))
    return body


def prepay(day: Day) -> None:
    """Money before any invoice: it stays unapplied, or is dated days before what it will settle."""
    customers = [row for row in day.company.store["Customer"].values() if row["Active"]]
    payer = day.rng.choice(customers)["Id"]
    day.company.create("Payment", receipt_body(day, payer) | {"TotalAmt": day.amount(50, 600)})


def use_prepayments(day: Day) -> None:
    """Unapplied money goes to the customer's open invoices, mostly within weeks."""
    company = day.company
    for key, customer, amount in list(open_items(company, "Payment")):
        if amount >= 0 or not day.chance(0.12):
            continue
        payment = company.store["Payment"][key[1]]
        left, lines = -amount, list(payment["Line"])
        taken = {link["TxnId"] for line in lines for link in line["LinkedTxn"]}
        for target, owner, owed in open_items(company, "Invoice"):
            if owner == customer and left and target[1] not in taken:
                lines.append(linked_line(company, *target, min(owed, left)))
                left -= min(owed, left)
        if len(lines) > len(payment["Line"]):
            day.tick()
            company.update("Payment", key[1], Line=lines)


def link_credits(day: Day) -> None:
    """Credit memos, journal credits and deposits meet charges in a payment of zero."""
    company = day.company
    for key, customer, amount in list(open_items(company, "CreditMemo", "JournalEntry", "Deposit")):
        if amount < 0 and day.chance(0.2):
            owed = [
                item
                for item in open_items(company, "Invoice", "Purchase", "JournalEntry")
                if item[1] == customer
            ]
            charges = [(target, sum_open) for target, _, sum_open in owed if sum_open > 0][:3]
            if charges:
                day.tick()
                link(company, customer, (key, -amount), charges, day.date)


def link(
    company: Company,
    customer: str,
    credit: tuple[Key, Decimal],
    charges: list[tuple[Key, Decimal]],
    date: str,
) -> Document:
    """The payment of zero that applies a credit to charges."""
    left, lines = credit[1], []
    for target, owed in charges:
        if left:
            lines.append(linked_line(company, *target, min(owed, left)))
            left -= min(owed, left)
    lines.append(linked_line(company, *credit[0], credit[1] - left))
    body = {
        "CustomerRef": {"value": customer},
        "TxnDate": date,
        "TotalAmt": ZERO,
        "PrivateNote": LINKING_NOTE,
    }
    return company.create("Payment", body | {"Line": lines})


def refund_credit(day: Day) -> None:
    """A cheque booked to A/R pays a credit back, and a payment of zero ties the two together."""
    company = day.company
    credits = [item for item in open_items(company, "CreditMemo") if item[2] < 0]
    if credits:
        key, customer, amount = credits[0]
        day.tick()
        cheque = customer_cheque(company, customer, -amount, day.date, "Refund of credit")
        link(company, customer, (key, -amount), [(("Purchase", cheque["Id"]), -amount)], day.date)


def customer_cheque(company: Company, customer: str, amount: Decimal, date: str, note: str) -> Document:
    """Money goes back to a customer: a cheque booked to A/R."""
    row = company.store["Customer"][customer]
    named = company.ref("Customer", customer)
    detail = {"AccountRef": {"value": company.control("receivable", row)}, "CustomerRef": named}
    line = {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    body = {
        "PaymentType": "Check",
        "EntityRef": {**named, "type": "Customer"},
        "AccountRef": company.ref("Account", bank(company, row)),
        "CurrencyRef": row["CurrencyRef"],
        "TxnDate": date,
        "PrivateNote": note,
        "Line": [line],
    }
    return company.create("Purchase", body)


def deposit(day: Day) -> None:
    """Undeposited funds go to the bank; now and then a customer's transfer is booked straight to A/R."""
    company = day.company
    waiting = [
        (entity, form)
        for entity in ("Payment", "SalesReceipt")
        for form in day.recent(entity, 150)
        if form["TotalAmt"]
        and form.get("DepositToAccountRef", {}).get("value") == company.roles["undeposited"]
        and not is_deposited(form)
    ]
    lines: list[Document] = [
        {
            "Amount": form["TotalAmt"],
            "LinkedTxn": [{"TxnId": form["Id"], "TxnType": entity, "TxnLineId": "0"}],
        }
        for entity, form in waiting
        if day.chance(0.9)
    ]
    if day.chance(0.05):
        lines += direct_line(day)
    if lines:
        day.tick()
        body: Document = {"TxnDate": day.date, "Line": lines}
        if day.chance(0.04) and sum(line["Amount"] for line in lines) > 100:
            petty = company.ref("Account", company.roles["petty"])
            body["CashBack"] = {"AccountRef": petty, "Amount": Decimal(50), "Memo": "Petty cash"}
        company.create("Deposit", body)


def direct_line(day: Day) -> list[Document]:
    company = day.company
    owing = [item for item in open_items(company, "Invoice") if item[2] > 20]
    owing = [
        item for item in owing if company.store["Customer"][item[1]]["CurrencyRef"]["value"] == company.home
    ]
    if not owing:
        return []
    _, customer, amount = day.rng.choice(owing)
    detail = {
        "Entity": {**company.ref("Customer", customer), "type": "CUSTOMER"},
        "AccountRef": company.ref("Account", company.roles["receivable"]),
    }
    return [{"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}]
