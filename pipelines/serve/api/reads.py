"""The read endpoints: who asks, for which company, which rows, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from duckdb import DuckDBPyConnection
from fastapi import APIRouter, Path, Query, Response

from pipelines.serve.access.callers import Access
from pipelines.serve.access.refusals import ERRORS, Refused
from pipelines.serve.api import questions
from pipelines.serve.api.answers import json_answer, now, page_answer
from pipelines.serve.api.books import Row, as_of, ask, books
from pipelines.serve.api.parameters import (
    Balance,
    From,
    Id,
    LastDays,
    Name,
    Overdue,
    Paged,
    Realm,
    Shape,
    Text,
    To,
)
from pipelines.serve.api.qbo import objects
from pipelines.workspace.home import Home


@dataclass(frozen=True)
class Reads:
    """The endpoints that answer from the published file of a data folder."""

    home: Home

    def customers(
        self,
        page: Paged,
        name_contains: Name = None,
        min_balance: Balance = None,
        overdue_as_of: Overdue = None,
        active: bool | None = None,
        level: Annotated[
            Literal["family", "customer"] | None,
            Query(
                description="family: only customers at the top of their family; customer: all, as without it."
            ),
        ] = None,
        root_customer_id: Id = None,
    ) -> Response:
        """Columns of `core.customers`; `min_balance` is of the balance without jobs, in the customer's currency.
        `level=family` lists families, and `root_customer_id` who belongs to one."""
        return page_answer(
            self.home,
            questions.CUSTOMERS,
            page,
            name_contains=name_contains,
            min_balance=min_balance,
            overdue_as_of=overdue_as_of,
            active=active,
            level=level,
            root_customer_id=root_customer_id,
        )

    def customer(
        self,
        customer_id: Annotated[str, Path(min_length=1, max_length=64)],
        realm_id: Realm,
        shape: Shape = "quickduck",
    ) -> Response:
        """The row of `core.customers`, and those of `marts.customer_value`, `customer_lifetime_value`,
        `customer_payment_behaviour` and `ar_aging_by_invoice` that are the customer's; `family` has those of its
        family, and the customers who belong to it."""
        values = {"realm_id": realm_id, "customer_id": customer_id, "limit": 1, "offset": 0}
        with books(self.home) as connection:
            day = as_of(connection, realm_id)
            rows = ask(connection, questions.CUSTOMERS.page(["customer_id"]), values)
            if not rows:
                raise Refused(404, "No customer of this id is published for this company.")
            del rows[0][questions.TOTAL]
            of_family = {"realm_id": realm_id, "root_customer_id": rows[0]["root_customer_id"]}
            related = _related(connection, questions.OF_ONE_CUSTOMER, values)
            related["family"] = _related(connection, questions.OF_ITS_FAMILY, of_family)
            if shape == "qbo":
                return json_answer(
                    {
                        "Customer": objects(connection, "Customer", realm_id, [customer_id])[0],
                        **related,
                        "time": now(),
                    }
                )
        return json_answer({"realm_id": realm_id, "as_of_date": day, "customer": rows[0], **related})

    def invoices(
        self,
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
        """Columns of `marts.invoices`; with `overdue_as_of` also what was open on that day, and for how long
        past due."""
        return page_answer(
            self.home,
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

    def payments(
        self,
        page: Paged,
        customer_id: Id = None,
        name_contains: Name = None,
        from_date: From = None,
        to_date: To = None,
        last_days: LastDays = None,
        min_balance: Balance = None,
    ) -> Response:
        """Columns of `staging.payments` and the customer's name; `min_balance` is of what is not applied yet."""
        return page_answer(
            self.home,
            questions.PAYMENTS,
            page,
            customer_id=customer_id,
            name_contains=name_contains,
            from_date=from_date,
            to_date=to_date,
            last_days=last_days,
            min_balance=min_balance,
        )

    def accounts(
        self,
        page: Paged,
        name_contains: Name = None,
        account_type: Text = None,
        min_balance: Balance = None,
        active: bool | None = None,
    ) -> Response:
        """Columns of `core.accounts`."""
        return page_answer(
            self.home,
            questions.ACCOUNTS,
            page,
            name_contains=name_contains,
            account_type=account_type,
            min_balance=min_balance,
            active=active,
        )

    def ar_aging(
        self,
        page: Paged,
        as_of: Annotated[
            date | None, Query(description="The end of this day, instead of the company's today.")
        ] = None,
        customer_id: Id = None,
        name_contains: Name = None,
        min_balance: Balance = None,
        overdue_as_of: Overdue = None,
    ) -> Response:
        """Columns of `marts.ar_aging_by_customer`, in home currency; `shape=qbo` is QuickBooks's report of these
        rows."""
        return page_answer(
            self.home,
            questions.AR_AGING,
            page,
            as_of_day=as_of,
            customer_id=customer_id,
            name_contains=name_contains,
            min_balance=min_balance,
            overdue_as_of=overdue_as_of,
        )


def _related(connection: DuckDBPyConnection, asked: Mapping[str, str], values: Mapping[str, Any]) -> Row:
    related: Row = {name: ask(connection, sql, values) for name, sql in asked.items()}
    for one in ("value", "lifetime_value"):
        related[one] = related[one][0] if related[one] else None
    return related


def make_router(home: Home, access: Access) -> APIRouter:
    """The routes of the endpoints that read, all of which ask for a key."""
    reads = Reads(home)
    router = APIRouter(
        tags=["books"],
        dependencies=[access.by_key()],
        responses=ERRORS
        | {
            404: {"description": "No such company or object is published."},
            409: {"description": "A setting leaves a column out that this needs."},
            503: {"description": "Nothing is published yet."},
        },
    )
    router.get("/customers", summary="Customers, jobs and sub-customers")(reads.customers)
    router.get("/customers/{customer_id}", summary="One customer, its value, behaviour and open items")(
        reads.customer
    )
    router.get("/invoices", summary="Invoices, newest first")(reads.invoices)
    router.get("/payments", summary="Payments from customers, newest first")(reads.payments)
    router.get("/accounts", summary="Chart of accounts")(reads.accounts)
    router.get("/ar-aging", summary="Who owes what, by how long it is overdue")(reads.ar_aging)
    return router
