"""Reads stamps of QuickBooks; one without an offset is on QuickBooks's own clock, Pacific time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pendulum
from pendulum import DateTime

PACIFIC = ZoneInfo("America/Los_Angeles")
_MARK = "YYYY-MM-DDTHH:mm:ss.SSSSSSZ"


def stamp(text: object) -> datetime | None:
    """A stamp as QuickBooks means it, without an offset on its own clock; None where it is no stamp."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)


def utc(moment: datetime) -> DateTime:
    """The same moment in UTC."""
    return pendulum.instance(moment).in_timezone("UTC")


def mark(moment: DateTime) -> str:
    """A moment as dlt's state keeps it; `from_mark` reads it."""
    return moment.isoformat(timespec="microseconds")


def from_mark(text: str) -> DateTime:
    """The moment that a mark in dlt's state stands for."""
    return utc(pendulum.from_format(text, _MARK))
