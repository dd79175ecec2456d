"""Business as it goes on: what happens at the company while its clock runs."""

from __future__ import annotations

import datetime as dt
from random import Random

from ..books.company import Company
from ..clock import PACIFIC, days_between
from . import (
    buying,
    collecting,
    counter,
    estimates,
    mishaps,
    month_end,
    projects,
    review,
    selling,
    templates,
    unusual,
)
from .day import Day

WORKING_SECONDS = 30_000
HOLIDAYS = ("01-01", "07-04", "12-25")


def advance(company: Company, days: int) -> None:
    """Moves the clock on by whole days, wall time kept in Pacific; the books live through the working ones."""
    with company.lock:
        for _ in range(days):
            live_until(company, company.clock.now().in_timezone(PACIFIC).add(days=1))


def live_until(company: Company, end: dt.datetime) -> None:
    """Does a day's business, where it is a working day, and leaves the clock at the end given."""
    date = company.today()
    if is_working(date):
        live(company, date, company.clock.timestamp() + WORKING_SECONDS)
    company.clock.set(end)


def is_working(date: str) -> bool:
    return dt.date.fromisoformat(date).weekday() < 5 and date[5:] not in HOLIDAYS


def live(company: Company, date: str, ends: float) -> None:
    profile = company.profile
    rng = Random(f"{profile.seed}/{profile.realm_id}/{date}")
    day = Day(company, rng, date, days_between(company.roles["opened"], date), ends)
    month_end.run(day)
    buyers = selling.pick_buyers(day)
    estimates.run(day, buyers)
    projects.run(day)
    selling.run(day, buyers)
    counter.run(day)
    if month_end.is_first_from(date, 1):
        unusual.run(day)
    if month_end.is_first_from(date, 20):
        review.run(day)
    collecting.run(day)
    buying.run(day)
    mishaps.run(day)


def open_business(company: Company) -> None:
    """The first day: capital, stock, budgets and recurring forms."""
    company.roles["opened"] = company.today()
    month_end.capitalise(company)
    buying.first_stock(company)
    templates.templates(company)
