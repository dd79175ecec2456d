"""ProfitAndLoss and TrialBalance, from the postings in home currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..books.balances import BALANCE_SHEET
from ..books.books import Books
from ..books.money import ZERO
from .periods import Period, amount_columns, covered, periods, place, summarized, with_total
from .realised_gains import realised_gains
from .shape import Column, Row, closing, money, report, section, text, total

# Sections of the statement: title, group, account types, sign that makes the usual balance positive.
INCOME = ("Income", "Income", ("Income",), -1)
COST = ("Cost of Goods Sold", "COGS", ("Cost of Goods Sold",), 1)
EXPENSES = ("Expenses", "Expenses", ("Expense",), 1)
OTHER_INCOME = ("Other Income", "OtherIncome", ("Other Income",), -1)
OTHER_EXPENSES = ("Other Expenses", "OtherExpenses", ("Other Expense",), 1)


def movements(books: Books, among: Sequence[Period]) -> dict[str, list[Decimal]]:
    """By account, what moved in home currency in each period; debits positive."""
    moved: dict[str, list[Decimal]] = {}

    def move(account: str, column: int, home: Decimal) -> None:
        moved.setdefault(account, [ZERO] * len(among))[column] += home

    for key, entries in books.ledger.postings.items():
        document = books.store[key[0]][key[1]]
        column = place(among, document.get("TxnDate") or document["PaymentDate"])
        if column is not None:
            for entry in entries:
                move(entry.account, column, entry.home)
    for row in realised_gains(books):
        column = place(among, row.date)
        if column is not None:
            move(row.account, column, row.home)
            move(books.roles["exchange gain"], column, -row.home)
    return moved


def balance_at(books: Books, start: str, end: str) -> dict[str, Decimal]:
    """By account, what moved from start to end, both included."""
    return {id: amount for id, (amount,) in movements(books, [Period("Total", start, end)]).items()}


def trial_balance(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    """Balances at the end date; income and expense since the start of its year, before that retained earnings."""
    start, end = covered(books, params)
    year = f"{end[:4]}-01-01"
    balances = balance_at(books, "", end)
    this_year = balance_at(books, year, end)
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
    """Income to net income, in one column or, with `summarize_column_by=Month`, one a month and the total."""
    start, end = covered(books, params)
    among = periods(params, start, end)
    moved = {id: with_total(among, amounts) for id, amounts in movements(books, among).items()}
    columns = amount_columns(among)
    rows: list[Row] = []
    sums: dict[str, list[Decimal]] = {}
    for title, group, kinds, sign in (INCOME, COST, EXPENSES, OTHER_INCOME, OTHER_EXPENSES):
        inside = {
            id: [sign * amount for amount in moved[id]]
            for id, account in books.store["Account"].items()
            if account["AccountType"] in kinds and any(moved.get(id, ()))
        }
        sums[group] = added(inside.values(), len(columns))
        below = account_rows(books, inside, len(columns))
        header = [text(title), *(text("") for _ in columns)]
        rows.append(section(header, below, [text(f"Total {title}"), *map(total, sums[group])], group))
        if group == "COGS":
            sums["gross"] = less(sums["Income"], sums["COGS"])
            rows.append(closing("Gross Profit", sums["gross"], "GrossProfit"))
        elif group == "Expenses":
            sums["operating"] = less(sums["gross"], sums["Expenses"])
            rows.append(closing("Net Operating Income", sums["operating"], "NetOperatingIncome"))
    other = less(sums["OtherIncome"], sums["OtherExpenses"])
    rows.append(closing("Net Other Income", other, "NetOtherIncome"))
    rows.append(closing("Net Income", added([sums["operating"], other], len(columns)), "NetIncome"))
    if not any(map(any, sums.values())):
        rows = []
    by = summarized(among)
    heads = [Column("", "Account", "account"), *columns]
    return report(books, "ProfitAndLoss", (start, end), heads, rows, basis="Accrual", by=by)


def added(rows: Iterable[Sequence[Decimal]], width: int) -> list[Decimal]:
    """Column by column; nothing makes zeros."""
    return [sum(column, ZERO) for column in zip([ZERO] * width, *rows, strict=True)]


def less(one: Sequence[Decimal], other: Sequence[Decimal]) -> list[Decimal]:
    return [left - right for left, right in zip(one, other, strict=True)]


def account_rows(
    books: Books, amounts: Mapping[str, Sequence[Decimal]], width: int, above: str | None = None
) -> list[Row]:
    """Accounts under one (or at the top), each with sub-accounts a section."""
    rows = []
    for id, account in books.store["Account"].items():
        if account.get("ParentRef", {}).get("value") != above:
            continue
        below = account_rows(books, amounts, width, id) if books.children("Account", id) else []
        own = amounts.get(id, [ZERO] * width)
        cells = [text(account["Name"], id), *map(money, own)]
        if below:
            sums = added((amounts[one] for one in under(books, id) if one in amounts), width)
            rows.append(section(cells, below, [text(f"Total {account['Name']}"), *map(total, sums)]))
        elif any(own):
            rows.append({"ColData": cells, "type": "Data"})
    return rows


def under(books: Books, id: str) -> list[str]:
    return [id, *(one for child in books.children("Account", id) for one in under(books, child))]
