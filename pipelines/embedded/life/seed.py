"""The two companies of the world, from their first day to now."""

from __future__ import annotations

import datetime as dt
from random import Random

import pendulum

from ..books.company import Company
from ..books.profile import Profile
from ..clock import PACIFIC
from ..offer import OFFER
from .business import advance, live_until, open_business
from .cases import every_case
from .catalog import stock_catalog
from .chart_of_accounts import open_accounts
from .seed_lists import seed_lists
from .seed_people import seed_people
from .unusual import unusual_forms

LACKING_ABROAD = (
    "Budget",
    "Class",
    "Department",
    "InventoryAdjustment",
    "JournalCode",
    "PurchaseOrder",
    "RecurringTransaction",
    "ReimburseCharge",
    "SalesTaxPayment",
    "TimeActivity",
)


def profiles(seed: int, size: float) -> tuple[Profile, ...]:
    """A US company in dollars, and a Canadian one with customers in three currencies."""
    return (
        Profile(
            realm_id=OFFER.realm_ids[0],
            name="Bluestone Garden & Light",
            country="US",
            home_currency="USD",
            time_zone="America/Los_Angeles",
            sku="QuickBooks Online Plus",
            seed=seed,
            size=size,
            lacks=("CompanyCurrency", "ExchangeRate", "JournalCode", "TaxPayment"),
        ),
        Profile(
            realm_id=OFFER.realm_ids[1],
            name="Limestone Harbour Supply",
            country="CA",
            home_currency="CAD",
            time_zone="America/Toronto",
            sku="QuickBooks Online Essentials",
            seed=seed,
            size=size * 0.16,
            currencies=("USD", "EUR"),
            lacks=LACKING_ABROAD,
        ),
    )


def open_company(profile: Profile, start: dt.datetime) -> Company:
    """A company with its chart of accounts, lists and catalogue, and nobody in it yet."""
    company = Company(profile, start)
    open_accounts(company)
    seed_lists(company)
    stock_catalog(company, company.today())
    return company


def grow(profile: Profile, now: dt.datetime, years: int) -> Company:
    """A company that opened so many years ago and has lived through every day since."""
    end = pendulum.instance(now).in_timezone(PACIFIC)
    start = end.subtract(years=years)
    company = open_company(profile, start)
    size = profile.size
    customers, vendors, employees = (
        max(16, round(140 * size)),
        max(6, round(36 * size)),
        max(3, round(10 * size)),
    )
    rng = Random(f"{profile.seed}/{profile.realm_id}")
    seed_people(company, rng, customers, vendors, employees)
    open_business(company)
    advance(company, (end.date() - start.date()).days - 1)
    every_case(company)
    unusual_forms(company)
    live_until(company, now)
    return company
