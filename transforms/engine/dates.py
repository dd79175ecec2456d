"""The date that the marts stand for: an argument of every run, never the machine's own clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pendulum
from duckdb import DuckDBPyConnection
from pendulum.tz.exceptions import InvalidTimezone

from pipelines.base.sqltext import identifier, tables
from pipelines.quickbooks.entities import CATALOGUE
from pipelines.quickbooks.times import PACIFIC


def as_of_dates(connection: DuckDBPyConnection, given: date | None = None) -> Mapping[str, date]:
    """Per company, `given` or today: the server's clock at the last visit, in the company's time zone.

    A company whose time zone is unknown has QuickBooks's own, Pacific time. The last visit is the last answer about the
    company itself or, if there never was one, the last answer of any kind.
    """
    rows: list[tuple[str, datetime, str | None]] = []
    if "company_info" in tables(connection, "raw"):
        rows = connection.execute(
            """select realm_id, max(answered_at), arg_max(payload->>'$.DefaultTimeZone', answered_at)
            from raw.company_info group by realm_id"""
        ).fetchall()
    described = {realm_id for realm_id, _, _ in rows}
    rows += [(realm_id, at, None) for realm_id, at in _last_answers(connection) if realm_id not in described]
    return {realm_id: given or _day(answered_at, zone) for realm_id, answered_at, zone in rows}


def of_today(connection: DuckDBPyConnection, as_of: Mapping[str, date]) -> set[str]:
    """Companies whose date is their own today: the day of the last answer that raw holds of them.

    A date in the past does not count as today, and neither does that of a visit after which something was read again on
    a later day.
    """
    zones: dict[str, str | None] = {}
    if "company_info" in tables(connection, "raw"):
        zones = dict(
            connection.execute(
                """select realm_id, arg_max(payload->>'$.DefaultTimeZone', answered_at)
                from raw.company_info group by realm_id"""
            ).fetchall()
        )
    return {
        realm_id
        for realm_id, answered_at in _last_answers(connection)
        if as_of.get(realm_id) == _day(answered_at, zones.get(realm_id))
    }


def _last_answers(connection: DuckDBPyConnection) -> list[tuple[str, datetime]]:
    """When each company last answered any question."""
    raw = tables(connection, "raw")
    answers = " union all ".join(
        f"select realm_id, max(answered_at) as answered_at from {identifier('raw', entity.table)} group by realm_id"
        for entity in CATALOGUE
        if entity.table in raw
    )
    if not answers:
        return []
    return connection.execute(
        f"select realm_id, max(answered_at) from ({answers}) group by realm_id"
    ).fetchall()


def _day(at: datetime, zone: str | None) -> date:
    return pendulum.instance(at).in_timezone(_zone(zone)).date()


def _zone(name: str | None) -> pendulum.Timezone | pendulum.FixedTimezone:
    try:
        return pendulum.timezone(name or PACIFIC.key)
    except InvalidTimezone:
        return pendulum.timezone(PACIFIC.key)
