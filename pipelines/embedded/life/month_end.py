"""What happens by the calendar: rates, wages, taxes, transfers, adjustments, write-offs, budgets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from ..books.company import Company
from ..books.documents import Document
from ..books.heads import rate
from ..books.money import ZERO, cents
from ..clock import days_between
from .collecting import open_items
from .day import Day

RESERVE = Decimal(150_000)


def run(day: Day) -> None:
    weekday = dt.date.fromisoformat(day.date).weekday()
    if weekday == 0:
        quote_rates(day)
    if is_first_from(day.date, 5):
        settle_month(day)
    if is_first_from(day.date, 20):
        adjust_receivables(day)
    if weekday == 3:
        write_off(day)
    if day.date[5:7] == "01" and is_first_from(day.date, 2):
        budget(day.company, day.date[:4])


def is_first_from(date: str, start: int) -> bool:
    """Whether it is the month's first weekday at or after day `start`."""
    today = dt.date.fromisoformat(date)
    earlier = (today.replace(day=number) for number in range(start, today.day))
    return start <= today.day < start + 3 and all(other.weekday() > 4 for other in earlier)


def journal(company: Company, date: str, rows: list[tuple[str, str, Decimal, str]], note: str) -> Document:
    """A journal entry of rows (side, account id, amount, customer id or nothing)."""
    lines = []
    currency = company.currency_ref(company.home)
    for side, account, amount, customer in rows:
        detail: Document = {"PostingType": side, "AccountRef": company.ref("Account", account)}
        if customer:
            detail["Entity"] = {"Type": "Customer", "EntityRef": company.ref("Customer", customer)}
            currency = company.store["Customer"][customer]["CurrencyRef"]
        kind = "JournalEntryLineDetail"
        lines.append({"Description": note, "Amount": amount, "DetailType": kind, kind: detail})
    body = {"TxnDate": date, "Line": lines, "PrivateNote": note, "CurrencyRef": currency}
    return company.create("JournalEntry", body)


def capitalise(company: Company) -> None:
    roles, capital = company.roles, cents(250_000)
    rows = [("Debit", roles["checking"], capital, ""), ("Credit", roles["opening"], capital, "")]
    journal(company, company.today(), rows, "Opening Balance")
    kit = cents(18_000)
    rows = [("Debit", roles["equipment"], kit, ""), ("Credit", roles["loan"], kit, "")]
    journal(company, company.today(), rows, "Equipment on loan")
    budget(company, company.today()[:4])


def budget(company: Company, year: str) -> None:
    if not company.supports("Budget"):
        return
    details = [
        {
            "BudgetDate": f"{year}-{month:02d}-01",
            "Amount": cents(amount),
            "AccountRef": company.ref("Account", company.roles[role]),
        }
        for role, amount in (("services", 22_000), ("products", 15_000), ("rent", 1_900))
        for month in range(1, 13)
    ]
    span = {"StartDate": f"{year}-01-01", "EndDate": f"{year}-12-31"}
    body = {"Name": f"Budget {year}", "BudgetType": "ProfitAndLoss", "BudgetEntryType": "Monthly", **span}
    company.create("Budget", body | {"BudgetDetail": details})


def quote_rates(day: Day) -> None:
    company = day.company
    for currency in company.profile.currencies:
        body = {"SourceCurrencyCode": currency, "TargetCurrencyCode": company.home, "AsOfDate": day.date}
        company.create("ExchangeRate", body | {"Rate": rate(company, currency, day.date)})


def settle_month(day: Day) -> None:
    """Wages, depreciation, the card's bill, savings, the sales tax collected and what the owner takes."""
    company, roles = day.company, day.company.roles
    day.tick()
    pay_wages(day)
    worn = cents(300)
    rows = [("Debit", roles["depreciation"], worn, ""), ("Credit", roles["depreciated"], worn, "")]
    used = max(cents(company.ledger.balances[roles["prepaid"]] / 6), ZERO)
    if used:
        rows += [("Debit", roles["office"], used, ""), ("Credit", roles["prepaid"], used, "")]
    journal(company, day.date, rows, "Depreciation and prepaid expenses used")
    day.tick()
    owed = -company.ledger.balances[roles["card"]]
    if owed > 0:
        from_to = {"BankAccountRef": roles["checking"], "CreditCardAccountRef": roles["card"]}
        named = {field: company.ref("Account", account) for field, account in from_to.items()}
        company.create("CreditCardPayment", {"TxnDate": day.date, "Amount": owed, **named})
    named = {
        "FromAccountRef": company.ref("Account", roles["checking"]),
        "ToAccountRef": company.ref("Account", roles["savings"]),
    }
    company.create("Transfer", {"TxnDate": day.date, "Amount": day.amount(200, 900), **named})
    collected = -company.ledger.balances[roles["sales tax"]]
    if collected > 0:
        pay_tax(day, collected)
    draw(day)


def draw(day: Day) -> None:
    """The owner takes out what the bank holds beyond what is needed, in whole thousands."""
    company, roles = day.company, day.company.roles
    spare = (company.ledger.balances[roles["checking"]] - RESERVE) // 1000 * 1000
    if spare > 0:
        detail = {"AccountRef": {"value": roles["draw"]}}
        line = {"Amount": spare, "DetailType": "AccountBasedExpenseLineDetail"}
        line["AccountBasedExpenseLineDetail"] = detail
        bank = company.ref("Account", roles["checking"])
        body = {"PaymentType": "Check", "AccountRef": bank, "TxnDate": day.date, "Line": [line]}
        company.create("Purchase", body | {"PrivateNote": "Owner's draw"})


def pay_wages(day: Day) -> None:
    """Payroll, which the API does not show: what was withheld the month before, and a check for each employee."""
    company = day.company
    withheld = -company.ledger.balances[company.roles["payroll"]]
    if withheld > 0:
        pay_unseen(day, "PayrollLiabilityPayment", {"payroll": withheld})
    for employee in company.store["Employee"].values():
        if employee["Active"]:
            gross = cents(Random(f"{company.profile.seed}/salary/{employee['Id']}").randint(38, 62) * 100)
            lines = {"wages": gross, "payroll": -cents(gross / 4)}
            pay_unseen(day, "PayrollCheck", lines, EmployeeRef=company.ref("Employee", employee["Id"]))


def pay_unseen(day: Day, entity: str, lines: dict[str, Decimal], **fields: Document) -> None:
    """Pays by lines (role of the account, amount) in a document of which only reports tell."""
    company = day.company
    body = {
        "AccountRef": company.ref("Account", company.roles["checking"]),
        "TxnDate": day.date,
        "TotalAmt": cents(sum(lines.values(), ZERO)),
        "Line": [
            {"AccountRef": company.ref("Account", company.roles[role]), "Amount": amount}
            for role, amount in lines.items()
        ],
    }
    company.create(entity, body | fields)


def pay_tax(day: Day, amount: Decimal) -> None:
    """Sales tax goes to its agency: in the US by a payment that the API does not show."""
    company = day.company
    if not company.supports("TaxPayment"):
        pay_unseen(day, "SalesTaxPayment", {"sales tax": amount})
        return
    bank = company.ref("Account", company.roles["checking"])
    body = {"PaymentDate": day.date, "PaymentAmount": amount, "PaymentAccountRef": bank, "Refund": False}
    company.create("TaxPayment", body)


def adjust_receivables(day: Day) -> None:
    """Journal entries on A/R: a late fee, a goodwill credit split over two customers."""
    company, roles = day.company, day.company.roles
    owing: dict[str, Decimal] = {}
    for _, customer, amount in open_items(company, "Invoice"):
        owing[customer] = owing.get(customer, ZERO) + amount
    home = [
        customer
        for customer, amount in owing.items()
        if amount > 40 and company.store["Customer"][customer]["CurrencyRef"]["value"] == company.home
    ]
    if len(home) < 3:
        return
    late, *pleased = day.rng.sample(home, 3)
    fee = day.amount(5, 20)
    rows = [("Debit", roles["receivable"], fee, late), ("Credit", roles["interest"], fee, "")]
    day.tick()
    journal(company, day.date, rows, "Late fee")
    first, second = day.amount(5, 20), day.amount(5, 20)
    rows = [
        ("Debit", roles["discounts"], first + second, ""),
        ("Credit", roles["receivable"], first, pleased[0]),
        ("Credit", roles["receivable"], second, pleased[1]),
    ]
    day.tick()
    journal(company, day.date, rows, "Goodwill")


def write_off(day: Day) -> None:
    """An invoice unpaid for more than 200 days is given up; the link to its credit comes later."""
    company = day.company
    for key, customer, amount in open_items(company, "Invoice"):
        form = company.store["Invoice"][key[1]]
        if days_between(form["TxnDate"], day.date) > 200 and day.chance(0.3):
            row = company.store["Customer"][customer]
            rows = [
                ("Debit", company.roles["bad debt"], amount, ""),
                ("Credit", company.control("receivable", row), amount, customer),
            ]
            day.tick()
            journal(company, day.date, rows, f"Bad debt {form.get('DocNumber', form['Id'])}")
            return
