"""The reports the company answers, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .receivable_reports import aged_receivable_detail, aged_receivables, customer_balance
from .statements import profit_and_loss, trial_balance

if TYPE_CHECKING:
    from .books import Company

REPORTS: dict[str, Callable[[Company, Mapping[str, str]], dict[str, Any]]] = {
    "AgedReceivables": aged_receivables,
    "AgedReceivableDetail": aged_receivable_detail,
    "CustomerBalance": customer_balance,
    "ProfitAndLoss": profit_and_loss,
    "TrialBalance": trial_balance,
}
