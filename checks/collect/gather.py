"""Asking QuickBooks what our copy should say, once per pass: nothing is judged here.

A run gathers, reads the suspects again and loads them, gathers once more if there were any, and then judges.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import localcontext

from duckdb import DuckDBPyConnection

from checks.collect.gathering import Gathering
from checks.collect.making import documents_at_fault
from checks.collect.registry import CHECKS, When
from checks.evidence import Difference, Evidence
from checks.ours import receivables
from checks.theirs.questions import Asks

DIGITS = 400
"""Of sums, which stay exact whatever amounts QuickBooks sends: JSON holds numbers of 309 digits."""


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
    altered: Sequence[Difference] = (),
    stop_at_card_numbers: bool = False,
) -> Evidence:
    """The evidence about one company: two reports, and counts where the night's are not given.

    Without a client the company is compared with itself alone. `deep` reads every object and five more reports.
    `withheld` names columns, as `schema.table.column`, that are left out of the published file or hashed. `altered` are
    cells that were not what a fresh build gives. With `stop_at_card_numbers` a card number that would be published
    masked is an error.
    What QuickBooks cannot or will not answer is evidence too; only SignInNeeded is raised.
    """
    evidence = Evidence(realm_id, run_id, as_of, deep=deep, compared=client is not None)
    gathering = Gathering(connection, evidence, client, counts, withheld, stop_at_card_numbers, altered)
    with localcontext(prec=DIGITS):
        for check in CHECKS:
            is_due = check.when is When.NIGHTLY or (deep and check.when is When.DEEP)
            if not is_due or (check.asks_quickbooks and client is None):
                continue
            if check.asks_quickbooks:
                with gathering.questions.refusals_noted():
                    check.make(gathering)
            else:
                check.make(gathering)
        evidence.differences += documents_at_fault(gathering)
    if client:
        evidence.suspects += receivables.holders(connection, realm_id, evidence.suspects)
    return evidence


def gather_once(connection: DuckDBPyConnection, evidence: Evidence) -> Evidence:
    """The same evidence with what is asked but once a run, however often it gathered."""
    complete = replace(evidence, tie_outs=[*evidence.tie_outs])
    for check in CHECKS:
        if check.when is When.ONCE:
            check.make(Gathering(connection, complete))
    return complete
