"""Answers of the endpoints that read: a page of rows, in our form or in QuickBooks's, as exact JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fastapi import Response

from pipelines.base.text import exact_json
from pipelines.serve.api.aged_receivables import report
from pipelines.serve.api.books import Row, as_of, ask, books
from pipelines.serve.api.parameters import Page
from pipelines.serve.api.qbo import objects
from pipelines.serve.api.questions import TOTAL, Question
from pipelines.workspace.home import Home


def page_answer(home: Home, question: Question, page: Page, **filters: Any) -> Response:
    """One page of rows, with how many there are in all."""
    used = {name: value for name, value in filters.items() if value is not None}
    if "min_balance" in used:
        used["min_balance"] = Decimal(used["min_balance"])
    with books(home) as connection:
        day = as_of(connection, page.realm_id)
        values = used | {
            "realm_id": page.realm_id,
            "as_of": day,
            "limit": page.limit,
            "offset": page.offset,
        }
        rows = ask(connection, question.page(used), values)
        totals = rows or ask(connection, question.count(used), values)
        total = totals[0][TOTAL]
        for row in rows:
            del row[TOTAL]
        if page.shape == "qbo":
            if not question.entity:
                return json_answer(report(rows, filters["as_of_day"] or day, whole=len(rows) == total))
            ids = [row[question.key] for row in rows]
            entities = objects(connection, question.entity, page.realm_id, ids)
            response: Row = {question.entity: entities} if entities else {}
            response |= {
                "startPosition": page.offset + 1,
                "maxResults": len(entities),
                "totalCount": total,
            }
            return json_answer({"QueryResponse": response, "time": now()})
    after = page.offset + len(rows)
    return json_answer(
        {
            "realm_id": page.realm_id,
            "as_of_date": day,
            "total": total,
            "limit": page.limit,
            "offset": page.offset,
            "next_offset": after if rows and after < total else None,
            "rows": rows,
        }
    )


def json_answer(value: object) -> Response:
    """The value as JSON, amounts with all their digits."""
    return Response(exact_json(value), media_type="application/json")


def now() -> datetime:
    """The time that an answer in QuickBooks's form carries."""
    return datetime.now(UTC)
