"""One company in the report: the answers to its questions, and figures made of several of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipelines.pages.report import words
from pipelines.pages.report.figure import Series
from pipelines.pages.report.judgements import Judgement, judgements
from pipelines.pages.report.questions import Answer

BUCKETS = {
    "current": "not yet due",
    "d1_30": "1–30 days",
    "d31_60": "31–60 days",
    "d61_90": "61–90 days",
    "d91_plus": "91 days and more",
}
WEEKS = 4


@dataclass(frozen=True)
class Company:
    """The `answers` by the names of their questions, which the template reads as attributes."""

    realm_id: str
    answers: dict[str, Answer]

    def __getattr__(self, name: str) -> Answer:
        try:
            return self.answers[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def name(self) -> str:
        return self._headline.get("company_name") or f"Company {self.realm_id}"

    @property
    def currency(self) -> str:
        """Its home currency; empty if a setting left it out."""
        return self._headline.get("home_currency") or ""

    @property
    def as_of(self) -> dt.date:
        day: dt.date = self._headline["as_of_date"]
        return day

    @property
    def owed(self) -> Decimal:
        return Decimal(self._headline["total_open"])

    @property
    def overdue(self) -> Decimal:
        return Decimal(self._headline["overdue"])

    @property
    def collected(self) -> Decimal:
        return Decimal(self._headline["collected"])

    @property
    def overdue_share(self) -> Decimal | None:
        """The overdue share of what is owed; None if credits bring that below what is overdue."""
        return self.overdue / self.owed if self.owed >= self.overdue and self.owed > 0 else None

    @property
    def expected(self) -> Decimal | None:
        """Money expected in four weeks; None without a forecast."""
        weeks = self.cash.column("expected_amount")[:WEEKS]
        return sum(weeks, Decimal(0)) if weeks and None not in weeks else None

    @property
    def dso(self) -> float | None:
        """Days sales outstanding now, counted back."""
        return self.receivable_months[-1]["dso_countback"] if self.receivable_months else None

    @property
    def dso_a_year_before(self) -> dict[str, Any] | None:
        """The row of the same month a year ago."""
        months = {row["month_start"]: row for row in self.receivable_months}
        return months.get(self.as_of.replace(year=self.as_of.year - 1, day=1))

    @property
    def sales(self) -> Decimal | None:
        """Net revenue of 365 days."""
        return self.year[0]["this_year"] if self.year else None

    @property
    def growth(self) -> Decimal | None:
        """Growth of sales over the 365 days before; None if the books do not go back that far."""
        before = self.year[0]["year_before"] if self.year else None
        return self.sales / before - 1 if self.sales is not None and before and before > 0 else None

    @property
    def late_share(self) -> Decimal | None:
        """The share of the money of 365 days that came after its due date."""
        paid = self.payers.total("cash_amount")
        return self.payers.total("late_amount") / paid if paid else None

    @property
    def aging_by_bucket(self) -> Series:
        return Series(self.currency, [self.aging[0][bucket] for bucket in BUCKETS])

    @property
    def aging_over_time(self) -> list[Series]:
        return [Series(title, self.aging_history.column(bucket), bucket) for bucket, title in BUCKETS.items()]

    @property
    def is_revenue_forecast(self) -> bool:
        return any(row["mid_revenue"] is not None for row in self.revenue_forecast)

    @property
    def revenue_chart(self) -> tuple[list[str], list[Series], list[Series]]:
        """Months, columns and marks of the chart: what was sold and, if there is a forecast, what is still expected."""
        sold = {row["month"]: row for row in self.revenue}
        ahead = {row["month"]: row for row in self.revenue_forecast} if self.is_revenue_forecast else {}
        months = sorted(sold | ahead)
        zero = Decimal(0)

        def of(rows: dict[dt.date, dict[str, Any]], name: str) -> list[Any]:
            return [rows[month][name] if month in rows else None for month in months]

        so_far = of(sold, "net_revenue")
        marks = [Series("the year before", of(sold, "prior_year_revenue"), "second")]
        columns = [Series("revenue", so_far)]
        if ahead:
            by_rule = self.is_beaten("month")
            rest = [
                None if mid is None else max(zero, mid - (done or zero))
                for mid, done in zip(
                    of(ahead, "best_naive_revenue" if by_rule else "mid_revenue"), so_far, strict=True
                )
            ]
            columns.append(Series("by the simple rule" if by_rule else "still expected", rest, "pale"))
            if not by_rule:
                marks += [Series("at least", of(ahead, "low_revenue"), "range"),
                          Series("at most", of(ahead, "high_revenue"), "range")]  # fmt: skip
        return [words.month(month) for month in months], columns, marks

    @cached_property
    def judgements(self) -> dict[str, Judgement]:
        """How predictions did beside the best simple rule, by the names of judgements.PREDICTIONS."""
        return judgements(self.scores.rows)

    @property
    def year_by_rule(self) -> Decimal | None:
        """Revenue of the months ahead by the rule that did best at such sums; None where it is not published."""
        rule = self.judgements["year"].row["baseline"]
        columns = {row["best_naive_method"]: "best_naive_revenue" for row in self.revenue_forecast}
        # The mean of a year comes to the same sum as its months.
        columns |= dict.fromkeys(("seasonal_naive", "mean_of_year"), "naive_revenue")
        return self.revenue_forecast.total(columns[rule]) if rule in columns else None

    def is_beaten(self, name: str) -> bool:
        """Whether a simple rule did as well as this prediction, so that people should go by the rule."""
        judgement = self.judgements.get(name)
        return judgement is not None and not judgement.is_better

    @property
    def _headline(self) -> dict[str, Any]:
        return self.answers["headline"][0]
