"""Expectations on the company, its lists and its sales."""

from __future__ import annotations

from checks.suites.expectations import (
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

PERIODS = ["90d", "365d", "all"]
POSTING_KINDS = ["revenue", "other income", "recovered cost", "balance sheet"]
LEVELS = ["family", "customer"]
SALES = ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"]


def suites() -> list[Suite]:
    """core, receivables aside."""
    return [
        suite(
            "core.companies",
            key(),
            not_null("as_of_date"),
            not_before("as_of_date", "history_start_date"),
            not_null("company_name", WARNING),
            not_null("home_currency", WARNING),
        ),
        suite("core.transactions", key("doc_type", "doc_id"), not_null("txn_date")),
        suite(
            "core.customers",
            key("customer_id"),
            not_null("display_name"),
            not_null("root_customer_id"),
            not_null("is_active"),
            not_null("balance", WARNING),
            zero("lost_parent", "a customer names a parent that our copy lacks"),
            computed={
                "lost_parent": """(parent_customer_id is not null and parent_customer_id not in (
                    select customer_id from core.customers as parents where parents.realm_id = customers.realm_id
                ))::integer""",
            },
        ),
        suite(
            "core.collection_periods",
            key("level", "level_customer_id", "period"),
            one_of("level", LEVELS),
            one_of("period", PERIODS),
            at_least("days"),
            at_least("charges_amount"),
            at_least("collected_amount"),
            not_before("open_charges_amount", "open_current_amount"),
        ),
        suite(
            "core.customer_levels",
            key("level", "level_customer_id"),
            one_of("level", LEVELS),
            not_null("root_customer_id"),
            at_least("customer_count", 1),
        ),
        suite(
            "core.customer_collections",
            key("level", "level_customer_id"),
            one_of("level", LEVELS),
            share("collected_rate"),
        ),
        suite("core.customer_cash", key("doc_type", "doc_id", "customer_id"), not_null("cash_home")),
        suite("core.journal_offsets", key("journal_entry_id"), share("money_share")),
        suite(
            "core.returned_payments",
            key("payment_id"),
            one_of("doc_type", ["JournalEntry", "Purchase", "Invoice"]),
            not_before("txn_date", "payment_date"),
        ),
        suite(
            "core.payment_points",
            key("days_beyond_terms"),
            zero("range", "a score lies outside 0 to 100"),
            computed={"range": "(points not between 0 and 100)::integer"},
        ),
        suite("core.customer_family", key("customer_id", "ancestor_customer_id"), at_least("distance")),
        suite("core.items", key("item_id"), not_null("name"), not_null("is_active")),
        suite("core.item_costs", key("item_id", "txn_date"), at_least("average_cost", severity=WARNING)),
        suite(
            "core.accounts",
            key("account_id"),
            not_null("name"),
            not_null("account_type"),
            not_null("is_active"),
        ),
        suite(
            "core.sales_documents",
            key("doc_type", "doc_id"),
            one_of("doc_type", SALES),
            zero("nobodys", "an invoice or a credit memo names no customer", WARNING),
            not_null("txn_date"),
            zero("line_residual", "the lines of a document do not add up to its total less tax"),
            computed={
                "nobodys": "(customer_id is null and doc_type in ('Invoice', 'CreditMemo'))::integer",
                "line_residual": """((net_amount - coalesce((
                    select sum(lines.net_amount) from core.sales_lines as lines
                    where lines.realm_id = sales_documents.realm_id
                        and lines.doc_type = sales_documents.doc_type and lines.doc_id = sales_documents.doc_id
                ), 0)) * 100)::bigint""",
            },
        ),
        suite(
            "core.sales_lines",
            key("doc_type", "doc_id", "line_no"),
            one_of("doc_type", SALES),
            not_null("net_amount"),
            not_null("net_home"),
            not_null("txn_date"),
            one_of("posting_kind", POSTING_KINDS),
            zero("lost_item", "a line names an item that our copy lacks", WARNING),
            zero("discount_residual", "gross less discount is not net"),
            computed={
                "lost_item": "(item_name is null and item_id <> 'SHIPPING_ITEM_ID')::integer",
                "discount_residual": "((gross_amount - discount_amount - net_amount) * 100)::bigint",
            },
        ),
        suite(
            "core.invoice_settlements",
            key("payment_type", "payment_id", "line_no", "settled_type", "settled_id", "invoice_id"),
            one_of("settle_kind", ["cash", "credit", "mixed", "returned"]),
            at_least("cash_amount"),
            at_least("credit_amount"),
            not_before("effective_date", "payment_date"),
        ),
    ]
