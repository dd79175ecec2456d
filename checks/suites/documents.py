"""Expectations on invoices, statements and estimates."""

from __future__ import annotations

from checks.suites.expectations import (
    MODEL_STATUSES,
    Suite,
    at_least,
    key,
    not_null,
    one_of,
    share,
    suite,
    zero,
)

OUTCOMES = ["won", "lost", "open", "expired", "voided"]
STATUSES = ["voided", "paid", "credited", "written off", "returned", "overdue", "partial", "unpaid"]


def suites() -> list[Suite]:
    """The documents people send, and what estimates are in core."""
    return [
        suite(
            "marts.invoices",
            key("invoice_id"),
            one_of("payment_status", STATUSES),
            zero("total_residual", "subtotal less discount plus tax is not the total"),
            zero(
                "paid_residual",
                "deposit, payments, credits, what went back and balance due are not the total",
            ),
            computed={
                "total_residual": "((subtotal_amount - discount_amount + tax_amount - total_amount) * 100)::bigint",
                "paid_residual": """(
                    (deposit_amount + paid_amount + credited_amount + returned_amount + counted_elsewhere_amount
                    + balance_due - total_amount) * 100
                )::bigint""",
            },
        ),
        suite(
            "marts.customer_statement",
            key("customer_id", "currency", "entry_no"),
            one_of("entry_type", ["document", "paid_by_other", "used_for_other"]),
            zero("balance_step", "a balance is not the one before plus the entry's amount"),
            zero("last_residual", "the last balance is not what is open"),
            computed={
                "balance_step": """((balance - amount - coalesce(lag(balance) over (
                    partition by realm_id, customer_id, currency order by entry_no
                ), 0)) * 100)::bigint""",
                "last_residual": """(if(
                    entry_no = max(entry_no) over (partition by realm_id, customer_id, currency),
                    balance - sum(open_amount) over (partition by realm_id, customer_id, currency),
                    0
                ) * 100)::bigint""",
            },
        ),
        suite(
            "marts.estimate_pipeline",
            key("estimate_id"),
            one_of("outcome", OUTCOMES),
            one_of("model_status", MODEL_STATUSES),
            share("p_win"),
            share("conversion_rate"),
            at_least("backlog_amount"),
        ),
        suite(
            "marts.estimates_by_month",
            key("dimension", "member", "member_id"),
            one_of("dimension", ["month", "family", "size", "expected month"]),
            share("win_rate"),
            share("amount_win_rate"),
            at_least("weighted_amount"),
            zero("residual", "estimates won, lost, open and expired are not all"),
            computed={"residual": "won_count + lost_count + open_count + expired_count - estimate_count"},
        ),
        suite(
            "core.estimates",
            key("estimate_id"),
            one_of("outcome", OUTCOMES),
            at_least("days_open"),
            zero("undated", "an outcome has no date, or a date no outcome"),
            computed={"undated": "((outcome in ('won', 'lost')) <> (outcome_date is not null))::integer"},
        ),
        suite(
            "core.estimate_invoices",
            key("estimate_id", "invoice_id"),
            zero("residual", "the estimates of an invoice do not have all of it"),
            computed={
                "residual": """((sum(invoiced_amount) over (partition by realm_id, invoice_id) - (
                    select total_amount from core.sales_documents as documents
                    where documents.realm_id = estimate_invoices.realm_id
                        and documents.doc_type = 'Invoice' and documents.doc_id = invoice_id
                )) * 100)::bigint""",
            },
        ),
        suite(
            "core.estimate_states",
            key("known_by_date", "estimate_id"),
            one_of("outcome", OUTCOMES),
            at_least("days_open"),
            at_least("days_expired", least=1),
        ),
        suite(
            "core.estimate_outcomes",
            key("known_by_date", "state", "days"),
            one_of("state", ["open", "expired"]),
            zero("residual", "the shares won, lost and open are not all"),
            computed={"residual": "(abs(won_share + lost_share + undecided_share - 1) > 1e-6)::integer"},
        ),
        suite(
            "core.estimate_chances",
            key("known_by_date", "estimate_id"),
            share("p_win"),
            zero("falling", "the chance falls as the horizon grows"),
            computed={"falling": "(p_win_30d > p_win_90d or p_win_90d > p_win)::integer"},
        ),
        suite("core.estimate_rates", key("cohort"), share("win_rate"), share("amount_win_rate")),
        suite(
            "core.estimate_scores",
            key("model", "metric", "judged_on", "baseline"),
            not_null("compared_count"),
            one_of("model_status", MODEL_STATUSES),
        ),
        suite(
            "marts.model_scores",
            key("model", "level", "metric", "judged_on", "horizon_days", "horizon_months", "baseline"),
            share("coverage"),
            share("stated_coverage"),
            one_of("model_status", MODEL_STATUSES),
        ),
    ]
