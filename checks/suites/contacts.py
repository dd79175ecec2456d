"""Expectations on whom to contact, on people's own contacts among the customers, and on campaigns."""

from __future__ import annotations

from checks.suites.expectations import Suite, at_least, key, not_before, not_null, one_of, share, suite, zero

EFFECT_STATUSES = [
    "measured",
    "no comparison",
    "comparison too small",
    "too few reached",
    "cost unknown",
]
REASONS = ["inactive", "no_contact", "owes_overdue"]
STATUSES = ["matched", "ambiguous", "outdone", "rejected", "unmatched"]


def suites() -> list[Suite]:
    """Countries, keys of contacts and customers, and the marts made of them."""
    return [
        suite("core.countries", key("spelling")),
        suite(
            "core.contact_keys",
            key("entity_type", "entity_id", "phone", "email"),
            one_of("entity_type", ["Customer", "Contact", "Conversation"]),
            zero("keys_held", "a row holds both a number and an address, or neither"),
            computed={"keys_held": "((phone is null) = (email is null))::integer"},
        ),
        suite(
            "marts.contactable_customers",
            key("customer_id"),
            one_of("reason", REASONS),
            zero("owing", "a customer whose family owes overdue money counts as contactable"),
            computed={"owing": "(is_contactable and net_owing and has_overdue)::integer"},
        ),
        suite("core.contact_matches", key("contact_id", "root_customer_id"), one_of("status", STATUSES)),
        suite(
            "marts.contact_matches",
            key("contact_id", "root_customer_id"),
            one_of("status", STATUSES),
            zero("keyless", "a contact is matched that shares no key and that nobody confirmed"),
            zero(
                "merged", "a contact that several families share counts as matched, and nobody confirmed it"
            ),
            computed={
                "keyless": """(status = 'matched' and matched_phone is null and matched_email is null
                    and decision is distinct from 'confirm')::integer""",
                "merged": "(status = 'matched' and is_ambiguous and decision is distinct from 'confirm')::integer",
            },
        ),
        suite(
            "marts.customer_contacts",
            key("contact_id", "quickbooks_customer_id"),
            not_null("customer_name"),
        ),
        suite(
            "marts.customer_conversations",
            key("conversation_id", "root_customer_id"),
            one_of("status", ["matched", "ambiguous", "unmatched"]),
            one_of("direction", ["in", "out"]),
            at_least("overdue_amount"),
            at_least("paid_amount"),
            at_least("days_to_payment"),
            zero("paid_apart", "a family paid in 30 days and has no payment, or the other way round"),
            computed={
                "paid_apart": "(is_paid_after is distinct from true and days_to_payment <= 30)::integer"
            },
        ),
        suite(
            "marts.conversation_effects",
            key("channel"),
            one_of("effect_status", EFFECT_STATUSES),
            share("paid_share"),
            at_least("customer_count"),
            zero("outside", "a mean lies outside its range"),
            computed={
                "outside": """(change_days not between change_low_days - 1e-9 and change_high_days + 1e-9
                    or incremental_change_days not between incremental_low_days - 1e-9
                        and incremental_high_days + 1e-9)::integer"""
            },
        ),
        suite(
            "core.campaign_touches",
            key("campaign_id", "contact_id", "touch_date", "is_held_out", "root_customer_id"),
        ),
        suite(
            "core.campaign_documents",
            key("campaign_id", "doc_type", "doc_id", "is_held_out"),
            one_of("doc_type", ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate"]),
        ),
        suite(
            "core.campaign_effects",
            key("campaign_id"),
            one_of("effect_status", EFFECT_STATUSES),
            at_least("contact_count"),
            at_least("held_out_count"),
            not_before("incremental_margin", "incremental_margin_low"),
            not_before("incremental_margin_high", "incremental_margin"),
        ),
        suite(
            "marts.campaign_roi",
            key("campaign_id"),
            one_of("effect_status", EFFECT_STATUSES),
            at_least("cost"),
            zero("roi_residual", "the margin is not the cost and what came back on it"),
            zero("unattributed", "what no campaign brought has a cost or contacts"),
            computed={
                "roi_residual": "(abs((roi + 1) * cost - gross_margin) > 0.01)::integer",
                "unattributed": "(campaign_id = 'unattributed' and (cost <> 0 or contacts <> 0))::integer",
            },
        ),
    ]
