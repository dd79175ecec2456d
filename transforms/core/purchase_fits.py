"""One row per company, level, span and model: a purchase model fitted to the company's order histories.

BG/NBD is fitted only to the calibration half, for the comparison in the scores; predictions are those of MBG/NBD,
because BG/NBD holds every customer with one order alive for ever. Where MBG/NBD has no valid optimum, as where nobody
leaves, its row has the parameters of NBD; where Gamma-Gamma has none, its row has those of a mean. A model is
fitted again only when the histories or its code changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from transforms.maths import btyd, fingerprints

SOURCE = """
    select
        realm_id, level, span, repeat_orders, recency_weeks, age_weeks, repeat_mean_amount::double as mean,
        history_weeks
    from core.order_histories
    order by realm_id, level, span, level_customer_id
"""

COLUMNS = {
    "level": (
        "varchar",
        "Level of the histories: family, or customer for single customers, jobs and sub-customers.",
    ),
    "span": ("varchar", "Span of the history: all, or calibration for the first half of the company's."),
    "model": ("varchar", "Model: BG/NBD or MBG/NBD for the orders, Gamma-Gamma for the spend per order."),
    "model_status": (
        "varchar",
        "Where the parameters come from: fitted; small_book, fitted to a book below 100 customers, 50 with a repeat "
        "order or 52 weeks; nbd, in the row of MBG/NBD, those of NBD, whose customers never leave; mean, in the row of "
        "Gamma-Gamma, each one's mean drawn towards that of all; insufficient_data below 20 customers, 10 with a "
        "repeat order or 26 weeks.",
    ),
    "reason": (
        "varchar",
        "What kept the model from being fitted, or makes the book a small one; null when fitted.",
    ),
    "input_fingerprint": (
        "varchar",
        "Fingerprint of the histories and of the model's code: only when it changes is the model fitted again.",
    ),
    "customer_count": ("integer", "Number of customers or families with an order within the span."),
    "repeat_count": (
        "integer",
        "Number of customers or families with a second order within the span; for Gamma-Gamma, whose mean spend is "
        "positive.",
    ),
    "history_weeks": ("double", "Weeks from the company's first order to the run's date."),
    "frequency_shape": (
        "double",
        "Shape of the order frequencies over customers, a number without unit; null for Gamma-Gamma and where not "
        "fitted.",
    ),
    "frequency_scale_weeks": (
        "double",
        "Scale of the order frequencies over customers, in weeks; null for Gamma-Gamma and without a fit.",
    ),
    "dropout_shape1": (
        "double",
        "First parameter of the beta distribution of the chances of leaving after an order, a number without unit: "
        "0 for nbd; null for Gamma-Gamma and without a fit.",
    ),
    "dropout_shape2": (
        "double",
        "Second parameter of the beta distribution of the chances of leaving after an order, a number without unit; "
        "null for Gamma-Gamma and without a fit.",
    ),
    "spend_shape": (
        "double",
        "Shape of a customer's spend per order, a number without unit; null for the order models and where not "
        "fitted.",
    ),
    "mean_spend_shape": (
        "double",
        "Shape of the mean spend over customers, a number without unit; null for the order models and where not "
        "fitted.",
    ),
    "mean_spend_scale": (
        "double",
        "Scale of the mean spend over customers, in home currency; null for the order models and without a fit.",
    ),
    "log_likelihood": (
        "double",
        "Natural logarithm of the likelihood at the best of three optima, a number without unit; null where not "
        "fitted.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}

KEEPS = True

ORDER_PARAMETERS = ("frequency_shape", "frequency_scale_weeks", "dropout_shape1", "dropout_shape2")
"""The papers' r, alpha, a and b, of BG/NBD and MBG/NBD."""
SPEND_PARAMETERS = ("spend_shape", "mean_spend_shape", "mean_spend_scale")
"""The papers' p, q and v, of Gamma-Gamma."""

HISTORY = ("repeat_orders", "recency_weeks", "age_weeks", "mean", "history_weeks")

ENOUGH, FEWEST = (100, 50, 52), (20, 10, 26)
"""Customers, those with a repeat order, and weeks of history: of a book that is not small, and of a small one."""
USUAL_SPEND = (1.0, 3.0)
"""Where no spend is fitted: two orders of the mean of all weigh as much as two of one's own."""


def rows(frame: pd.DataFrame, before: pd.DataFrame | None = None) -> pd.DataFrame:
    # Without jobs, both levels have the same histories, which are fitted once.
    kept = fingerprints.kept(before, per=("realm_id", "level"))
    found = []
    for (realm_id, span), histories in frame.groupby(["realm_id", "span"], sort=True):
        for level, one in histories.groupby("level", sort=False):
            columns = [one[name].to_numpy(np.float64, na_value=np.nan) for name in HISTORY]
            fingerprint = fingerprints.of(str(span), *columns, code=(sys.modules[__name__], btyd))
            if fingerprint not in kept:
                kept[fingerprint] = list(_fits(str(span), columns))
            about = {"realm_id": realm_id, "level": level, "span": span, "input_fingerprint": fingerprint}
            found += [fit | about for fit in kept[fingerprint]]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _fits(span: str, histories: Sequence[btyd.Array]) -> Iterator[dict[str, object]]:
    x, t_x, age, mean, weeks = histories
    spends = (x > 0) & (mean > 0)
    for model, parameters in (
        ("BG/NBD", ORDER_PARAMETERS),
        ("MBG/NBD", ORDER_PARAMETERS),
        ("Gamma-Gamma", SPEND_PARAMETERS),
    ):
        if model == "BG/NBD" and span == "all":
            continue
        repeaters = int(spends.sum()) if model == "Gamma-Gamma" else int((x > 0).sum())
        book = len(x), repeaters, float(weeks[0])
        about = {
            "model": model,
            "customer_count": len(x),
            "repeat_count": repeaters,
            "history_weeks": book[-1],
        }
        status, reason, fit = "insufficient_data", _too_little(book, FEWEST), None
        if not reason:
            small = _too_little(book, ENOUGH)
            if model == "Gamma-Gamma":
                fit = btyd.fit_spend(x[spends], mean[spends])
            else:
                fit = btyd.fit_purchases(x, t_x, age, btyd.BG if model == "BG/NBD" else btyd.MBG)
            reason = _doubtful(model, fit)
            status = "insufficient_data" if reason else "small_book" if small else "fitted"
            if reason and model == "MBG/NBD":
                fit, status = btyd.fit_frequencies(x, age), "nbd"
            elif reason and model == "Gamma-Gamma":
                all_spend = float((x * mean)[spends].sum() / x[spends].sum())
                fit, status = btyd.Fit((*USUAL_SPEND, 2 * all_spend), np.nan, 0.0, True), "mean"
            reason = reason or small
        if fit and status != "insufficient_data":
            about |= dict(zip(parameters, fit.parameters, strict=True))
            about["log_likelihood"] = fit.log_likelihood
        yield about | {"model_status": status, "reason": reason}


def _too_little(book: tuple[int, int, float], least: tuple[int, int, int]) -> str | None:
    for value, fewest, reason in zip(
        book,
        least,
        (
            "fewer than {} customers",
            "fewer than {} customers with a repeat order",
            "less than {} weeks of history",
        ),
        strict=True,
    ):
        if value < fewest:
            return reason.format(fewest)
    return None


def _doubtful(model: str, fit: btyd.Fit) -> str | None:
    if not fit.is_inside:
        return "optimum out of bounds"
    if not fit.is_stable:
        return "three starts do not agree on the optimum"
    if model == "Gamma-Gamma" and fit.parameters[1] <= 1:
        return "the average spend has no expectation"
    return None
