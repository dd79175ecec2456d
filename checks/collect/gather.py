"""Asking QuickBooks what our copy should say, once per pass: nothing is judged here.

A run gathers, reads the suspects again and loads them, gathers once more if there were any, and then judges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from checks.collect.questions import Asks, Questions
from checks.compare import accuracy
from checks.compare.tie_outs import aged_receivables, books, income
from checks.evidence import Evidence, TieOut
from checks.ours import raw_copy as copy
from checks.ours import receivables
from checks.ours import staging_matches_raw as staged
from checks.rules import card_numbers, identities, oddities
from checks.theirs.reports import ZERO, Report

MARGIN_MINUTES = 5


def gather(
    connection: DuckDBPyConnection,
    realm_id: str,
    client: Asks | None,
    *,
    run_id: str,
    as_of: date,
    counts: Mapping[str, int] | None = None,
    deep: bool = False,
    withheld: Collection[str] = (),
) -> Evidence:
    """The evidence about one company: two reports, and counts where the night's are not given.

    Without a client the company is compared with itself alone. `deep` reads every object and three more reports.
    `withheld` names columns, as `schema.table.column`, that are left out of the published file or hashed.
    What QuickBooks cannot or will not answer is evidence too; only SignInNeeded is raised.
    """
    found = Evidence(realm_id, run_id, as_of, deep=deep, compared=client is not None)
    ours = copy.fingerprints(connection, realm_id)
    found.take(staged.check(connection, realm_id, ours))
    found.take(identities.check(connection, realm_id))
    found.take(oddities.check(connection, realm_id))
    found.take(card_numbers.check(connection, realm_id, withheld))
    found.take(books.accounts_receivable(connection, realm_id))
    if client is None:
        return found
    questions = Questions(client, found.unanswered)
    _aging(connection, questions, found)
    _trial_balance(connection, questions, found)
    known = questions.counts() if counts is None else counts
    if deep:
        accuracy.by_content(connection, questions, found, known, ours)
        _deep_reports(connection, questions, found)
    else:
        accuracy.by_ids_where_counts_disagree(connection, questions, found, known, ours)
    found.suspects += receivables.holders(connection, realm_id, found.suspects)
    return found


def _aging(connection: DuckDBPyConnection, questions: Questions, found: Evidence) -> None:
    """Aging per customer; where one differs, and when going deep, per document too."""
    aging = questions.report("AgedReceivables", **_receivables_of(found))
    if not aging:
        return
    found.cutoff = aging.time.subtract(minutes=MARGIN_MINUTES) if aging.time else None
    tie_out = questions.understood(lambda: aged_receivables.by_customer(connection, found.realm_id, aging))
    if not tie_out:
        return
    found.take(tie_out)
    if not (tie_out.differences or found.deep):
        return
    detail = questions.report("AgedReceivableDetail", **_receivables_of(found))
    documents = detail and questions.understood(
        lambda: aged_receivables.by_document(connection, found.realm_id, detail)
    )
    if documents:
        late = questions.changed_since(documents.suspects, found.cutoff) if found.cutoff else set()
        found.take(documents.tie_out(late))
        found.replace(aged_receivables.without(tie_out, documents.customers_in_flight(late)))


def _trial_balance(connection: DuckDBPyConnection, questions: Questions, found: Evidence) -> None:
    report = questions.report("TrialBalance", **_since(found.as_of.replace(month=1, day=1), found))
    aged = (row for row in found.differences if row.check == "aged_receivables" and row.in_flight)
    late = sum((row.amount_diff or ZERO for row in aged), ZERO)
    _take(questions, found, report, lambda read: books.trial_balance(connection, found.realm_id, read, late))


def _deep_reports(connection: DuckDBPyConnection, questions: Questions, found: Evidence) -> None:
    """Balances per customer, and income since the first sale."""
    report = questions.report("CustomerBalance", report_date=str(found.as_of))
    _take(questions, found, report, lambda read: books.customer_balance(connection, found.realm_id, read))
    first = income.first_day(connection, found.realm_id)
    if first and first <= found.as_of:
        report = questions.report("ProfitAndLoss", **_since(first, found))
        _take(
            questions,
            found,
            report,
            lambda read: income.profit_and_loss(connection, found.realm_id, first, found.as_of, read),
        )


def _take(
    questions: Questions, found: Evidence, report: Report | None, compare: Callable[[Report], TieOut]
) -> None:
    if report and (tie_out := questions.understood(lambda: compare(report))):
        found.take(tie_out)


def _receivables_of(found: Evidence) -> dict[str, str]:
    """QuickBooks ignores the date of an aging report unless the method is named too."""
    return {"report_date": str(found.as_of), "aging_method": "Report_Date"}


def _since(first: date, found: Evidence) -> dict[str, str]:
    return {"start_date": str(first), "end_date": str(found.as_of), "accounting_method": "Accrual"}
