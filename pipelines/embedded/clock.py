"""The company's own clock and the stamps and dates read off it."""

from __future__ import annotations

import datetime as dt

import pendulum
from pendulum import DateTime

PACIFIC = pendulum.timezone("America/Los_Angeles")


class Clock:
    """A clock that stands still until it is moved; `now()` is aware and UTC."""

    def __init__(self, now: dt.datetime) -> None:
        # Plain datetime inside: a simulated day moves it some fifty times, pendulum's arithmetic takes 15 µs.
        self._now = utc(now)
        self._stamp: str | None = None

    def now(self) -> DateTime:
        return pendulum.instance(self._now)

    def advance(self, *, seconds: float = 0, days: int = 0) -> None:
        """Days keep the wall time in Pacific, where the servers stand, across a change of daylight saving."""
        start = self.now().in_timezone(PACIFIC).add(days=days) if days else self._now
        self.set(start + dt.timedelta(seconds=seconds))

    def set(self, now: dt.datetime) -> None:
        moved = utc(now)
        if moved < self._now:
            raise ValueError(f"the clock stands at {self._now} and does not go back to {moved}")
        self._now = moved
        self._stamp = None

    def stamp(self) -> str:
        """Now as MetaData writes it: whole seconds in Pacific time with its offset."""
        if self._stamp is None:
            self._stamp = stamp(self._now)
        return self._stamp

    def date(self, time_zone: str) -> str:
        """Today in the company's time zone, ISO."""
        return self.now().in_timezone(time_zone).to_date_string()

    def timestamp(self) -> float:
        return self._now.timestamp()


def utc(moment: dt.datetime) -> dt.datetime:
    """The moment as a plain datetime in UTC, whatever it came as."""
    at = moment.astimezone(dt.UTC)
    return dt.datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, dt.UTC)


def stamp(moment: dt.datetime) -> str:
    """Whole seconds in Pacific time with its offset: `2026-05-05T03:09:39-07:00`."""
    return moment.astimezone(PACIFIC).replace(microsecond=0).isoformat()


def add_days(date: str, days: int) -> str:
    return (dt.date.fromisoformat(date) + dt.timedelta(days=days)).isoformat()


def days_between(start: str, end: str) -> int:
    return (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days
