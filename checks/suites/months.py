"""Expectations on customers and sales by month, on how invoices are paid, and on work that is not billed yet."""

from __future__ import annotations

from checks.suites.books import LEVELS
from checks.suites.expectations import Suite, at_least, key, not_null, one_of, share, suite, zero

PERIODS = ["month", "quarter", "year"]
DIMENSIONS = ["company", "item", "category", "class", "department", "sales rep", "payment method"]
SHARES = [
    "churn_rate",
    "gross_revenue_retention_rate",
    "repeat_rate",
    "discount_rate",
    "refund_rate",
    "largest_customer_share",
    "top_five_share",
    "top_ten_share",
]


def suites() -> list[Suite]:
    """What customers and sales did from month to month."""
    return [
        suite(
            "core.customer_months",
            key("level", "level_customer_id", "month"),
            one_of("level", LEVELS),
            at_least("orders"),
        ),
        suite(
            "marts.customers_by_month",
            key("level", "period", "month"),
            one_of("level", LEVELS),
            one_of("period", PERIODS),
            *(share(column) for column in SHARES),
            zero("hhi_range", "a concentration lies below that of equal customers, or above 10000"),
            zero("customer_residual", "customers kept, gained and returned are not the period's"),
            zero(
                "revenue_residual", "what was gained, lost and changed does not lead from revenue to revenue"
            ),
            computed={
                "hhi_range": "(hhi not between 9999.99 / customers and 10000.01)::integer",
                "customer_residual": """abs(kept_customers + gained_customers + returned_customers - customers)
                    + abs(kept_customers + lost_customers - previous_customers)""",
                "revenue_residual": """((previous_revenue + gained_revenue + returned_revenue + expansion_revenue
                    - contraction_revenue - lost_revenue - customer_revenue) * 100)::bigint""",
            },
        ),
        suite(
            "core.sales_dimensions",
            key("dimension", "member_id", "month"),
            one_of("dimension", DIMENSIONS),
            zero("residual", "the members of a dimension do not add up to the revenue of the company"),
            computed={
                "residual": """(if(dimension = 'payment method', 0, sum(amount) over (
                    partition by realm_id, dimension
                ) - (
                    select coalesce(sum(net_revenue), 0) from core.revenue_months as months
                    where months.realm_id = sales_dimensions.realm_id
                )) * 100)::bigint""",
            },
        ),
        suite(
            "marts.sales_by_month",
            key("dimension", "member_id", "month"),
            one_of("dimension", DIMENSIONS),
            not_null("member"),
        ),
        suite(
            "marts.payment_habits",
            key("dimension", "member_id"),
            one_of("dimension", ["company", "family", "terms", "year"]),
            share("late_rate"),
            share("late_or_overdue_rate"),
            share("p_late"),
            at_least("days_to_pay_weighted"),
            at_least("days_to_pay_mean"),
            at_least("expected_days_to_pay"),
        ),
        suite(
            "marts.unbilled_work",
            key("doc_type", "doc_id", "line_no"),
            one_of("kind", ["time", "expense"]),
            at_least("age_days"),
        ),
    ]
