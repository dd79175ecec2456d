"""The day the marts speak of: an argument of every run, never the machine's own clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pendulum
from duckdb import DuckDBPyConnection
from pendulum.tz.exceptions import InvalidTimezone

from transforms.live import raw_tables

QUICKBOOKS_CLOCK = "America/Los_Angeles"


def as_of_dates(connection: DuckDBPyConnection, given: date | None = None) -> Mapping[str, date]:
    """Per company, `given` or today: the server's clock at the last visit, in the company's time zone.

    A company whose time zone is not known has QuickBooks's own, Pacific time.
    """
    if "company_info" not in raw_tables(connection):
        return {}
    rows = connection.execute(
        """select realm_id, max(answered_at), arg_max(payload->>'$.DefaultTimeZone', answered_at)
        from raw.company_info group by realm_id"""
    ).fetchall()
    return {
        realm_id: given or pendulum.instance(answered_at).in_timezone(_zone(zone)).date()
        for realm_id, answered_at, zone in rows
    }


def _zone(name: str | None) -> pendulum.Timezone | pendulum.FixedTimezone:
    try:
        return pendulum.timezone(name or QUICKBOOKS_CLOCK)
    except InvalidTimezone:
        return pendulum.timezone(QUICKBOOKS_CLOCK)
