"""How each check is made: one function each, which adds what it finds to the evidence about one company."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from msgspec import json

from checks.collect.gathering import Gathering
from checks.compare import accuracy
from checks.compare.tie_outs import aged_receivables as aging
from checks.compare.tie_outs import books, income, sales
from checks.evidence import Difference, Suspect, TieOut
from checks.ours import changed_receivables, receivables
from checks.ours import income as booked_income
from checks.rules import card_numbers as cards
from checks.rules import drift, staging_matches_raw
from checks.rules import identities as identity_rules
from checks.rules import oddities as oddity_rules
from pipelines.quickbooks.entities import BY_NAME, Kind
from pipelines.quickbooks.errors import QuickBooksFault

MARGIN_MINUTES = 5
OF_RECEIVABLES = (
    "aged_receivables",
    "accounts_receivable",
    "family_balances",
    "trial_balance",
    "customer_balance",
)
"""Checks and identities that compare A/R by customer or as a whole."""


def staged(gathering: Gathering) -> None:
    gathering.evidence.take(
        staging_matches_raw.check(gathering.connection, gathering.realm_id, gathering.fingerprints)
    )


def fresh_build(gathering: Gathering) -> None:
    """What a fresh build found otherwise, and has healed."""
    shown = tuple(
        replace(row, expected=None, actual=None)
        if f"{row.entity}.{row.column}" in gathering.withheld
        else row
        for row in gathering.altered
    )
    gathering.evidence.take(TieOut("fresh_build", {"altered": len(shown)}, shown))


def identities(gathering: Gathering) -> None:
    gathering.evidence.take(identity_rules.check(gathering.connection, gathering.realm_id, gathering.aside))


def oddities(gathering: Gathering) -> None:
    gathering.evidence.take(oddity_rules.check(gathering.connection, gathering.realm_id))


def schema_drift(gathering: Gathering) -> None:
    gathering.evidence.take(drift.check(gathering.connection, gathering.realm_id))


def card_numbers(gathering: Gathering) -> None:
    gathering.evidence.take(
        cards.check(
            gathering.connection,
            gathering.realm_id,
            gathering.withheld,
            stops=gathering.stop_at_card_numbers,
        )
    )


def accounts_receivable(gathering: Gathering) -> None:
    gathering.evidence.take(
        books.accounts_receivable(gathering.connection, gathering.realm_id, gathering.aside)
    )


def aged_receivables(gathering: Gathering) -> None:
    """Aging per customer; on a night on which it differs, per document too. Its report's time is the cut-off."""
    report = gathering.aging_report("AgedReceivables")
    gathering.evidence.cutoff = report.time.subtract(minutes=MARGIN_MINUTES) if report.time else None
    tie_out = aging.by_customer(gathering.connection, gathering.realm_id, report, gathering.aside)
    gathering.evidence.take(tie_out)
    if tie_out.figures["differing_customers"] and not gathering.evidence.deep:
        aged_receivable_detail(gathering)


def aged_receivable_detail(gathering: Gathering) -> None:
    """Open amounts per document; customers whose documents have all changed since the cut-off are in flight.

    What follows from documents that were set aside is explained.

    Before the trial balance, which may differ by what is in flight.
    """
    by_customer = gathering.evidence.tie_out(aging.BY_CUSTOMER)
    if by_customer is None:
        return
    documents = aging.by_document(
        gathering.connection,
        gathering.realm_id,
        gathering.aging_report("AgedReceivableDetail"),
        gathering.aside,
    )
    cutoff = gathering.evidence.cutoff
    late = gathering.questions.changed_since(documents.suspects, cutoff) if cutoff else {}
    gathering.evidence.take(documents.tie_out(late))
    in_flight = documents.customers_in_flight(late)
    explained = documents.customers_explained(late) - in_flight
    gathering.evidence.replace(by_customer, aging.without(by_customer, in_flight, explained))


def trial_balance(gathering: Gathering) -> None:
    report = gathering.report_since("TrialBalance", gathering.evidence.as_of.replace(month=1, day=1))
    gathering.evidence.take(
        books.trial_balance(gathering.connection, gathering.realm_id, report, gathering.aging)
    )


def documents_at_fault(gathering: Gathering) -> list[Difference]:
    """The receivables to look at, as far as they can be known, where A/R differs and no row names any."""
    wrong = [row for row in gathering.evidence.differences if row.is_error and row.check in OF_RECEIVABLES]
    named = {row.entity for row in gathering.evidence.differences if row.is_error}
    if not wrong or named & receivables.RECEIVABLES:
        return []
    customers = {row.id for row in wrong if row.entity == "Customer" and row.check != "accounts_receivable"}
    amounts = {row.amount_diff for row in wrong if row.amount_diff}
    return [
        Difference(
            wrong[0].check, one.entity, one.id, f"open_home of {one.customer_id}", None, str(one.open_home),
            is_money=False,
        )
        for one in changed_receivables.at_fault(gathering.connection, gathering.realm_id, customers, amounts)
    ]  # fmt: skip


def sync_accuracy(gathering: Gathering) -> None:
    """Where a deep check is to come, it says all that counts and ids do."""
    if not gathering.evidence.deep:
        accuracy.by_ids_where_counts_disagree(
            gathering.connection,
            gathering.questions,
            gathering.evidence,
            gathering.counts,
            gathering.fingerprints,
        )


def content(gathering: Gathering) -> None:
    accuracy.by_content(
        gathering.connection,
        gathering.questions,
        gathering.evidence,
        gathering.counts,
        gathering.fingerprints,
    )


def customer_balance(gathering: Gathering) -> None:
    report = gathering.questions.report("CustomerBalance", report_date=str(gathering.evidence.as_of))
    gathering.evidence.take(
        books.customer_balance(gathering.connection, gathering.realm_id, report, gathering.aging)
    )


def profit_and_loss(gathering: Gathering) -> None:
    """Income by month and account since the first sale; where it differs, months that have changed since are let be."""
    if first := gathering.first_sale:
        as_of = gathering.evidence.as_of
        compare = partial(
            income.profit_and_loss,
            gathering.connection,
            gathering.realm_id,
            first,
            as_of,
            gathering.by_month("ProfitAndLoss", first, as_of),
            set_aside=gathering.aside.months,
        )
        tie_out = compare()
        if tie_out.figures["unexplained_diff"]:
            tie_out = compare(late=_late_months(gathering, tie_out.suspects))
        gathering.evidence.take(tie_out)


def _late_months(gathering: Gathering, suspects: Collection[Suspect]) -> set[str]:
    """The months of the suspects, and of objects already in flight, that have changed since the cut-off."""
    if gathering.evidence.cutoff is None:
        return set()
    in_flight = [Suspect(row.entity, row.id) for row in gathering.evidence.differences if row.in_flight]
    transactions = [
        one
        for one in dict.fromkeys([*suspects, *in_flight])
        if one.entity in BY_NAME and BY_NAME[one.entity].kind is Kind.TRANSACTION
    ]
    late = gathering.questions.changed_since(transactions, gathering.evidence.cutoff)
    now = {str(json.decode(row.payload).get("TxnDate"))[:7] for row in late.values()}
    return now | booked_income.months_of(gathering.connection, gathering.realm_id, late)


def customer_sales(gathering: Gathering) -> None:
    _sales(gathering, sales.BY_CUSTOMER)


def item_sales(gathering: Gathering) -> None:
    _sales(gathering, sales.BY_ITEM)


def _sales(gathering: Gathering, kind: sales.Kind) -> None:
    """Sales since the first one. A company whose plan has no such report is proven by ProfitAndLoss alone."""
    if first := gathering.first_sale:
        try:
            report = gathering.report_since(kind.report, first)
        except QuickBooksFault:
            gathering.evidence.take(kind.not_compared())
            return
        gathering.evidence.take(
            sales.compare(
                gathering.connection, gathering.realm_id, kind, first, gathering.evidence.as_of, report
            )
        )
