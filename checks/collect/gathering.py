"""One gathering of evidence: what the checks of a company read, and what they ask QuickBooks once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pendulum
from duckdb import DuckDBPyConnection

from checks.compare.tie_outs import aged_receivables as aging
from checks.evidence import Difference, Evidence
from checks.ours import income as booked_income
from checks.ours import raw_copy
from checks.ours.raw_copy import Fingerprint
from checks.ours.set_aside import SetAside, set_aside
from checks.theirs.questions import Asks, Questions
from checks.theirs.reports import Report, UnreadableReport
from pipelines.quickbooks.errors import RequestFailed


@dataclass
class Gathering:
    """One gathering of evidence about one company: where to read, whom to ask, and what has come of it so far.

    `night_counts` are what QuickBooks said while the night copied; `withheld` names columns, as
    `schema.table.column`, that are left out of the published file or hashed. `stop_at_card_numbers` is a rule of the
    house. `altered` are cells that were not what a fresh build gives.
    """

    connection: DuckDBPyConnection
    evidence: Evidence
    client: Asks | None = None
    night_counts: Mapping[str, int] | None = None
    withheld: Collection[str] = ()
    stop_at_card_numbers: bool = False
    altered: Sequence[Difference] = ()

    @property
    def realm_id(self) -> str:
        return self.evidence.realm_id

    @cached_property
    def questions(self) -> Questions:
        """Raises LookupError without a client: nobody can be asked."""
        if self.client is None:
            raise LookupError("There is no client to ask QuickBooks through.")
        return Questions(self.client, self.evidence.unanswered)

    @cached_property
    def fingerprints(self) -> dict[str, Fingerprint]:
        """What is live in `raw`, by entity."""
        return raw_copy.fingerprints(self.connection, self.realm_id)

    @cached_property
    def aside(self) -> SetAside:
        """What the documents touch that could not be read."""
        return set_aside(self.connection, self.realm_id)

    @property
    def aging(self) -> list[Difference]:
        """How the aging of customers differs, as far as it was compared."""
        return [row for row in self.evidence.differences if row.check == aging.BY_CUSTOMER]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many objects of each entity QuickBooks has: as it said in the night, else asked once."""
        return self.questions.counts() if self.night_counts is None else self.night_counts

    def aging_report(self, name: str) -> Report:
        """QuickBooks ignores the date of an aging report unless the method is named too."""
        return self.questions.report(name, report_date=str(self.evidence.as_of), aging_method="Report_Date")

    def report_since(self, name: str, first: date, last: date | None = None, **params: str) -> Report:
        """A report on the days from `first` on, up to the run's date or `last`."""
        end = last or self.evidence.as_of
        return self.questions.report(
            name, start_date=str(first), end_date=str(end), accounting_method="Accrual", **params
        )

    def by_month(self, name: str, first: date, last: date) -> list[Report]:
        """A report by months; in two halves, and so on down to a year, where QuickBooks cannot answer the whole."""
        try:
            return [self.report_since(name, first, last, summarize_column_by="Month")]
        except (RequestFailed, UnreadableReport):
            months = (last.year - first.year) * 12 + last.month - first.month
            if months < 12:
                raise
            turn = pendulum.date(first.year, first.month, 1).add(months=months // 2 + 1)
            return [*self.by_month(name, first, turn.subtract(days=1)), *self.by_month(name, turn, last)]

    @cached_property
    def first_sale(self) -> date | None:
        """The first day of the last ten years with a sale."""
        return booked_income.first_day(self.connection, self.realm_id, self.evidence.as_of)
