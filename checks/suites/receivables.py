"""Expectations on receivables and their aging."""

from __future__ import annotations

from checks.suites.expectations import Suite, at_least, key, not_before, not_null, one_of, suite, zero

BUCKETS = ["current", "1-30", "31-60", "61-90", "91+"]
LINES = ["JournalEntry", "Deposit", "Purchase", "Bill", "VendorCredit", "SalesReceipt", "RefundReceipt"]
"""Documents of which each line that posts to accounts receivable is an open item of its own."""
DOCUMENTS = ["Invoice", "CreditMemo", "Payment", *LINES]


def suites() -> list[Suite]:
    """Receivables of core, and the aging marts."""
    return [
        suite(
            "core.receivable_lines",
            key("doc_type", "doc_id", "line_no"),
            one_of("doc_type", LINES),
            not_null("account_id"),
            not_null("ar_amount"),
            not_null("txn_date"),
        ),
        suite(
            "core.receivables",
            key("doc_type", "doc_id", "line_no"),
            one_of("doc_type", DOCUMENTS),
            not_null("customer_id"),
            not_null("ar_amount"),
            not_null("txn_date"),
            at_least("exchange_rate"),
        ),
        suite(
            "core.split_applications",
            key("payment_id", "line_no", "target_line_no"),
            not_null("target_customer_id"),
            at_least("applied_amount"),
            one_of("target_sign", [-1, 1]),
        ),
        suite(
            "core.receivable_applications",
            key("source_type", "source_id", "line_no", "target_type", "target_id", "target_line_no"),
            not_null("target_customer_id"),
            at_least("applied_amount"),
            one_of("target_sign", [-1, 1]),
            not_before("effective_date", "source_date"),
        ),
        suite(
            "core.receivable_movements",
            not_null("doc_id"),
            not_null("amount"),
            not_null("movement_date"),
            one_of("movement", ["posted", "settled", "applied"]),
        ),
        suite(
            "core.open_receivables",
            key("doc_type", "doc_id", "line_no"),
            not_null("customer_name"),
            one_of("bucket", BUCKETS),
            zero(
                "wrong_bucket",
                "a document stands in a bucket that its due date does not put it in",
            ),
            zero("flipped", "a document is open with the opposite sign, or by more than it posted"),
            computed={
                "wrong_bucket": """(bucket <> case
                    when as_of_date - due_date <= 0 then 'current'
                    when as_of_date - due_date between 1 and 30 then '1-30'
                    when as_of_date - due_date between 31 and 60 then '31-60'
                    when as_of_date - due_date between 61 and 90 then '61-90'
                    else '91+'
                end)::integer""",
                "flipped": """(doc_type not in ('Payment', 'JournalEntry') and (
                    sign(open_amount) <> sign(ar_amount) or abs(open_amount) > abs(ar_amount)
                ))::integer""",
            },
        ),
        suite(
            "marts.ar_aging_by_invoice",
            key("invoice_id"),
            not_null("customer_id"),
            one_of("bucket", BUCKETS),
            at_least("days_past_due"),
            zero("unopen", "an invoice with nothing open is listed"),
            computed={"unopen": "(open_amount = 0)::integer"},
        ),
        suite(
            "marts.ar_aging_by_customer",
            key("customer_id"),
            not_null("customer_name"),
            at_least("gross_open_invoices"),
            at_least("unapplied_credits"),
            not_before("gross_open_invoices", "overdue_amount"),
            zero("bucket_residual", "the five buckets do not add up to the total"),
            zero("credit_residual", "charges less credits are not the total"),
            computed={
                "bucket_residual": "((current + d1_30 + d31_60 + d61_90 + d91_plus - total_open) * 100)::bigint",
                "credit_residual": "((gross_open_invoices - unapplied_credits - total_open) * 100)::bigint",
            },
        ),
    ]
