"""Expectations on the history of receivables."""

from __future__ import annotations

from checks.suites.expectations import (
    Suite,
    at_least,
    key,
    not_before,
    not_null,
    one_of,
    percent,
    share,
    suite,
    zero,
)

CHANGES = ["entered", "deleted", "voided", "changed", "moved", "reapplied"]
BUCKETS = ["current", "1-30", "31-60", "61-90", "91+"]
DAYS = ["dso_90d", "dso_365d", "true_dso", "sales_weighted_dso", "mean_age_days", "days_to_pay_weighted"]
SHARES = [
    *(f"{bucket}_share" for bucket in ("current", "d1_30", "d31_60", "d61_90", "d91_plus", "top_ten")),
    *(f"{bucket}_roll_rate" for bucket in ("current", "d1_30", "d31_60", "d61_90")),
    *(f"{bucket}_loss_rate" for bucket in ("current", "d1_30", "d31_60", "d61_90", "d91_plus")),
    "late_rate",
    "amount_late_rate",
]


def suites() -> list[Suite]:
    """Aging of past days, the roll-forward from month to month, and what was restated."""
    return [
        suite(
            "core.credit_sales",
            key("doc_type", "doc_id", "customer_id"),
            not_null("txn_date"),
            not_null("sales_amount"),
        ),
        suite(
            "core.receivable_balances",
            key("doc_type", "doc_id", "line_no", "from_date"),
            not_before("until_date", "from_date"),
            zero("idle", "a step lasts no day"),
            computed={"idle": "(until_date = from_date)::integer"},
        ),
        suite(
            "marts.ar_aging_history",
            key("kind", "aging_date", "customer_id"),
            one_of("kind", ["restated", "snapshot"]),
            not_before("as_of_date", "aging_date"),
            zero("bucket_residual", "the five buckets do not add up to the total"),
            computed={
                "bucket_residual": "((current + d1_30 + d31_60 + d61_90 + d91_plus - total_open) * 100)::bigint"
            },
        ),
        suite(
            "marts.receivables_by_month",
            key("month_start"),
            share("overdue_share"),
            percent("cei_pct"),
            at_least("dso_simple"),
            at_least("dso_90d"),
            at_least("dso_365d"),
            at_least("dso_countback"),
            at_least("best_possible_dso"),
            at_least("add_days"),
            zero("residual", "opening and what came and went do not make the closing"),
            zero("open_residual", "open charges less credits are not the closing"),
            computed={
                "residual": """((opening_amount + charges_amount - credit_memo_amount - cash_received + other_amount
                    + exchange_amount - closing_amount) * 100)::bigint""",
                "open_residual": "((open_charges_amount - unapplied_credits - closing_amount) * 100)::bigint",
            },
        ),
        suite(
            "core.month_end_receivables",
            key("month_end", "doc_type", "doc_id", "line_no", "customer_id"),
            one_of("bucket", BUCKETS),
            not_null("root_customer_id"),
        ),
        suite(
            "core.receivable_months",
            key("month_start"),
            not_before("month_end", "month_start"),
            at_least("open_charges_amount"),
        ),
        suite("core.days_outstanding", key("month_start"), at_least("dso_90d"), at_least("dso_365d")),
        suite("core.loss_rates", key("month_start", "bucket"), one_of("bucket", BUCKETS), share("loss_rate")),
        suite(
            "core.write_offs",
            key("doc_type", "doc_id", "customer_id"),
            not_null("txn_date"),
            share("written_off_share"),
        ),
        suite(
            "core.receivable_rolls",
            key("month_start", "bucket"),
            one_of("bucket", BUCKETS),
            at_least("rolled_home"),
            at_least("stayed_home"),
            at_least("lost_home"),
            zero("excess", "more than what was open rolled on, stayed or was written off"),
            computed={"excess": "(rolled_home + stayed_home + lost_home > opening_home)::integer"},
        ),
        suite(
            "marts.credit_by_month",
            key("month_start"),
            *(at_least(column) for column in DAYS),
            *(share(column) for column in SHARES),
            at_least("ar_turnover"),
            at_least("expected_credit_loss_amount"),
            at_least("over_limit_amount"),
            zero("share_residual", "the shares of the five buckets do not add up to 1"),
            zero("cash_residual", "unapplied cash by age does not add up to all of it"),
            zero("loss_excess", "more is expected to be lost than is open"),
            computed={
                "share_residual": """(abs(current_share + d1_30_share + d31_60_share + d61_90_share
                    + d91_plus_share - 1) > 1e-9)::integer""",
                "cash_residual": """((unapplied_cash_0_30_amount + unapplied_cash_31_60_amount
                    + unapplied_cash_61_90_amount + unapplied_cash_91_plus_amount - unapplied_cash_amount)
                    * 100)::bigint""",
                "loss_excess": "(expected_credit_loss_amount > open_charges_amount)::integer",
            },
        ),
        suite(
            "marts.restated_transactions",
            not_null("doc_id"),
            one_of("change", CHANGES),
            not_before("found_date", "compared_date"),
            zero("unpast", "what changed does not lie before the month of the run compared with"),
            zero("same", "nothing differs"),
            computed={
                "unpast": "(month_start >= date_trunc('month', compared_date))::integer",
                "same": "(before is not distinct from after)::integer",
            },
        ),
    ]
