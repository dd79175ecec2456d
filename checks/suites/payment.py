"""Expectations on the forecast of payments and what is made of it."""

from __future__ import annotations

from checks.suites.expectations import (
    MODEL_STATUSES,
    Suite,
    at_least,
    key,
    not_before,
    not_null,
    one_of,
    share,
    suite,
    zero,
)


def suites() -> list[Suite]:
    """core and marts of how and when payments come in."""
    return [*_core(), *_marts()]


def _core() -> list[Suite]:
    return [
        suite("core.payment_times", key("invoice_id"), at_least("days_to_close")),
        suite("core.payment_fits", key("known_until"), one_of("model_status", MODEL_STATUSES)),
        suite(
            "core.payment_paces",
            key("known_until", "root_customer_id"),
            share("own_weight"),
            at_least("usual_days"),
            at_least("pace"),
            at_least("recent_pace"),
            not_before("invoice_count", "paid_count"),
        ),
        suite(
            "core.payment_survival",
            key("known_until", "age_days"),
            share("survival"),
            at_least("at_risk_count"),
            at_least("tail_hazard"),
        ),
        suite(
            "core.payment_chances",
            key("known_until", "invoice_id"),
            one_of("model_status", MODEL_STATUSES),
            at_least("age_days"),
            share("customer_weight"),
            share("p_365d"),
            at_least("expected_days", least=1),
        ),
        suite(
            "core.collection_scores",
            key("model", "metric"),
            share("value"),
            share("baseline_value"),
            one_of("model_status", MODEL_STATUSES),
        ),
        suite(
            "core.payment_scores",
            key("model", "metric", "horizon_days", "baseline"),
            one_of("model_status", MODEL_STATUSES),
            not_before("compared_count", "missing_count"),
        ),
    ]


def _marts() -> list[Suite]:
    return [
        suite(
            "marts.payment_seasonality",
            key("dimension", "position"),
            one_of("dimension", ["month", "weekday", "day_of_month", "invoice_month"]),
            share("cash_share"),
            at_least("month_index"),
        ),
        suite(
            "marts.open_invoice_forecast",
            key("invoice_id"),
            one_of("model_status", MODEL_STATUSES),
            share("p_90d"),
            zero("falling", "an invoice is likelier to be paid sooner than later"),
            zero(
                "status_residual",
                "a forecast is given though there is too little data, or missing though not",
            ),
            computed={
                "falling": "(p_7d > p_14d or p_14d > p_30d or p_30d > p_60d or p_60d > p_90d)::integer",
                "status_residual": "((model_status = 'fitted') <> (p_30d is not null))::integer",
            },
        ),
        suite(
            "marts.cash_forecast",
            key("week"),
            at_least("expected_amount"),
            not_before("open_invoices_amount", "expected_to_date_amount"),
            not_before("open_invoices_amount", "naive_to_date_amount"),
        ),
        suite(
            "marts.collection_worklist",
            key("customer_id"),
            not_null("customer_name"),
            at_least("oldest_days_past_due", least=1),
            at_least("total_open", least=0.01),
            not_before("overdue_amount", "to_collect_amount"),
            not_before("to_collect_amount", "at_risk_amount"),
            not_before("to_collect_amount", "call_gain_amount"),
            one_of("ranked_by", ["call effect", "unpaid amount"]),
            share("caught_share"),
            share("largest_first_caught_share"),
        ),
    ]
