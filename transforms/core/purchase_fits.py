"""Purchase models fitted to each company's order histories. One row per company, span and model.

BG/NBD is fitted only to the calibration half, for the comparison in the scores; predictions are those of MBG/NBD,
because BG/NBD holds every customer with one order alive for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from transforms.maths import btyd

SOURCE = """
    select realm_id, span, repeat_orders, recency_weeks, age_weeks, repeat_mean_amount::double as mean, history_weeks
    from core.order_histories
    order by realm_id, span
"""

COLUMNS = {
    "realm_id": ("varchar", "QuickBooks company id (realm)"),
    "span": ("varchar", "all, or calibration: the first half of the company's history"),
    "model": ("varchar", "BG/NBD or MBG/NBD for the orders, Gamma-Gamma for the spend per order"),
    "customer_count": ("integer", "Customers with an order within the span"),
    "repeat_count": ("integer", "Those with a second one; for Gamma-Gamma, with a positive mean of them"),
    "history_weeks": ("double", "Weeks from the company's first order to the run's date"),
    "r": ("double", "Shape of the order rates over customers; null for Gamma-Gamma and where not fitted"),
    "alpha": ("double", "Scale of the order rates, in weeks"),
    "a": ("double", "First parameter of the chances of leaving after an order"),
    "b": ("double", "Second parameter of those"),
    "p": ("double", "Shape of a customer's spend per order; null for the order models and where not fitted"),
    "q": ("double", "Shape of the spend over customers"),
    "v": ("double", "Scale of the spend over customers, in home currency"),
    "log_likelihood": ("double", "At the best of three optima; null where not fitted"),
    "model_status": ("varchar", "fitted or insufficient_data"),
    "reason": ("varchar", "What kept it from being fitted; null when it was"),
}

CUSTOMERS, REPEATERS, WEEKS = 100, 50, 52


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = [
        {"realm_id": realm_id, "span": span, **fitted}
        for (realm_id, span), histories in frame.groupby(["realm_id", "span"], sort=True)
        for fitted in _fits(str(span), histories)
    ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _fits(span: str, histories: pd.DataFrame) -> Iterator[dict[str, object]]:
    x, t_x, age, mean, weeks = (
        histories[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("repeat_orders", "recency_weeks", "age_weeks", "mean", "history_weeks")
    )
    spends = (x > 0) & (mean > 0)
    for model, parameters in (
        ("BG/NBD", "r alpha a b"),
        ("MBG/NBD", "r alpha a b"),
        ("Gamma-Gamma", "p q v"),
    ):
        if model == "BG/NBD" and span == "all":
            continue
        repeaters = int(spends.sum()) if model == "Gamma-Gamma" else int((x > 0).sum())
        about = {
            "model": model,
            "customer_count": len(x),
            "repeat_count": repeaters,
            "history_weeks": float(weeks[0]),
        }
        reason = _too_little(len(x), repeaters, float(weeks[0]))
        fit = None
        if not reason:
            if model == "Gamma-Gamma":
                fit = btyd.fit_spend(x[spends], mean[spends])
            else:
                fit = btyd.fit_purchases(x, t_x, age, btyd.BG if model == "BG/NBD" else btyd.MBG)
            reason = _doubtful(model, fit)
        if fit and not reason:
            about |= dict(zip(parameters.split(), fit.parameters, strict=True))
            about["log_likelihood"] = fit.log_likelihood
        yield about | {"model_status": "insufficient_data" if reason else "fitted", "reason": reason}


def _too_little(customers: int, repeaters: int, weeks: float) -> str | None:
    if customers < CUSTOMERS:
        return f"fewer than {CUSTOMERS} customers"
    if repeaters < REPEATERS:
        return f"fewer than {REPEATERS} customers with a repeat order"
    if weeks < WEEKS:
        return f"less than {WEEKS} weeks of history"
    return None


def _doubtful(model: str, fit: btyd.Fit) -> str | None:
    if not fit.is_inside:
        return "optimum out of bounds"
    if not fit.is_stable:
        return "three starts do not agree on the optimum"
    if model == "Gamma-Gamma" and fit.parameters[1] <= 1:
        return "the average spend has no expectation"
    return None
