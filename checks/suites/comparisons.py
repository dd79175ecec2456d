"""Suites for what was compared with QuickBooks: sync accuracy, each tie-out, and whether it answered at all."""

from __future__ import annotations

from collections.abc import Sequence

from checks.rules.drift import NAME as DRIFT
from checks.rules.identities import NAME as IDENTITIES
from checks.rules.identities import identities
from checks.rules.oddities import NAME as ODDITIES
from checks.rules.oddities import oddities
from checks.rules.queries import Rule
from checks.suites.expectations import (
    CRITICAL,
    WARNING,
    Between,
    Expectation,
    OneOf,
    Severity,
    Suite,
    suite,
    zero,
)

FLOOR = 0.995


def sync_accuracy() -> Suite:
    """One row per entity, the lowest accuracy first."""
    return suite(
        "sync_accuracy",
        zero("missing", "QuickBooks has an object that our copy lacks, even after reading it again"),
        zero("phantom", "our copy has an object that QuickBooks no longer has"),
        zero("money_diff", "an amount, quantity or balance differs from QuickBooks"),
        Expectation(
            Between("pooled_accuracy", low=FLOOR),
            "Fails if fewer than 99.5% of all objects are in both with the same content.",
        ),
        Expectation(
            Between("customer_completeness", low=1), "Fails if a customer, active or not, is missing."
        ),
        Expectation(
            Between("accuracy", low=1), "Fails if an entity is not copied to the last field.", WARNING
        ),
    )


def questions() -> Suite:
    """One row: what QuickBooks would not answer, whether it was asked, and tables that are not there."""
    return suite(
        "questions",
        zero("unanswered", "QuickBooks refused a question, so that something was not compared"),
        zero("absent_tables", "a published table was not built"),
        zero("not_asked", "QuickBooks was not asked at all", WARNING),
    )


TIE_OUTS = {
    "staged": {
        "lost": "an object that our copy has is not in staging, so that no table counts it",
        "surplus": "staging holds an object twice, or one that our copy has not",
    },
    "fresh_build": {
        "altered": "a cell of a table was not what the documents give; the table was built anew",
    },
    "card_numbers": {
        "card_numbers": "a text holds a payment card number, which the published file shows masked",
    },
    "aged_receivables": {
        "differing_customers": "a customer's aging bucket differs from QuickBooks's AgedReceivables",
        "total_diff": "receivables differ in total from QuickBooks's AgedReceivables",
    },
    "accounts_receivable": {
        "account_diff": "open receivables differ from the balance of the A/R accounts",
        "customer_diff": "open receivables differ from the sum of customer balances",
    },
    "trial_balance": {
        "out_of_balance": "debits and credits of QuickBooks's TrialBalance differ",
        "receivables_diff": "its accounts receivable differ from ours",
        "differing_accounts": "our balance of a balance-sheet account differs from it",
    },
    "customer_balance": {
        "differing_customers": "a customer's balance differs from QuickBooks's CustomerBalance",
    },
    "profit_and_loss": {
        "unexplained_diff": "income differs from our sales lines by more than journal entries and deposits book",
    },
    "customer_sales": {
        "differing_customers": "a customer's sales differ from QuickBooks's CustomerSales",
    },
    "item_sales": {
        "differing_items": "an item's sales differ from QuickBooks's ItemSales",
    },
    "aged_receivable_detail": {
        "differing_documents": "a document's open amount or due date differs from QuickBooks's AgedReceivableDetail",
    },
}

WARNED = (
    "fresh_build.altered",
    "trial_balance.differing_accounts",
    "customer_sales.differing_customers",
    "item_sales.differing_items",
)
"""Figures that stop nothing: what a fresh build found is healed; of the others, other checks prove the documents, and
Intuit does not say what these balances and reports count."""


SCHEMA_DRIFT = {
    "new_fields": "QuickBooks sends a field that it never sent before",
    "vanished_fields": "QuickBooks no longer sends a field that it always sent",
    "changed_types": "QuickBooks sends a field as another type than before",
    "volatile_fields": "QuickBooks sends a field as another text in every answer, so that it is not compared",
}


def suite_of(name: str, severity: Severity = CRITICAL) -> Suite:
    """The suite of a comparison: one row of figures, amounts in cents, or of how many rows break each rule."""
    if name == IDENTITIES:
        return _of_rules(name, identities())
    if name == ODDITIES:
        return _of_rules(name, oddities())
    if name == DRIFT:
        return suite(name, *(zero(column, sentence, WARNING) for column, sentence in SCHEMA_DRIFT.items()))
    return suite(
        name,
        *(
            zero(column, sentence, WARNING if f"{name}.{column}" in WARNED else severity)
            for column, sentence in TIE_OUTS[name].items()
        ),
    )


def _of_rules(name: str, rules: Sequence[Rule]) -> Suite:
    return suite(
        name,
        *(
            Expectation(
                OneOf(one.name, (0,)),
                one.sentence.replace("Warns if", "Fails if"),
                CRITICAL if one.is_error else WARNING,
            )
            for one in rules
        ),
    )


NAMES = (*TIE_OUTS, IDENTITIES, ODDITIES, DRIFT)
"""Every comparison but sync accuracy and the questions."""
