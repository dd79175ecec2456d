"""Every awkward receivable at least once: what a long enough history has and a short one may miss."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.company import Company
from ..books.documents import Document
from ..books.other_forms import linked_line
from ..clock import add_days
from .collecting import customer_cheque, link
from .month_end import journal


def every_case(company: Company) -> None:
    """Two new families and a loner live through all cases within the last hundred days."""
    today = company.today()
    top = customer(company, "Harrow & Daughters", SalesTermRef=term(company, "Net 30"))
    mill = customer(company, "Harrow Mill", ParentRef={"value": top})
    barn = customer(company, "Harrow Barn", ParentRef={"value": mill})
    loft = customer(company, "Harrow Loft", ParentRef={"value": barn})
    loner = customer(company, "Quill O'Hara")
    invoices(company, top, loner, today)
    invoice(company, loft, add_days(today, -22), 58)
    payments(company, (top, mill, barn), loner, today)
    credits(company, (top, mill), loner, today)
    undone(company, barn, today)
    names(company, loner, today)
    estimates(company, top, today)
    company.clock.advance(seconds=3600)


def customer(company: Company, name: str, **fields: Any) -> str:
    company.clock.advance(seconds=7)
    id: str = company.create("Customer", {"DisplayName": name, "Taxable": True} | fields)["Id"]
    return id


def term(company: Company, name: str) -> Document:
    return company.ref("Term", company.roles[f"term {name}"])


def sale(company: Company, who: str, date: str, amount: int, **fields: Any) -> Document:
    """The body of a form over one untaxed service of that amount."""
    item = company.roles["item Design Session"]
    detail: Document = {"ItemRef": {"value": item}, "Qty": Decimal(1), "UnitPrice": Decimal(amount)}
    if company.profile.country != "US":
        detail["TaxCodeRef"] = {"value": company.roles["tax Exempt"]}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": who}, "TxnDate": date, "Line": [line]} | fields


def invoice(company: Company, who: str, date: str, amount: int, **fields: Any) -> Document:
    company.clock.advance(seconds=11)
    return company.create("Invoice", sale(company, who, date, amount, **fields))


def pay(company: Company, who: str, date: str, total: int, *lines: tuple[Document, int]) -> Document:
    company.clock.advance(seconds=13)
    settles = [linked_line(company, "Invoice", form["Id"], Decimal(amount)) for form, amount in lines]
    body = {"CustomerRef": {"value": who}, "TxnDate": date, "TotalAmt": Decimal(total), "Line": settles}
    return company.create("Payment", body)


def invoices(company: Company, top: str, loner: str, today: str) -> None:
    """No due date with and without terms, no number, money down, every bucket's first and last day, one sent."""
    invoice(company, top, add_days(today, -50), 210, DueDate=None)
    invoice(company, loner, add_days(today, -9), 95, DueDate=None, SalesTermRef=None)
    invoice(company, loner, add_days(today, -20), 120, DocNumber=None)
    invoice(company, top, add_days(today, -15), 105, Deposit=Decimal(80))
    invoice(company, top, add_days(today, -1), 64)
    for overdue in (0, 1, 30, 31, 60, 61, 90, 91):
        date = add_days(today, -overdue)
        form = invoice(company, loner, add_days(date, -5), 40 + overdue, DueDate=date)
    company.email("Invoice", form["Id"])


def payments(company: Company, family: tuple[str, str, str], loner: str, today: str) -> None:
    """In part, for several invoices, too much, before the invoice, for nothing yet, by a parent for a job."""
    top, mill, barn = family
    part = invoice(company, loner, add_days(today, -70), 300)
    pay(company, loner, add_days(today, -40), 125, (part, 125))
    first, second = (
        invoice(company, mill, add_days(today, -66), 80),
        invoice(company, barn, add_days(today, -65), 90),
    )
    pay(company, top, add_days(today, -30), 170, (first, 80), (second, 90))
    over = invoice(company, loner, add_days(today, -60), 100)
    pay(company, loner, add_days(today, -45), 130, (over, 100))
    late = invoice(company, mill, add_days(today, -10), 335)
    pay(company, mill, add_days(today, -38), 335, (late, 335))
    pay(company, mill, add_days(today, -33), 50)


def credits(company: Company, family: tuple[str, str], loner: str, today: str) -> None:
    """Credit memos on an invoice and on a journal entry, journal credits split over customers, A/R deposits."""
    top, mill = family
    billed = invoice(company, top, add_days(today, -80), 500)
    memo = company.create("CreditMemo", sale(company, top, add_days(today, -58), 100))
    charges = [(("Invoice", billed["Id"]), Decimal(100))]
    link(company, top, (("CreditMemo", memo["Id"]), Decimal(100)), charges, add_days(today, -52))
    receivable, discounts = company.roles["receivable"], company.roles["discounts"]
    rows = [("Debit", receivable, Decimal(30), mill), ("Credit", discounts, Decimal(30), "")]
    fee = journal(company, add_days(today, -48), rows, "Late fee")
    memo = company.create("CreditMemo", sale(company, mill, add_days(today, -47), 45))
    charges = [(("JournalEntry", fee["Id"]), Decimal(30))]
    link(company, mill, (("CreditMemo", memo["Id"]), Decimal(30)), charges, add_days(today, -46))
    rows = [
        ("Debit", discounts, Decimal(70), ""),
        ("Credit", receivable, Decimal(50), top),
        ("Credit", receivable, Decimal(20), loner),
    ]
    goodwill = journal(company, add_days(today, -44), rows, "Goodwill")
    charges = [(("Invoice", billed["Id"]), Decimal(50))]
    link(company, top, (("JournalEntry", goodwill["Id"]), Decimal(50)), charges, add_days(today, -43))
    memo = company.create("CreditMemo", sale(company, loner, add_days(today, -35), 40))
    cheque = customer_cheque(company, loner, Decimal(40), add_days(today, -34), "Refund of credit")
    charges = [(("Purchase", cheque["Id"]), Decimal(40))]
    link(company, loner, (("CreditMemo", memo["Id"]), Decimal(40)), charges, add_days(today, -34))
    company.create("CreditMemo", sale(company, loner, add_days(today, -25), 15))
    invoice(company, mill, add_days(today, -28), 200)
    detail = {
        "Entity": {**company.ref("Customer", mill), "type": "CUSTOMER"},
        "AccountRef": company.ref("Account", receivable),
    }
    line = {"Amount": Decimal(200), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    company.create("Deposit", {"TxnDate": add_days(today, -27), "Line": [line]})


def undone(company: Company, barn: str, today: str) -> None:
    """A paid invoice voided, a payment voided, an invoice deleted under its payment."""
    for entity, verb in (("Invoice", company.void), ("Payment", company.void), ("Invoice", company.delete)):
        billed = invoice(company, barn, add_days(today, -36), 60, PrivateNote="Second delivery")
        paid = pay(company, barn, add_days(today, -29), 60, (billed, 60))
        company.clock.advance(seconds=30)
        verb(entity, billed["Id"] if entity == "Invoice" else paid["Id"])


def names(company: Company, loner: str, today: str) -> None:
    """A rename that leaves old names in transactions, a merge of a customer with jobs, and rows made inactive."""
    company.update("Customer", loner, DisplayName="Quill O'Hara-Płońska")
    twin = customer(company, "Harow and Daughters")
    job = customer(company, "Orchard wall", ParentRef={"value": twin})
    for who in (twin, job):
        invoice(company, who, add_days(today, -18), 75)
    company.clock.advance(seconds=60)
    company.merge(twin, company.names["harrow & daughters"])
    gone = customer(company, "Sable Hound Kennels")
    invoice(company, gone, add_days(today, -55), 10, DueDate=add_days(today, 60))
    company.inactivate("Customer", gone)
    company.inactivate("Item", company.roles["item Gift Card"])
    company.inactivate("Account", company.roles["petty"])
    company.inactivate("Employee", next(reversed(company.store["Employee"])))
    company.inactivate("Vendor", company.create("Vendor", {"DisplayName": "Fennel Freight"})["Id"])


def estimates(company: Company, top: str, today: str) -> None:
    for status in ("Pending", "Accepted", "Rejected", "Closed"):
        company.create("Estimate", sale(company, top, add_days(today, -6), 150, TxnStatus=status))
    company.clock.advance(seconds=20)
    made = company.create("Estimate", sale(company, top, add_days(today, -14), 180, TxnStatus="Accepted"))
    invoice(company, top, add_days(today, -3), 180, LinkedTxn=[{"TxnId": made["Id"], "TxnType": "Estimate"}])
