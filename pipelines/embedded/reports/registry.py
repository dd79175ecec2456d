"""The reports the company answers, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..books.books import Books
from .receivables import aged_receivable_detail, aged_receivables, customer_balance
from .sales import customer_sales, item_sales
from .statements import profit_and_loss, trial_balance

REPORTS: dict[str, Callable[[Books, Mapping[str, str]], dict[str, Any]]] = {
    "AgedReceivables": aged_receivables,
    "AgedReceivableDetail": aged_receivable_detail,
    "CustomerBalance": customer_balance,
    "CustomerSales": customer_sales,
    "ItemSales": item_sales,
    "ProfitAndLoss": profit_and_loss,
    "TrialBalance": trial_balance,
}


def answer_report(books: Books, name: str, params: Mapping[str, str]) -> dict[str, Any]:
    """The report as JSON; KeyError for one the company does not know."""
    with books.lock:
        return REPORTS[name](books, params)
