"""A cheque already in the bank comes back, recorded in one of the three ways accountants do."""

from __future__ import annotations

from decimal import Decimal

from ..books.documents import Document
from ..books.origins import is_deposited
from ..books.other_forms import linked_line
from .collecting import customer_cheque
from .day import Day
from .month_end import journal
from .projects import amount_line
from .selling import item_line


def bounce(day: Day) -> None:
    company = day.company
    for payment in day.recent("Payment", 60):
        home = payment["CurrencyRef"]["value"] == company.home
        if is_deposited(payment) and home and len(payment["Line"]) == 1 and not payment["UnappliedAmt"]:
            way = day.rng.choice((by_journal_entry, by_expense, by_invoice))
            way(day, payment, f"Returned cheque {payment.get('PaymentRefNum', '')}".strip())
            return


def by_journal_entry(day: Day, payment: Document, note: str) -> None:
    """The entry takes the invoice's place in the payment, and the invoice is open again."""
    company, roles = day.company, day.company.roles
    customer, amount = payment["CustomerRef"]["value"], payment["TotalAmt"]
    rows = [("Debit", roles["receivable"], amount, customer), ("Credit", roles["checking"], amount, "")]
    entry = journal(company, day.date, rows, note)
    settle_instead(day, payment, "JournalEntry", entry)


def by_expense(day: Day, payment: Document, note: str) -> None:
    """An expense to A/R takes the invoice's place in the payment, as Intuit's help has it."""
    customer = payment["CustomerRef"]["value"]
    expense = customer_cheque(day.company, customer, payment["TotalAmt"], day.date, note)
    settle_instead(day, payment, "Purchase", expense)


def settle_instead(day: Day, payment: Document, entity: str, document: Document) -> None:
    company = day.company
    line = linked_line(company, entity, document["Id"], payment["TotalAmt"])
    company.update("Payment", payment["Id"], Line=[line])
    charge(day, payment, [])


def by_invoice(day: Day, payment: Document, note: str) -> None:
    """The payment stays as it is; an invoice over an item of the bank account asks for the money again."""
    amount: Decimal = payment["TotalAmt"]
    charge(day, payment, [amount_line(day.company, "Returned Cheque", amount, note)])


def charge(day: Day, payment: Document, lines: list[Document]) -> None:
    """The bank's fee is passed on."""
    body = {"CustomerRef": {"value": payment["CustomerRef"]["value"]}, "TxnDate": day.date}
    day.company.create("Invoice", body | {"Line": [*lines, item_line(day, 0, "Returned Cheque Fee")]})
