"""What each report says: customers, accounts and documents with their amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from checks.evidence import BUCKETS, ZERO, agree
from checks.theirs.reports import Column, Leaf, Report, UnreadableReport, text

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
FIRST_DAY = {0: "current", 1: "d1_30", 31: "d31_60", 61: "d61_90", 91: "d91_plus"}


def aging(report: Report) -> dict[str, dict[str, Decimal]]:
    """AgedReceivables: customer id -> bucket -> amount in home currency, as posted to that very customer."""
    buckets = _buckets(report)
    amounts = _sums(report, buckets)
    _must_add_up(report, amounts, buckets)
    return amounts


def open_documents(report: Report) -> dict[tuple[str, str], Decimal]:
    """AgedReceivableDetail: (transaction id, customer id) -> open amount in home currency."""
    kind = report.column("txn_type").position
    customer = report.column("cust_name", "name").position
    balance = report.column("subt_open_bal", "open_bal").position
    amounts: dict[tuple[str, str], Decimal] = {}
    for leaf in report.leaves:
        key = (text(leaf.cells[kind], "id"), text(leaf.cells[customer], "id"))
        amounts[key] = amounts.get(key, ZERO) + report.amount(leaf.cells, balance)
    return amounts


def document_kinds(report: Report) -> dict[str, str]:
    """AgedReceivableDetail: transaction id -> what the report calls it, in the company's language."""
    kind = report.column("txn_type").position
    return {text(leaf.cells[kind], "id"): text(leaf.cells[kind], "value") for leaf in report.leaves}


def due_dates(report: Report) -> dict[str, str]:
    """AgedReceivableDetail: transaction id -> due date, where the report has the column and the date is ISO's."""
    columns = [column for column in report.columns if column.key.casefold() == "due_date"]
    kind = report.column("txn_type").position
    return {
        text(leaf.cells[kind], "id"): date
        for column in columns[:1]
        for leaf in report.leaves
        if ISO_DATE.fullmatch(date := text(leaf.cells[column.position], "value"))
    }


def balances(report: Report) -> dict[str, Decimal]:
    """CustomerBalance: customer id -> balance in home currency."""
    column = {"balance": report.money[-1]} if report.money else {}
    amounts = _sums(report, column)
    _must_add_up(report, amounts, column)
    return {id: by_column["balance"] for id, by_column in amounts.items()}


def trial_balance(report: Report) -> dict[str, dict[str, Decimal]]:
    """TrialBalance: account id -> {debit, credit}."""
    if report.leaves and len(report.money) != 2:
        raise UnreadableReport(f"Report {report.name} has {len(report.money)} amount columns instead of two.")
    columns = dict(zip(("debit", "credit"), report.money, strict=False))
    if columns and "credit" in columns["debit"].names:
        columns = {"debit": report.money[1], "credit": report.money[0]}
    amounts = _sums(report, columns)
    _must_add_up(report, amounts, columns)
    return amounts


def income(report: Report) -> dict[tuple[str, str], Decimal]:
    """ProfitAndLoss: (month, account id) -> amount, for section Income; without months the month is empty."""
    columns = {column.month: column for column in report.money if column.month}
    if not columns and report.money:
        columns = {"": report.money[-1]}
    leaves = [leaf for leaf in report.leaves if "Income" in leaf.groups]
    return {
        (month, id): amount
        for id, amounts in _sums(report, columns, leaves).items()
        for month, amount in amounts.items()
        if amount
    }


def customer_sales(report: Report) -> dict[str, Decimal]:
    """CustomerSales: customer id -> sales in home currency; what names nobody stands under an empty id."""
    column = {"sales": report.money[-1]} if report.money else {}
    amounts = _sums(report, column)
    _must_add_up(report, amounts, column)
    return {id: by_column["sales"] for id, by_column in amounts.items()}


def item_sales(report: Report) -> dict[str, Decimal]:
    """ItemSales: item id -> amount in home currency; what names no item, as discounts do, is left out."""
    column = {"amount": report.column("amount")} if report.leaves else {}
    return {id: by_column["amount"] for id, by_column in _sums(report, column).items() if id}


def _sums(
    report: Report, columns: Mapping[str, Column], leaves: Sequence[Leaf] | None = None
) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = {}
    for leaf in report.leaves if leaves is None else leaves:
        amounts = sums.setdefault(leaf.id, dict.fromkeys(columns, ZERO))
        for name, column in columns.items():
            amounts[name] += report.amount(leaf.cells, column.position)
    return sums


def _must_add_up(
    report: Report, sums: Mapping[str, Mapping[str, Decimal]], columns: Mapping[str, Column]
) -> None:
    """Raises UnreadableReport unless the leaves add up to the report's own grand total."""
    for name, column in columns.items():
        if column.position >= len(report.totals):
            continue
        total = report.amount(report.totals, column.position)
        leaves = sum((amounts[name] for amounts in sums.values()), ZERO)
        if not agree(leaves, total):
            raise UnreadableReport(
                f"Report {report.name}: the lines of column {column.title or column.key} add up to {leaves}, "
                f"its own total says {total}. QuickBooks changed its shape: extend checks/theirs/reports.py."
            )


def _buckets(report: Report) -> dict[str, Column]:
    """The aging columns by the first day in their title, else by their order."""
    total = _total(report)
    money = [column for column in report.money if column is not total]
    if not report.leaves and not money:
        return {}
    if len(money) != len(BUCKETS):
        raise UnreadableReport(
            f"Report {report.name} has {len(money)} aging columns instead of {len(BUCKETS)}: "
            f"{', '.join(column.title for column in money)}. Extend checks/theirs/report_figures.py."
        )
    days = [_first_day(column.title) for column in money]
    if set(days) == set(FIRST_DAY):
        return {FIRST_DAY[day]: column for day, column in zip(days, money, strict=True)}
    return dict(zip(BUCKETS, money, strict=True))


def _total(report: Report) -> Column | None:
    """The column of the total: called so, else the one that is the sum of the others, else the last."""
    called = [column for column in report.money if "total" in column.names]
    if not called:
        sums = {
            column.position: sum((report.amount(leaf.cells, column.position) for leaf in report.leaves), ZERO)
            for column in report.money
        }
        everything = sum(sums.values(), ZERO)
        called = [column for column in report.money if everything and sums[column.position] * 2 == everything]
    return called[0] if len(called) == 1 else next(iter(report.money[::-1]), None)


def _first_day(title: str) -> int:
    """`31 - 60` is 31, `91 and over` and `> 90` are 91, a title without digits is 0."""
    numbers = [int(number) for number in re.findall(r"\d+", title)]
    if not numbers:
        return 0
    return numbers[0] + 1 if ">" in title else numbers[0]
