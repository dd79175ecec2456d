"""Income against ProfitAndLoss by month and account: sales lines, and whatever else books to income.

Journal entries, deposits, expenses and bills that book to income stand beside it, one by one: by so much
`core.sales_lines` says something else than QuickBooks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import ZERO, Difference, Suspect, TieOut, cents
from checks.ours import income as ours
from checks.ours.income import Place, Posting
from checks.theirs import report_figures
from checks.theirs.reports import Report

NAME = "profit_and_loss"


@dataclass(frozen=True)
class Compared:
    """One account in one month; what `foreign_documents` post to it may differ by their `rounding`."""

    place: Place
    account: str
    reported: Decimal
    booked: Decimal
    foreign_documents: int
    rounding: Decimal

    @property
    def difference(self) -> Decimal:
        return self.booked - self.reported

    @property
    def is_rounding(self) -> bool:
        return abs(self.difference) <= self.rounding

    @property
    def column(self) -> str:
        """What is compared, in words."""
        month = f" of {self.place.month}" if self.place.month else ""
        return f"income{month} on {self.account}" if self.account else f"income{month}"


def profit_and_loss(
    connection: DuckDBPyConnection,
    realm_id: str,
    first: date,
    as_of: date,
    reports: Iterable[Report],
    *,
    set_aside: Collection[str] = (),
    late: Collection[str] = (),
) -> TieOut:
    """Section Income of the reports, which follow upon one another, beside what we book to it from `first` on.

    Sales whose account nobody says, such as delayed charges and shipping, may stand in any account, and in none where
    the chart of accounts has no income. Suspects are all documents that post to an account in a month in which it
    differs. `set_aside` are months with documents that were set aside, `late` those with documents changed since the
    cut-off: what differs there says nothing.
    """
    reported: dict[Place, Decimal] = {}
    for report in reports:
        for key, amount in report_figures.income(report).items():
            reported[Place(*key)] = reported.get(Place(*key), ZERO) + amount
    has_months = any(place.month for place in reported)
    booked = ours.booked(connection, realm_id, first, as_of, has_months)
    off = [row for row in _compared(reported, booked, ours.names(connection, realm_id)) if row.difference]
    differing = [row for row in off if not row.is_rounding]
    elsewhere = _elsewhere(differing)
    rounded = [row for row in [*off, *elsewhere] if row.difference and row.is_rounding]
    settled = {row.place.month for row in elsewhere}
    differing = [row for row in differing if row.place.month not in settled]
    explained = [row for row in differing if _is_in(set_aside, row.place)]
    if not ours.has_accounts(connection, realm_id):
        explained += [row for row in differing if not row.place.account and row not in explained]
    in_flight = [row for row in differing if _is_in(late, row.place) and row not in explained]
    differing = [row for row in differing if row not in explained and row not in in_flight]
    documents = ours.documents(
        connection, realm_id, first, as_of, has_months, {row.place for row in differing}
    )
    return TieOut(
        NAME,
        {
            "quickbooks_income": cents(sum(reported.values(), ZERO)),
            **_by_source(booked),
            "rounding": cents(sum((row.difference for row in rounded), ZERO)),
            "rounded_documents": sum(row.foreign_documents for row in rounded),
            "unexplained_diff": cents(sum((abs(row.difference) for row in differing), ZERO)),
        },
        (
            *map(_difference, differing),
            *_named(differing, documents),
            *(replace(_difference(row), in_flight=True) for row in in_flight),
        ),
        tuple(dict.fromkeys(Suspect(one.entity, one.id) for one in documents)),
        beside=(
            *(_explaining(one) for one in booked if one.entity),
            *map(_rounding, rounded),
            *(replace(_difference(row), explains=True) for row in explained),
        ),
    )


def _is_in(months: Collection[str], place: Place) -> bool:
    return place.month in months or bool(months and not place.month)


def _compared(
    reported: Mapping[Place, Decimal], booked: Sequence[Posting], names: Mapping[str, str]
) -> list[Compared]:
    amounts: dict[Place, Decimal] = {}
    foreign: dict[Place, int] = {}
    rounding: dict[Place, Decimal] = {}
    for one in booked:
        amounts[one.place] = amounts.get(one.place, ZERO) + one.amount
        foreign[one.place] = foreign.get(one.place, 0) + one.foreign_documents
        rounding[one.place] = rounding.get(one.place, ZERO) + one.rounding
    return [
        Compared(
            place,
            names.get(place.account, place.account),
            reported.get(place, ZERO),
            amounts.get(place, ZERO),
            foreign.get(place, 0),
            rounding.get(place, ZERO),
        )
        for place in sorted(reported.keys() | amounts.keys())
    ]


def _by_source(booked: Collection[Posting]) -> dict[str, int]:
    sums: dict[str, Decimal] = {}
    for one in booked:
        sums[one.booked_by] = sums.get(one.booked_by, ZERO) + one.amount
    return {f"by_{source.replace(' ', '_')}": cents(amount) for source, amount in sorted(sums.items())}


def _elsewhere(differing: Sequence[Compared]) -> list[Compared]:
    """What we know no account of, per month in which the accounts have just as much more, but for rounding."""
    settled = []
    for unknown in (row for row in differing if not row.place.account):
        month = unknown.place.month
        others = [row for row in differing if row.place.month == month and row.place.account]
        more = -sum((row.difference for row in others), ZERO)
        placed = replace(unknown, reported=unknown.reported + more)
        if placed.is_rounding and all(row.difference * more < 0 for row in others):
            settled.append(placed)
    return settled


def _difference(row: Compared) -> Difference:
    return Difference.of_amounts(NAME, "Account", row.place.account, row.column, row.reported, row.booked)


def _rounding(row: Compared) -> Difference:
    says = f"{row.booked}, within the rounding of {row.foreign_documents} foreign documents"
    return Difference(
        NAME,
        "Account",
        row.place.account,
        row.column,
        str(row.reported),
        says,
        row.difference,
        is_money=False,
        explains=True,
    )


def _named(differing: Iterable[Compared], documents: Iterable[Posting]) -> Iterator[Difference]:
    """Per account and month the document to look at first: whose amount is the difference, else the largest."""
    for row in differing:
        here = [one for one in documents if one.place == row.place]
        for first in sorted(here, key=lambda one: (abs(one.amount) != abs(row.difference), -abs(one.amount)))[
            :1
        ]:
            label = f"{first.entity} {first.doc_number or first.id}"
            says = f"{row.difference} more in our {len(here)} documents"
            yield Difference(
                NAME, first.entity, first.id, f"{label}, {row.column}", says, str(first.amount), is_money=False
            )  # fmt: skip


def _explaining(one: Posting) -> Difference:
    return Difference(
        NAME,
        one.entity,
        one.id,
        "line_amount, account_id",
        str(one.amount),
        f"no sale; income account {one.place.account}",
        -one.amount,
        is_money=False,
        explains=True,
    )
