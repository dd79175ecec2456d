"""Expectations on revenue by month, region and item, and on its forecast."""

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

BASES = ["purchase_cost_snapshot", "purchase_cost", "bill_average", "none", "mixed"]


def suites() -> list[Suite]:
    """Revenue, what it is made of and what is expected of it."""
    return [
        suite(
            "core.item_purchase_costs",
            key("item_id", "from_date"),
            not_null("purchase_cost"),
            not_before("before_date", "from_date"),
        ),
        suite(
            "core.sales_regions",
            key("doc_type", "doc_id"),
            one_of("region_source", ["document_ship", "document_bill", "customer", "none"]),
        ),
        suite(
            "core.revenue_months",
            key("month"),
            zero("residual", "invoiced and receipt revenue less refunds are not net revenue"),
            computed={
                "residual": "((invoiced_revenue + receipt_revenue - refunds - net_revenue) * 100)::bigint",
            },
        ),
        suite(
            "core.revenue_scores",
            key("model", "metric", "judged_on", "baseline", "horizon_months"),
            share("coverage"),
            one_of("model_status", MODEL_STATUSES),
            at_least("compared_count"),
        ),
        suite(
            "marts.revenue_by_month",
            key("month"),
            at_least("orders"),
            not_before("orders", "customers"),
            not_before("customers", "new_customers"),
            zero("residual", "gross sales less discounts and refunds are not net revenue"),
            zero("total_residual", "the months do not add up to the sales lines of revenue"),
            computed={
                "residual": "((gross_sales - discounts - refunds - net_revenue) * 100)::bigint",
                "total_residual": """((sum(net_revenue) over (partition by realm_id) - (
                    select sum(net_home) from core.sales_lines as lines
                    join core.companies as companies using (realm_id)
                    where lines.realm_id = revenue_by_month.realm_id
                        and lines.txn_date between companies.history_start_date and companies.as_of_date
                        and lines.is_revenue
                )) * 100)::bigint""",
            },
        ),
        suite(
            "marts.revenue_by_region",
            key("period", "level", "region"),
            share("revenue_share"),
            share("known_region_share"),
            zero("hhi_range", "a concentration lies below that of equal regions, or above 10000"),
            computed={"hhi_range": "(hhi not between 9999.99 / region_count and 10000.01)::integer"},
        ),
        suite(
            "marts.item_profitability",
            key("period", "level", "group_id"),
            one_of("cost_basis", BASES),
            one_of("abc_class", ["A", "B", "C"]),
            zero("residual", "gross sales less discounts are not net revenue"),
            computed={"residual": "((gross_sales - discounts - net_revenue) * 100)::bigint"},
        ),
        suite(
            "marts.item_stock",
            key("item_id"),
            at_least("turnover"),
            at_least("days_of_stock"),
            zero("dead_residual", "stock that was sold in 365 days is called dead"),
            computed={"dead_residual": "(is_dead_stock and days_since_sold < 365)::integer"},
        ),
        suite(
            "marts.revenue_forecast",
            key("month"),
            one_of("model_status", MODEL_STATUSES),
            not_before("mid_revenue", "low_revenue"),
            not_before("high_revenue", "mid_revenue"),
            not_before("cumulative_mid_revenue", "cumulative_low_revenue"),
            not_before("cumulative_high_revenue", "cumulative_mid_revenue"),
        ),
    ]
