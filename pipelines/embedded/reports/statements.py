"""ProfitAndLoss and TrialBalance, from the postings in home currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..books.balances import BALANCE_SHEET
from ..books.books import Books
from ..books.money import ZERO
from .realised_gains import realised_gains
from .shape import Row, closing, money, report, section, text, total

# Sections of the statement: title, group, account types, sign that makes the usual balance positive.
INCOME = ("Income", "Income", ("Income",), -1)
COST = ("Cost of Goods Sold", "COGS", ("Cost of Goods Sold",), 1)
EXPENSES = ("Expenses", "Expenses", ("Expense",), 1)
OTHER_INCOME = ("Other Income", "OtherIncome", ("Other Income",), -1)
OTHER_EXPENSES = ("Other Expenses", "OtherExpenses", ("Other Expense",), 1)


def movements(books: Books, start: str, end: str) -> dict[str, Decimal]:
    """By account, what moved in home currency from start to end, both included; debits positive."""
    moved: dict[str, Decimal] = {}
    for key, entries in books.ledger.postings.items():
        document = books.store[key[0]][key[1]]
        if start <= (document.get("TxnDate") or document["PaymentDate"]) <= end:
            for entry in entries:
                moved[entry.account] = moved.get(entry.account, ZERO) + entry.home
    for row in realised_gains(books):
        if start <= row.date <= end:
            gain = books.roles["exchange gain"]
            moved[row.account] = moved.get(row.account, ZERO) + row.home
            moved[gain] = moved.get(gain, ZERO) - row.home
    return moved


def period(books: Books, params: Mapping[str, str]) -> tuple[str, str]:
    """The dates asked for; without them the year to date."""
    today = books.today()
    end = params.get("end_date") or today
    return params.get("start_date") or f"{end[:4]}-01-01", end


def trial_balance(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    """Balances at the end date; income and expense since the start of its year, before that retained earnings."""
    start, end = period(books, params)
    year = f"{end[:4]}-01-01"
    balances = movements(books, "", end)
    this_year = movements(books, year, end)
    retained = books.roles["retained"]
    for id, account in books.store["Account"].items():
        if account["Classification"] not in BALANCE_SHEET:
            own = this_year.get(id, ZERO)
            balances[retained] = balances.get(retained, ZERO) + balances.get(id, ZERO) - own
            balances[id] = own
    rows: list[Row] = []
    sums = [ZERO, ZERO]
    for id, account in books.store["Account"].items():
        balance = balances.get(id, ZERO)
        if balance:
            debit, credit = max(balance, ZERO), max(-balance, ZERO)
            sums = [sums[0] + debit, sums[1] + credit]
            cells = [text(account["FullyQualifiedName"], id), money(debit), money(credit)]
            rows.append({"ColData": cells, "type": "Data"})
    if rows:
        rows.append(closing("TOTAL", sums))
    columns = [("", "Account", "account"), ("Debit", "Money", "debit"), ("Credit", "Money", "credit")]
    return report(books, "TrialBalance", (start, end), columns, rows, basis="Accrual")


def profit_and_loss(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    start, end = period(books, params)
    moved = movements(books, start, end)
    rows: list[Row] = []
    sums = {}
    for title, group, kinds, sign in (INCOME, COST, EXPENSES, OTHER_INCOME, OTHER_EXPENSES):
        inside = {
            id: sign * moved[id]
            for id, account in books.store["Account"].items()
            if account["AccountType"] in kinds and moved.get(id)
        }
        sums[group] = sum(inside.values(), ZERO)
        below = account_rows(books, inside)
        header = [text(title), text("")]
        rows.append(section(header, below, [text(f"Total {title}"), total(sums[group])], group))
        if group == "COGS":
            sums["gross"] = sums["Income"] - sums["COGS"]
            rows.append(closing("Gross Profit", [sums["gross"]], "GrossProfit"))
        elif group == "Expenses":
            sums["operating"] = sums["gross"] - sums["Expenses"]
            rows.append(closing("Net Operating Income", [sums["operating"]], "NetOperatingIncome"))
    other = sums["OtherIncome"] - sums["OtherExpenses"]
    rows.append(closing("Net Other Income", [other], "NetOtherIncome"))
    rows.append(closing("Net Income", [sums["operating"] + other], "NetIncome"))
    columns = [("", "Account", "account"), ("Total", "Money", "total")]
    if not any(sums.values()):
        rows = []
    return report(books, "ProfitAndLoss", (start, end), columns, rows, basis="Accrual")


def account_rows(books: Books, amounts: Mapping[str, Decimal], above: str | None = None) -> list[Row]:
    """Accounts under one (or at the top), each with sub-accounts a section."""
    rows = []
    for id, account in books.store["Account"].items():
        if account.get("ParentRef", {}).get("value") != above:
            continue
        below = account_rows(books, amounts, id) if books.children("Account", id) else []
        own = amounts.get(id, ZERO)
        if below:
            sums = sum((amounts.get(one, ZERO) for one in under(books, id)), ZERO)
            header = [text(account["Name"], id), money(own)]
            rows.append(section(header, below, [text(f"Total {account['Name']}"), total(sums)]))
        elif own:
            rows.append({"ColData": [text(account["Name"], id), money(own)], "type": "Data"})
    return rows


def under(books: Books, id: str) -> list[str]:
    return [id, *(one for child in books.children("Account", id) for one in under(books, child))]
