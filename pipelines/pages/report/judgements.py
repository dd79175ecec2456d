"""What the report says of predictions: how far off each was on what it had not seen, beside the best simple rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.pages.report import words

Say = Callable[[Any], str]

RULES = {
    "company_rate": "the share of late invoices so far",
    "drift": "a line through the first and the last month",
    "due_date": "the due date",
    "global_median": "the days that half of all invoices took",
    "largest_amount": "the largest amount first",
    "last year again": "the last year again",
    "mean_of_year": "the mean of the last year",
    "most_popular": "the most popular item not yet bought",
    "never": "that none is won any more",
    "rate so far": "each customer's pace so far",
    "seasonal_naive": "the same month a year before",
    "win_rate": "the share won so far",
}
"""The naive forecasts of marts.model_scores, in words."""


@dataclass(frozen=True)
class Prediction:
    """What is predicted, where its figure stands in marts.model_scores, and how that figure reads."""

    of: str
    model: str
    metric: str
    cases: str
    did: str
    say: Say
    horizon_days: int | None = None
    judged_on: str = ""
    """How the sentence begins that says what was judged, where there are several kinds of cases."""
    baseline: str | None = None
    """The rule to be held against; the best one unless it is named."""

    def is_judged_by(self, row: Mapping[str, Any]) -> bool:
        is_rule = row["is_best_baseline"] if self.baseline is None else row["baseline"] == self.baseline
        is_horizon = self.horizon_days in (None, row["horizon_days"])
        is_kind = str(row["judged_on"] or "").startswith(self.judged_on)
        return (
            (row["model"], row["metric"]) == (self.model, self.metric)
            and is_horizon
            and is_kind
            and bool(is_rule)
        )


def _points(value: float) -> str:
    """A mean squared error of chances: 0 is certain and right, 0.25 is tossing a coin."""
    return f"{value:.3f}"


PREDICTIONS = {
    "cash": Prediction(
        "When an open invoice is paid", "payment_survival", "mae", "payments", "was off by", words.days, 90
    ),
    "paid": Prediction(
        "Whether an open invoice is paid in 30 days",
        "payment_survival",
        "brier",
        "invoices",
        "erred by",
        _points,
        30,
    ),
    "late": Prediction(
        "Whether a new invoice is paid late", "late_at_issue", "brier", "invoices", "erred by", _points
    ),
    "calls": Prediction(
        "Whom to call first",
        "collection_order",
        "caught_share",
        "families",
        "found in ten calls",
        words.share,
        30,
    ),
    "estimates": Prediction(
        "Whether an open estimate is won in 90 days",
        "estimate_win",
        "brier",
        "estimates",
        "erred by",
        _points,
        90,
        "estimates open",
    ),
    "expired": Prediction(
        "Whether an expired estimate is won after all",
        "estimate_win",
        "brier",
        "estimates",
        "erred by",
        _points,
        90,
        "estimates expired",
    ),
    "month": Prediction("Revenue of a month", "revenue_forecast", "mae", "months", "was off by", words.whole),
    "year": Prediction(
        "Revenue of twelve months", "revenue_forecast", "total_error", "sums", "was off by", words.share
    ),
    "value": Prediction(
        "Revenue of all customers together",
        "Gamma-Gamma",
        "total_error",
        "families",
        "was off by",
        words.share,
    ),
    "last_year": Prediction(
        "Revenue of all customers, beside last year's",
        "Gamma-Gamma",
        "total_error",
        "families",
        "was off by",
        words.share,
        baseline="last year again",
    ),
    "offers": Prediction("What to offer to whom", "upsell", "hit_rate", "offers", "sold", words.share),
}


@dataclass(frozen=True)
class Judgement:
    """One prediction on what it had not seen, beside the best of the simple rules."""

    prediction: Prediction
    row: dict[str, Any]

    @property
    def rule(self) -> str:
        baseline = str(self.row["baseline"])
        return RULES.get(baseline, baseline.replace("_", " "))

    @property
    def is_better(self) -> bool:
        return bool(self.row["is_better"])

    @property
    def ours(self) -> str:
        return self.prediction.say(self.row["value"])

    @property
    def theirs(self) -> str:
        return self.prediction.say(self.row["baseline_value"])

    @property
    def count(self) -> str:
        return f"{self.row['compared_count']:,} {self.prediction.cases}"

    @property
    def sentence(self) -> str:
        """How both did on the same cases, in words."""
        did = self.prediction.did
        beaten = "" if self.is_better else ", no better than a simple rule"
        ours = f"On {self.count} it had not seen, such a forecast {did} {self.ours}{beaten}"
        return f"{ours}: {self.rule} {did} {self.theirs}."


def judgements(rows: Sequence[dict[str, Any]]) -> dict[str, Judgement]:
    """The judgements there are, by the keys of PREDICTIONS, of rows with the best naive forecast."""
    return {
        name: Judgement(prediction, row)
        for name, prediction in PREDICTIONS.items()
        for row in rows
        if prediction.is_judged_by(row)
    }
