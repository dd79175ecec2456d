"""Expectations on whom to contact, on people's own contacts among the customers, and on campaigns."""

from __future__ import annotations

from checks.gx import gx
from checks.suites.rules import key, one_of, suite, zero

REASONS = ["inactive", "no_contact", "owes_overdue"]


def suites() -> list[gx.ExpectationSuite]:
    """Keys of contacts and customers, and the marts made of them."""
    return [
        suite(
            "core.contact_keys",
            key("entity_type", "entity_id", "phone", "email"),
            one_of("entity_type", ["Customer", "Contact"]),
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
    ]
