"""Statements of the query language for one entity, as text.

Source: https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from pendulum import DateTime

from .entities import Entity, Kind

MOST_OBJECTS = 1000
"""Most objects in a query's page, in a whole batch answer and in a whole CDC answer; most ids in one question."""
BATCH = 30
"""Most statements in one batch request."""
STAMP = "MetaData.LastUpdatedTime"
ACTIVE = "Active IN (true, false)"


def count(entity: Entity, *, since: DateTime | None = None, until: DateTime | None = None) -> str:
    """How many rows there are, inactive ones included."""
    return f"SELECT count(*) FROM {entity.name}{_where(entity, _changed(since, until))}"


def changed(
    entity: Entity,
    *,
    since: DateTime | None = None,
    until: DateTime | None = None,
    position: int = 1,
    limit: int | None = None,
    order: str = STAMP,
) -> str:
    """A page of the rows whose LastUpdatedTime lies in [since, until), oldest change first where the entity can sort.

    For a singleton it asks for its one row, since Preferences refuses to be paged.
    """
    if entity.kind is Kind.SINGLETON:
        return f"SELECT * FROM {entity.name}"
    ordered = f" ORDERBY {order}" if entity.sortable else ""
    where = _where(entity, _changed(since, until))
    return f"SELECT * FROM {entity.name}{where}{ordered} STARTPOSITION {position} MAXRESULTS {limit or MOST_OBJECTS}"


def ids(entity: Entity, *, position: int) -> str:
    """A page of ids, in the order of ids."""
    ordered = " ORDERBY Id" if entity.sortable else ""
    where = _where(entity, [])
    return f"SELECT Id FROM {entity.name}{where}{ordered} STARTPOSITION {position} MAXRESULTS {MOST_OBJECTS}"


def by_id(entity: Entity, ids: Sequence[str]) -> str:
    """The rows with these ids; at most a page of them."""
    literals = ", ".join(quoted(id) for id in ids)
    return f"SELECT * FROM {entity.name}{_where(entity, [f'Id IN ({literals})'])} MAXRESULTS {MOST_OBJECTS}"


def plainer(statement: str, refusal: str) -> str | None:
    """The statement without the filter or the order that the entity refused; None when it refused something else.

    An entity without Active has no inactive rows, and one that cannot be sorted is read by positions.
    """
    if re.search(r"property '?Active\b", refusal, re.IGNORECASE):
        shorter = statement.replace(f"{ACTIVE} AND ", "").replace(f" WHERE {ACTIVE}", "")
    elif re.search(r"\b(order|sort|MetaData|LastUpdatedTime|Id)\b", refusal, re.IGNORECASE):
        shorter = re.sub(r" ORDERBY \S+", "", statement)
    else:
        return None
    return None if shorter == statement else shorter


def in_batches(statements: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Statements by the caller's names, in parts that fit into one batch request."""
    left = iter(statements.items())
    while part := dict(islice(left, BATCH)):
        yield part


def quoted(value: str) -> str:
    """A literal; the grammar escapes with a backslash."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _changed(since: DateTime | None, until: DateTime | None) -> list[str]:
    lower = [f"{STAMP} >= '{since.in_timezone('UTC').to_iso8601_string()}'"] if since else []
    upper = [f"{STAMP} < '{until.in_timezone('UTC').to_iso8601_string()}'"] if until else []
    return lower + upper


def _where(entity: Entity, conditions: Sequence[str]) -> str:
    """Name lists hide their inactive rows unless they are asked for."""
    conditions = [ACTIVE, *conditions] if entity.active else conditions
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
