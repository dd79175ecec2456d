"""Expectations on the answers about payment and value."""

from __future__ import annotations

from checks.suites.books import LEVELS, PERIODS
from checks.suites.expectations import (
    WARNING,
    Suite,
    at_least,
    key,
    not_null,
    one_of,
    percent,
    share,
    suite,
    zero,
)


def suites() -> list[Suite]:
    """marts, aging aside."""
    return [
        suite(
            "marts.invoice_payments",
            key("invoice_id"),
            not_null("customer_name"),
            at_least("cash_paid"),
            at_least("credited"),
            at_least("returned_amount"),
            zero("residual", "what is open, paid, credited and sent back does not add up to the invoice"),
            zero("half_closed", "a closed invoice has no day on which it was closed"),
            computed={
                "residual": """((ar_amount - open_amount - cash_paid - credited - returned_amount
                    - counted_elsewhere_amount) * 100)::bigint""",
                "half_closed": "(is_closed and ar_amount <> 0 and paid_in_full_date is null)::integer",
            },
        ),
        suite(
            "marts.customer_payment_behaviour",
            key("level", "root_customer_id", "customer_id", "period"),
            one_of("level", LEVELS),
            one_of("period", PERIODS),
            one_of("trend", ["improving", "worsening", "stable", "insufficient"]),
            one_of("payer_class", ["fast", "on time", "slow", "insufficient", "never paid"]),
            share("late_rate"),
            share("amount_late_rate"),
            share("late_or_overdue_rate"),
            zero(
                "dso_residual",
                "days sales outstanding are not the best possible ones plus the delinquent ones",
            ),
            zero("score_range", "a payment score lies outside 0 to 100"),
            at_least("dso_simple"),
            at_least("best_possible_dso"),
            at_least("add_days"),
            percent("cei_pct"),
            zero(
                "uncollected",
                "collection effectiveness is below 100 though nothing is overdue",
            ),
            zero("contradiction", "a payer is on time or fast though every invoice was late"),
            computed={
                "dso_residual": "(abs(dso_simple - best_possible_dso - add_days) > 1e-6)::integer",
                "score_range": "(pay_score not between 0 and 100)::integer",
                "uncollected": "(cei_pct < 100 and open_charges_amount = open_current_amount)::integer",
                "contradiction": "(payer_class in ('fast', 'on time') and late_or_overdue_rate = 1)::integer",
            },
        ),
        suite(
            "marts.customer_value",
            key("level", "root_customer_id", "customer_id"),
            one_of("level", LEVELS),
            not_null("customer_name", WARNING),
            share("collected_rate"),
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
