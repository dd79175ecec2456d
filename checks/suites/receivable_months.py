"""Expectations on the history of receivables."""

from __future__ import annotations

from checks.suites.expectations import Suite, key, not_before, not_null, one_of, share, suite, zero

CHANGES = ["entered", "deleted", "voided", "changed", "moved", "reapplied"]


def suites() -> list[Suite]:
    """Aging of past days, the roll-forward from month to month, and what was restated."""
    return [
        suite(
            "core.receivable_balances",
            key("doc_type", "doc_id", "customer_id", "from_date"),
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
            zero("residual", "opening and what came and went do not make the closing"),
            zero("open_residual", "open charges less credits are not the closing"),
            computed={
                "residual": """((opening_amount + charges_amount - credit_memo_amount - cash_received + other_amount
                    + exchange_amount - closing_amount) * 100)::bigint""",
                "open_residual": "((open_charges_amount - unapplied_credits - closing_amount) * 100)::bigint",
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
