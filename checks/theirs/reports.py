"""QuickBooks reports, read exactly: leaves only, decimals, whatever order and language the columns come in.

Source: https://developer.intuit.com/app/developer/qbo/docs/api/accounting/report-entities/aragingsummary
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import pendulum
from pendulum import DateTime

from checks.evidence import ZERO
from pipelines.base.errors import QuickduckError

CUT_SHORT = "Unable to display more data"


class UnreadableReport(QuickduckError):
    """QuickBooks answered with a report that cannot be understood and so proves nothing."""


@dataclass(frozen=True)
class Column:
    """One column: `key` is ColKey, else ColType (where older answers put it), else the title.

    `month`, such as 2026-03, is that of a report by months; empty for its total and in other reports.
    """

    position: int
    key: str
    title: str
    is_money: bool
    month: str = ""

    @property
    def names(self) -> set[str]:
        """What it may be called by, in lower case."""
        return {self.key.casefold(), self.title.casefold()}


@dataclass(frozen=True)
class Leaf:
    """One posting line of a report with the sections around it, outermost first."""

    cells: tuple[Mapping[str, Any], ...]
    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id of the first cell, else of the innermost section that has one."""
        own = text(self.cells[0], "id") if self.cells else ""
        return own or next((id for id in reversed(self.ids) if id), "")


@dataclass(frozen=True)
class Report:
    """A report: `totals` are the cells of its grand total row, empty where it has none."""

    name: str
    time: DateTime | None
    currency: str
    columns: tuple[Column, ...]
    leaves: tuple[Leaf, ...]
    totals: tuple[Mapping[str, Any], ...] = field(default=())

    def amount(self, cells: Sequence[Mapping[str, Any]], position: int) -> Decimal:
        """The cell as a decimal, empty or missing as zero; raises UnreadableReport for anything else."""
        value = text(cells[position], "value") if position < len(cells) else ""
        try:
            return Decimal(value) if value else ZERO
        except InvalidOperation as error:
            raise UnreadableReport(f"Report {self.name} holds {value!r} where an amount belongs.") from error

    @property
    def money(self) -> list[Column]:
        return [column for column in self.columns if column.is_money]

    def column(self, *names: str) -> Column:
        """The first column whose key, else title, is one of `names`; raises UnreadableReport without one."""
        for attribute in ("key", "title"):
            for name in names:
                for column in self.columns:
                    if getattr(column, attribute).casefold() == name.casefold():
                        return column
        raise UnreadableReport(
            f"Report {self.name} has no column {' or '.join(names)}, only "
            f"{', '.join(column.key for column in self.columns)}. QuickBooks changed it."
        )


def parse(answer: Mapping[str, Any]) -> Report:
    """The report in `answer`; raises UnreadableReport where QuickBooks cut it short or changed its shape."""
    header = answer.get("Header") or {}
    name = str(header.get("ReportName", "?"))
    columns = tuple(_columns(answer))
    options = {option.get("Name"): option.get("Value") for option in header.get("Option") or []}
    rows = _rows(answer)
    no_data = options.get("NoReportData") == "true"
    leaves = () if no_data else tuple(_leaves(rows, name, (), (), ()))
    stamp = header.get("Time")
    return Report(
        name=name,
        time=pendulum.parse(stamp, exact=True) if stamp else None,  # type: ignore[arg-type]
        currency=str(header.get("Currency", "")),
        columns=columns,
        leaves=leaves,
        totals=next((_cells(row.get("Summary")) for row in rows if row.get("group") == "GrandTotal"), ()),
    )


def _columns(answer: Mapping[str, Any]) -> Iterator[Column]:
    for position, column in enumerate(_headings(answer)):
        names = {meta.get("Name"): meta.get("Value") for meta in column.get("MetaData") or []}
        title, kind = str(column.get("ColTitle", "")), str(column.get("ColType", ""))
        key = str(names.get("ColKey") or kind or title)
        is_money = kind == "Money" or kind.startswith(("subt_", "rbal_"))
        yield Column(position, key, title, is_money, str(names.get("StartDate") or "")[:7])


def _headings(within: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The columns that have cells: of one with columns of its own, these."""
    for column in (within.get("Columns") or {}).get("Column") or []:
        if column.get("Columns"):
            yield from _headings(column)
        else:
            yield column


def _rows(within: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = (within.get("Rows") or {}).get("Row") or []
    return rows


def _cells(row: Mapping[str, Any] | None) -> tuple[Mapping[str, Any], ...]:
    return tuple((row or {}).get("ColData") or ())


def _leaves(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    ids: tuple[str, ...],
    titles: tuple[str, ...],
    groups: tuple[str, ...],
) -> Iterator[Leaf]:
    """Postings below `rows`; a section's header counts as one where it carries amounts of its own."""
    for row in rows:
        head, cells = _cells(row.get("Header")), _cells(row)
        if any(CUT_SHORT in text(cell, "value") for cell in (*head, *cells)):
            raise UnreadableReport(
                f"Report {name} is over QuickBooks's limit of 400,000 cells and came back cut short. "
                "Ask for a shorter period or fewer customers."
            )
        inner = (
            (*ids, text(head[0], "id") if head else ""),
            (*titles, text(head[0], "value") if head else ""),
            (*groups, str(row.get("group", ""))),
        )
        if any(text(cell, "value") for cell in head[1:]):
            yield Leaf(head, *inner)
        yield from _leaves(_rows(row), name, *inner)
        if cells and row.get("group") != "GrandTotal":
            yield Leaf(cells, ids, titles, groups)


def text(cell: Mapping[str, Any], name: str) -> str:
    """The cell's value or id, empty where it has none."""
    value = cell.get(name)
    return "" if value is None else str(value)
