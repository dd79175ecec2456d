"""Expectations on the answers about payment and value."""

from __future__ import annotations

from checks.suites.books import PERIODS
from checks.suites.expectations import Suite, at_least, key, not_null, one_of, share, suite, zero


def suites() -> list[Suite]:
    """marts, aging aside."""
    return [
        suite(
            "marts.invoice_payments",
            key("invoice_id"),
            not_null("customer_name"),
            at_least("cash_paid"),
            at_least("credited"),
            zero("residual", "what is open, paid and credited does not add up to the invoice"),
            zero("half_closed", "a closed invoice has no day on which it was closed"),
            computed={
                "residual": "((ar_amount - open_amount - cash_paid - credited) * 100)::bigint",
                "half_closed": "(is_closed and ar_amount <> 0 and paid_in_full_date is null)::integer",
            },
        ),
        suite(
            "marts.customer_payment_behaviour",
            key("customer_id", "period"),
            one_of("period", PERIODS),
            one_of("trend", ["improving", "worsening", "stable", "insufficient"]),
            one_of("payer_class", ["fast", "on time", "slow", "insufficient"]),
            share("late_rate"),
            share("amount_late_rate"),
            share("late_or_overdue_rate"),
            zero(
                "dso_residual",
                "days sales outstanding are not the best possible ones plus the delinquent ones",
            ),
            zero("score_range", "a payment score lies outside 0 to 100"),
            computed={
                "dso_residual": "(abs(dso_simple - best_possible_dso - add_days) > 1e-6)::integer",
                "score_range": "(pay_score not between 0 and 100)::integer",
            },
        ),
        suite(
            "marts.customer_value",
            key("customer_id"),
            not_null("customer_name"),
            at_least("orders"),
            zero("revenue_residual", "gross sales less discounts and refunds are not net revenue"),
            zero(
                "order_residual", "a customer has orders without a first day, or a first day without orders"
            ),
            computed={
                "revenue_residual": "((gross_sales - discounts - refunds - net_revenue) * 100)::bigint",
                "order_residual": "((orders > 0) <> (first_order is not null))::integer",
            },
        ),
    ]
