"""What the cassettes hold: a name each, and the requests behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pendulum import DateTime

from pipelines.connect.token_endpoint import TokenEndpoint
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import QuickBooksError


@dataclass(frozen=True)
class Wire:
    """One company and the token endpoint, as a scene meets them; `code` and `since` are of the recording."""

    client: QuickBooks
    endpoint: TokenEndpoint
    realm_id: str
    redirect_uri: str
    code: str
    refresh_token: str
    since: DateTime


def sign_in(wire: Wire) -> Any:
    return wire.endpoint.exchange(wire.code, wire.redirect_uri, wire.realm_id)


def refresh_with_rotation(wire: Wire) -> Any:
    first = wire.endpoint.refresh(wire.refresh_token, wire.realm_id)
    return first, wire.endpoint.refresh(first.refresh_token, wire.realm_id)


def two_query_pages(wire: Wire) -> Any:
    ask = "SELECT * FROM Customer WHERE Active IN (true, false) ORDERBY MetaData.LastUpdatedTime"
    return [wire.client.query(f"{ask} STARTPOSITION {position} MAXRESULTS 3") for position in (1, 4)]


def count(wire: Wire) -> Any:
    return wire.client.query("SELECT count(*) FROM Customer")


def cdc(wire: Wire) -> Any:
    return wire.client.cdc(["Budget", "Payment"], wire.since)


def batch(wire: Wire) -> Any:
    return wire.client.batch(
        {
            "terms": "SELECT * FROM Term",
            "misspelt": "SELECT * FROM Custmoer",
            "count": "SELECT count(*) FROM Item",
        }
    )


def refused_token(wire: Wire) -> Any:
    return wire.client.query("SELECT count(*) FROM Customer")


def throttled(wire: Wire) -> Any:
    return wire.client.query("SELECT count(*) FROM Customer")


def fault_in_http_200(wire: Wire) -> Any:
    return wire.client.query("SELECT count(*) FROM Customer")


def aged_receivables(wire: Wire) -> Any:
    return wire.client.report("AgedReceivables", report_date="2026-10-31", aging_method="Report_Date")


def company_info(wire: Wire) -> Any:
    return wire.client.read("CompanyInfo", wire.realm_id)


def revoke(wire: Wire) -> Any:
    return wire.endpoint.revoke(wire.refresh_token, wire.realm_id)


SCENES: dict[str, Callable[[Wire], Any]] = {
    scene.__name__: scene
    for scene in (
        sign_in,
        refresh_with_rotation,
        two_query_pages,
        count,
        cdc,
        batch,
        refused_token,
        throttled,
        fault_in_http_200,
        aged_receivables,
        company_info,
        revoke,
    )
}

FROM_A_SANDBOX = ("two_query_pages", "count", "batch", "aged_receivables", "company_info")
"""Scenes that only read, and that a sandbox plays without being told to fail."""


def played(scene: str, wire: Wire) -> Any:
    """What the scene brings; an error that it ends in is its result."""
    try:
        return SCENES[scene](wire)
    except QuickBooksError as error:
        return error
