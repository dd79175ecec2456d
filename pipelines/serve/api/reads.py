"""The read endpoints: who asks, for which company, which rows, in which form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from pipelines.base.text import exact_json
from pipelines.serve.access.callers import Caller
from pipelines.serve.access.refusals import ERRORS, Refused
from pipelines.serve.api import questions
from pipelines.serve.api.aged_receivables import report
from pipelines.serve.api.books import Row, as_of, ask, books
from pipelines.serve.api.parameters import (
    Balance,
    From,
    Id,
    LastDays,
    Name,
    Overdue,
    Page,
    Paged,
    Realm,
    Shape,
    Text,
    To,
)
from pipelines.serve.api.qbo import objects
from pipelines.serve.api.questions import Question
from pipelines.serve.serving import serving_of

router = APIRouter(
    tags=["books"],
    responses=ERRORS
    | {
        404: {"description": "No such company or object is published."},
        409: {"description": "A setting leaves a column out that this needs."},
        503: {"description": "Nothing is published yet."},
    },
)


@router.get("/customers", summary="Customers, jobs and sub-customers")
def customers(
    request: Request,
    caller: Caller,
    page: Paged,
    name_contains: Name = None,
    min_balance: Balance = None,
    overdue_as_of: Overdue = None,
    active: bool | None = None,
) -> Response:
    """Columns of `core.customers`; `min_balance` is of the balance without jobs, in the customer's currency."""
    return _answer(
        request,
        questions.CUSTOMERS,
        page,
        name_contains=name_contains,
        min_balance=min_balance,
        overdue_as_of=overdue_as_of,
        active=active,
    )


@router.get("/customers/{customer_id}", summary="One customer, its value, behaviour and open items")
def customer(
    request: Request,
    caller: Caller,
    customer_id: Annotated[str, Path(min_length=1, max_length=64)],
    realm_id: Realm,
    shape: Shape = "quickduck",
) -> Response:
    """The row of `core.customers`, and those of `marts.customer_value`, `customer_lifetime_value`,
    `customer_payment_behaviour` and `ar_aging_by_invoice` that are the customer's."""
    values = {"realm_id": realm_id, "customer_id": customer_id, "limit": 1, "offset": 0}
    with books(serving_of(request).home) as connection:
        day = as_of(connection, realm_id)
        rows = ask(connection, questions.CUSTOMERS.page(["customer_id"]), values)
        if not rows:
            raise Refused(404, "No customer of this id is published for this company.")
        del rows[0][questions.TOTAL]
        told: Row = {name: ask(connection, sql, values) for name, sql in questions.OF_ONE_CUSTOMER.items()}
        for one in ("value", "lifetime_value"):
            told[one] = told[one][0] if told[one] else None
        if shape == "qbo":
            return _json(
                {
                    "Customer": objects(connection, "Customer", realm_id, [customer_id])[0],
                    **told,
                    "time": _now(),
                }
            )
    return _json({"realm_id": realm_id, "as_of_date": day, "customer": rows[0], **told})


@router.get("/invoices", summary="Invoices, newest first")
def invoices(
    request: Request,
    caller: Caller,
    page: Paged,
    customer_id: Id = None,
    name_contains: Name = None,
    from_date: From = None,
    to_date: To = None,
    last_days: LastDays = None,
    min_balance: Balance = None,
    overdue_as_of: Overdue = None,
    item_type: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=100,
            description="Only with a line of such an item: Service, Inventory, …",
        ),
    ] = None,
) -> Response:
    """Columns of `marts.invoices`; with `overdue_as_of` also what was open on that day, and for how long past due."""
    return _answer(
        request,
        questions.INVOICES,
        page,
        customer_id=customer_id,
        name_contains=name_contains,
        from_date=from_date,
        to_date=to_date,
        last_days=last_days,
        min_balance=min_balance,
        overdue_as_of=overdue_as_of,
        item_type=item_type,
    )


@router.get("/payments", summary="Payments from customers, newest first")
def payments(
    request: Request,
    caller: Caller,
    page: Paged,
    customer_id: Id = None,
    name_contains: Name = None,
    from_date: From = None,
    to_date: To = None,
    last_days: LastDays = None,
    min_balance: Balance = None,
) -> Response:
    """Columns of `staging.payments` and the customer's name; `min_balance` is of what is not applied yet."""
    return _answer(
        request,
        questions.PAYMENTS,
        page,
        customer_id=customer_id,
        name_contains=name_contains,
        from_date=from_date,
        to_date=to_date,
        last_days=last_days,
        min_balance=min_balance,
    )


@router.get("/accounts", summary="Chart of accounts")
def accounts(
    request: Request,
    caller: Caller,
    page: Paged,
    name_contains: Name = None,
    account_type: Text = None,
    min_balance: Balance = None,
    active: bool | None = None,
) -> Response:
    """Columns of `core.accounts`."""
    return _answer(
        request,
        questions.ACCOUNTS,
        page,
        name_contains=name_contains,
        account_type=account_type,
        min_balance=min_balance,
        active=active,
    )


@router.get("/ar-aging", summary="Who owes what, by how long it is overdue")
def ar_aging(
    request: Request,
    caller: Caller,
    page: Paged,
    as_of: Annotated[
        date | None, Query(description="The end of this day, instead of the company's today.")
    ] = None,
    customer_id: Id = None,
    name_contains: Name = None,
    min_balance: Balance = None,
    overdue_as_of: Overdue = None,
) -> Response:
    """Columns of `marts.ar_aging_by_customer`, in home currency; `shape=qbo` is QuickBooks's report of these rows."""
    return _answer(
        request,
        questions.AR_AGING,
        page,
        as_of_day=as_of,
        customer_id=customer_id,
        name_contains=name_contains,
        min_balance=min_balance,
        overdue_as_of=overdue_as_of,
    )


def _answer(request: Request, question: Question, page: Page, **filters: Any) -> Response:
    """One page of rows, with how many there are in all."""
    given = {name: value for name, value in filters.items() if value is not None}
    if "min_balance" in given:
        given["min_balance"] = Decimal(given["min_balance"])
    with books(serving_of(request).home) as connection:
        day = as_of(connection, page.realm_id)
        values = given | {"realm_id": page.realm_id, "as_of": day, "limit": page.limit, "offset": page.offset}
        rows = ask(connection, question.page(given), values)
        totals = rows or ask(connection, question.count(given), values)
        total = totals[0][questions.TOTAL]
        for row in rows:
            del row[questions.TOTAL]
        if page.shape == "qbo":
            if not question.entity:
                return _json(report(rows, filters["as_of_day"] or day, whole=len(rows) == total))
            ids = [row[question.key] for row in rows]
            found = objects(connection, question.entity, page.realm_id, ids)
            told: Row = {question.entity: found} if found else {}
            told |= {"startPosition": page.offset + 1, "maxResults": len(found), "totalCount": total}
            return _json({"QueryResponse": told, "time": _now()})
    after = page.offset + len(rows)
    return _json(
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


def _json(answer: Any) -> Response:
    return Response(exact_json(answer), media_type="application/json")


def _now() -> datetime:
    return datetime.now(UTC)
