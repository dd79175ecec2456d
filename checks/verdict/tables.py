"""The tables of verdicts: `checks.results`, `checks.accuracy`, `checks.money` and `checks.differences`."""

from __future__ import annotations

from pipelines.base.kept_tables import KeptTable

AMOUNT = "decimal(38, 2)"

ENTITY = {"entity": ("varchar", "QuickBooks's name of the entity.")}
AS_OF = {"as_of_date": ("date", "Day for which the marts stood when the run checked them.")}
IDS = {
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "run_id": ("varchar", "Run that checked, as in ops.runs."),
}
MONEY = {
    "money_accuracy": (
        "double",
        "Accuracy of the amounts: 1 less the sum of absolute differences divided by the sum of absolute amounts; "
        "null where amounts were not compared.",
    ),
}
SUMS = {
    "source_amount": (
        AMOUNT,
        "Sum of the absolute amounts in QuickBooks, each in the object's currency; null where they were not compared.",
    ),
    "warehouse_amount": (
        AMOUNT,
        "Sum of the absolute amounts of our copy, each in the object's currency; null where they were not compared.",
    ),
    "amount_diff": (
        AMOUNT,
        "Sum of the absolute differences of amounts, object by object, each in the object's currency; null where they "
        "were not compared.",
    ),
}

RESULTS = KeptTable(
    "checks.results",
    "One row per company, run, suite and expectation: whether it held.",
    {
        "suite": ("varchar", "Suite of expectations: a table, sync_accuracy, identities, or a tie-out."),
        "expectation": ("varchar", "Name of the expectation in Great Expectations."),
        "column_name": ("varchar", "Column or field; null where the expectation is about a whole table."),
        "severity": ("varchar", "What a failure means: critical stops publishing, warning is shown."),
        "observed": ("varchar", "What was seen in place of the expected; empty when the expectation held."),
        "description": ("varchar", "When the expectation fails, in a sentence."),
        **AS_OF,
        "is_passed": ("boolean", "True when the expectation held."),
        "unexpected_count": (
            "bigint",
            "Number of rows against the expectation; null where rows are not counted.",
        ),
        **IDS,
    },
)
ACCURACY = KeptTable(
    "checks.accuracy",
    "One row per company, run and entity: how well our copy agreed with QuickBooks.",
    {
        **ENTITY,
        "method": (
            "varchar",
            "What was compared: count for the number of objects, ids for their ids, content for sync tokens and every "
            "field, too.",
        ),
        "cutoff_at": ("timestamptz", "Moment (UTC) after which a change counts as in flight, not as wrong."),
        **AS_OF,
        "accuracy": (
            "double",
            "Share of objects that agree, of all that either side has, 0 to 1.",
        ),
        "completeness": ("double", "Share of QuickBooks's objects that our copy has, 0 to 1."),
        "currentness": (
            "double",
            "Share of the objects on both sides whose sync tokens are equal, 0 to 1.",
        ),
        **MONEY,
        "source_count": ("bigint", "Number of objects that QuickBooks has."),
        "warehouse_count": ("bigint", "Number of objects that our copy has."),
        "missing_count": ("bigint", "Number of objects that our copy lacks."),
        "phantom_count": ("bigint", "Number of objects that our copy has and QuickBooks has not."),
        "stale_count": ("bigint", "Number of objects of which our copy has another sync token."),
        "content_diff_count": (
            "bigint",
            "Number of objects with a difference in content though their sync tokens are equal.",
        ),
        "money_diff_count": ("bigint", "Number of objects with a difference in amounts."),
        "in_flight_count": (
            "bigint",
            "Number of objects that changed after cutoff_at and are not counted as wrong.",
        ),
        **SUMS,
        **IDS,
    },
)
MONEY_BY_MONTH = KeptTable(
    "checks.money",
    "One row per company, run, entity, month and currency. Each object's amount and balance are compared with "
    "QuickBooks's by every deep check.",
    {
        **ENTITY,
        "currency": (
            "varchar",
            "Currency of the objects, as QuickBooks codes it; empty where it names none.",
        ),
        "month": ("date", "First day of the month of the transactions; null for lists."),
        **AS_OF,
        **MONEY,
        **SUMS,
        "source_balance": (AMOUNT, "Sum of the absolute open balances in QuickBooks, in the row's currency."),
        "warehouse_balance": (
            AMOUNT,
            "Sum of the absolute open balances of our copy, in the row's currency.",
        ),
        "balance_diff": (
            AMOUNT,
            "Sum of the absolute differences of open balances, object by object, in the row's currency.",
        ),
        **IDS,
    },
)
DIFFERENCES = KeptTable(
    "checks.differences",
    "One row per company, run and difference between QuickBooks and our copy, or oddity to look at.",
    {
        "check_name": ("varchar", "Name of the check that found the difference."),
        **ENTITY,
        "column_name": ("varchar", "Column or field that differs; null where the object as a whole does."),
        "expected": ("varchar", "Value in QuickBooks; of free text its length alone."),
        "actual": ("varchar", "Value in our copy; null when the copy lacks the object."),
        "state": (
            "varchar",
            "State of the difference: error; accepted, when somebody let it through as checks.accepted says; warning; "
            "in_flight, when the object changed after the cut-off; healed, when it was gone once the object was read "
            "again; explained, for income that is no sale, and for what follows from rounding or from a document set "
            "aside.",
        ),
        **AS_OF,
        "amount_diff": (
            "decimal(38, 8)",
            "Difference in money, in the object's currency; null where the difference is not one of money.",
        ),
        **IDS,
        "id": ("varchar", "QuickBooks id of the object, or of the customer where balances differ."),
    },
)
TABLES = (RESULTS, ACCURACY, MONEY_BY_MONTH, DIFFERENCES)
"""Those to which each run adds its own rows; `accepted` has one that people add to."""
