"""Expectations on the value of customers, their visits, and the quality of the models' predictions."""

from __future__ import annotations

from checks.suites.books import LEVELS
from checks.suites.expectations import (
    MODEL_STATUSES,
    WARNING,
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
    """Order histories, purchase models, segments, cohorts and service."""
    return [
        suite(
            "core.orders",
            key("level", "level_customer_id", "txn_date", "doc_type", "doc_id"),
            one_of("level", LEVELS),
            not_null("net_revenue"),
            at_least("net_revenue", 0.01),
            not_null("txn_date"),
        ),
        suite(
            "core.revenue_days",
            key("level", "level_customer_id", "txn_date", "doc_type", "doc_id"),
            one_of("level", LEVELS),
            not_null("txn_date"),
        ),
        suite(
            "core.order_histories",
            key("level", "level_customer_id", "span"),
            at_least("repeat_orders"),
            not_before("age_weeks", "recency_weeks"),
            zero("recency_residual", "a customer has a last repeat order without a repeat order"),
            computed={"recency_residual": "((repeat_orders = 0) <> (recency_weeks = 0))::integer"},
        ),
        suite("core.purchase_fits", key("level", "span", "model"), one_of("model_status", MODEL_STATUSES)),
        suite(
            "core.purchase_model",
            key("level", "level_customer_id", "span"),
            share("p_alive"),
            at_least("expected_orders_90d"),
            not_before("expected_orders_365d", "expected_orders_90d"),
            not_before("expected_orders_365d", "discounted_orders_365d"),
        ),
        suite(
            "core.purchase_scores",
            key("level", "model", "metric", "baseline"),
            one_of("model_status", MODEL_STATUSES),
        ),
        suite(
            "core.rfm_segments",
            key("recency_score", "frequency_score", "monetary_score"),
            not_null("segment"),
        ),
        suite(
            "marts.customer_lifetime_value",
            key("level", "root_customer_id", "customer_id"),
            one_of("level", LEVELS),
            not_null("customer_name", WARNING),
            at_least("repeat_orders"),
            not_before("residual_clv_revenue", "low_residual_clv_revenue"),
            not_before("high_residual_clv_revenue", "residual_clv_revenue"),
            zero("residual", "a prediction is given without a fit, or missing with one"),
            computed={
                "residual": "((model_status <> 'insufficient_data') <> (p_alive is not null))::integer"
            },
        ),
        suite(
            "marts.lifetime_value_by_cohort",
            key("cohort"),
            one_of("model_status", MODEL_STATUSES),
            at_least("families", 1),
            not_before("expected_revenue_365d", "low_revenue_365d"),
            not_before("high_revenue_365d", "expected_revenue_365d"),
            not_before("expected_revenue_1095d", "low_revenue_1095d"),
            not_before("high_revenue_1095d", "expected_revenue_1095d"),
            not_before("residual_revenue", "low_residual_revenue"),
            not_before("high_residual_revenue", "residual_revenue"),
        ),
        suite(
            "marts.customer_segments",
            key("level", "root_customer_id", "customer_id"),
            one_of("level", LEVELS),
            not_null("segment"),
            zero("unscored", "a customer has an order in 365 days and no scores, or scores without one"),
            zero("class_residual", "a class by share of revenue is missing or given without revenue"),
            computed={
                "unscored": "((orders > 0) <> (recency_score is not null))::integer",
                "class_residual": "(net_revenue <> 0 and abc_class is null)::integer",
            },
        ),
        suite(
            "marts.cohort_retention",
            key("level", "cohort_month", "months_since"),
            share("retention_rate"),
            share("retention_unbounded"),
            not_before("retention_unbounded", "retention_rate"),
            zero("first_month", "not all of a cohort ordered in its own month"),
            computed={"first_month": "(months_since = 0 and active_customers <> cohort_size)::integer"},
        ),
        suite(
            "marts.service_frequency",
            key("level", "root_customer_id", "customer_id", "item_id"),
            one_of("level", LEVELS),
            at_least("gap_count"),
            at_least("days_since_last"),
        ),
        suite(
            "core.item_baskets",
            key("known_by_date", "customer_id", "item_id"),
            at_least("net_revenue", 0.01),
        ),
        suite(
            "core.item_pairs",
            key("known_by_date", "item_id", "other_item_id"),
            at_least("both_count", 5),
            at_least("expected_both_count"),
            share("confidence"),
            share("p_value"),
            share("false_discovery_rate"),
            at_least("lift"),
        ),
        suite(
            "core.item_offers",
            key("known_by_date", "customer_id", "offer_item_id"),
            zero("weak", "an item is offered that goes with the one bought no more than activity predicts"),
            computed={"weak": "(false_discovery_rate > 0.1 or both_count <= expected_both_count)::integer"},
        ),
        suite(
            "core.upsell_scores",
            key("model", "metric", "baseline"),
            one_of("model_status", MODEL_STATUSES),
            share("value"),
            share("baseline_value"),
        ),
        suite(
            "marts.upsell_targets",
            key("customer_id", "offer_item_id"),
            not_null("customer_name", WARNING),
            share("false_discovery_rate"),
            at_least("both_count", 5),
        ),
    ]
