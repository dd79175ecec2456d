"""Answers to queries: one page of one entity, or its count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..books.state import State
from ..clock import PACIFIC
from ..faults.switches import Switches
from ..wire.encoding import encode, group
from ..wire.fault_codes import Fault
from .conditions import check, narrow, predicate
from .entities import BY_NAME
from .properties import STAMPS, default_order, properties
from .query_language import Query, parse
from .tables import Order, Table, Tables

DEFAULT_RESULTS = 100
MAX_RESULTS = 1000

_BY_LOWER_NAME = {name.lower(): name for name in BY_NAME}


@dataclass
class Page:
    """What a query found; `count` is set for `count(*)` alone."""

    entity: str
    rows: list[bytes] = field(default_factory=list)
    start: int = 1
    total: int | None = None
    count: int | None = None

    @property
    def inside(self) -> bytes:
        """The content of QueryResponse."""
        if self.count is not None:
            return encode({"totalCount": self.count})
        return group(self.entity, self.rows, self.start, len(self.rows), self.total)


def resolve(company: State, spelling: str, switches: Switches) -> str:
    """The entity's right name; raises `Fault` when QuickBooks or this company's edition has none."""
    name = _BY_LOWER_NAME.get(spelling.lower())
    unknown = Fault("4001", f"QueryValidationError: invalid context declaration: {spelling}")
    if name is None:
        raise unknown
    if not company.supports(name):
        if switches.lacking_code == "4001":
            raise unknown
        detail = {
            "500": f"Operation query for entity {name} is not supported.",
            "5020": f"Permission Denied Error : You do not have permission to access {name}.",
            "5030": f"Feature Not Supported Error : The feature {name} is not supported or turned off.",
        }
        raise Fault(switches.lacking_code, detail[switches.lacking_code])
    return name


def answer_query(
    company: State, tables: Tables, statement: str, switches: Switches, budget: int = MAX_RESULTS
) -> Page:
    """One page, of at most `budget` rows; raises `Fault`. Hold `company.lock`."""
    query = parse(statement)
    entity = resolve(company, query.entity, switches)
    allowed = properties(entity)
    query.where = [it._replace(property=allowed.filter(it.property)) for it in query.where]
    for condition in query.where:
        check(condition)
    order: Order = tuple((allowed.sort(name), descending) for name, descending in query.order)
    table = tables.table(entity)
    columns = [_projection(table, name) for name in query.columns]
    today = company.clock.now().in_timezone(PACIFIC).to_date_string()
    matches = _matching(table, query, order or default_order(entity), today)
    if query.count:
        return Page(entity, count=len(matches) if isinstance(matches, Sequence) else sum(1 for _ in matches))
    start, limit = _paging(query, entity, switches)
    limit = min(limit, budget)
    wants_total = BY_NAME[entity].total_count
    if wants_total and switches.total_count == "query":
        matches = list(matches)
    first = start - 1
    page = (
        matches[first : first + limit]
        if isinstance(matches, Sequence)
        else islice(matches, first, first + limit)
    )
    rows = [table.projected(row, columns) if columns else table.encoded(row) for row in page]
    total = len(matches) if isinstance(matches, list) and switches.total_count == "query" else len(rows)
    return Page(entity, rows, start, total if wants_total else None)


def _matching(table: Table, query: Query, order: Order, today: str) -> Sequence[int] | Iterator[int]:
    hidden = any(condition.property == "Active" for condition in query.where)
    by_id = next((condition for condition in query.where if condition.property == "Id"), None)
    rest = [condition for condition in query.where if condition is not by_id]
    rows: Sequence[int]
    if by_id:
        positions = {table.positions.get(str(value)) for value in by_id.values}
        active = table.column("Active") if BY_NAME[table.entity].active and not hidden else None
        rows = table.sort(
            (row for row in positions if row is not None and (active is None or active[row] is not False)),
            order,
        )
    else:
        rows = table.ordered(order, hidden)
        first, descending = order[0]
        if first in STAMPS:
            ranges = [it for it in rest if it.property == first and it.operator not in ("in", "like")]
            if ranges:
                low, high = narrow(ranges, table.ordered_stamps(order, hidden), descending)
                rows = rows[low:high]
                rest = [it for it in rest if it not in ranges]
    if not rest:
        return rows
    tests = [predicate(table, condition, today) for condition in rest]
    return (row for row in rows if all(test(row) for test in tests))


def _paging(query: Query, entity: str, switches: Switches) -> tuple[int, int]:
    if entity == "Preferences":
        return 1, MAX_RESULTS
    start = 1 if query.start is None else query.start
    limit = DEFAULT_RESULTS if query.limit is None else query.limit
    if start == 0 and switches.position_zero == "one":
        start = 1
    for value in (start, limit):
        if value < 1:
            raise Fault("4001", f"QueryValidationError: value {value} is too small. Min allowed value is 1")
    if limit > MAX_RESULTS:
        if switches.results_over == "refuse":
            raise Fault(
                "4001",
                f"QueryValidationError: value {limit} is too large. Max allowed value is {MAX_RESULTS}",
            )
        limit = MAX_RESULTS
    return start, limit + (entity in switches.extra_row and limit < MAX_RESULTS)


def _projection(table: Table, spelling: str) -> str:
    allowed = properties(table.entity)
    name = allowed.known.get(spelling.lower())
    if name in STAMPS or name in ("Id", "SyncToken", "domain", "sparse"):
        return str(name)
    scalar = table.scalars.get(spelling.lower())
    if scalar is None and table.rows:
        raise allowed.missing(spelling)
    return scalar or spelling
