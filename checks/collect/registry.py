"""Every check, once: its name, what it compares, what it costs in calls, when it is made, and how.

`gather` makes them in this order, `plan` adds up their calls, and the table in docs/checks.md is written from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from math import ceil

from checks.collect.gathering import Gathering
from checks.collect.making import (
    accounts_receivable,
    aged_receivable_detail,
    aged_receivables,
    card_numbers,
    content,
    customer_balance,
    customer_sales,
    fresh_build,
    identities,
    item_sales,
    oddities,
    profit_and_loss,
    schema_drift,
    staged,
    sync_accuracy,
    trial_balance,
)
from pipelines.quickbooks.entities import CATALOGUE, Kind
from pipelines.quickbooks.statements import BATCH, MOST_OBJECTS

COUNTED = [entity.name for entity in CATALOGUE if entity.kind is not Kind.SINGLETON]

Counts = Mapping[str, int]


class When(Enum):
    """When a check is made."""

    NIGHTLY = "each night"
    ONCE = "each night, once"
    """However often a run gathers, for what was seen is no news the next time."""
    DEEP = "once a week, and with `--deep`"


@dataclass(frozen=True)
class Calls:
    """How many HTTP requests a check takes when nothing differs, in words, and by the counts of a night."""

    words: str
    number: Callable[[Counts | None], int]


def _batches(counts: Counts | None) -> int:
    return 0 if counts is not None else ceil(len(COUNTED) / BATCH)


def _pages(counts: Counts | None) -> int:
    pages = sum(counts[name] // MOST_OBJECTS + 1 for name in COUNTED if counts.get(name)) if counts else 0
    return pages + len(CATALOGUE) - len(COUNTED)


NO_CALLS = Calls("none", lambda counts: 0)
ONE_REPORT = Calls("1", lambda counts: 1)
BATCHES = Calls("none after a copy, else 2", _batches)
PAGES = Calls("1 per 1,000 objects of an entity", _pages)


@dataclass(frozen=True)
class Check:
    """One check: `make` adds what it finds to the evidence, and gives the check its name."""

    make: Callable[[Gathering], None]
    compares: str
    calls: Calls
    when: When

    @property
    def name(self) -> str:
        """As results and differences bear it in the warehouse."""
        return self.make.__name__

    @property
    def asks_quickbooks(self) -> bool:
        """Whether it needs a client; the others compare the copy with itself."""
        return self.calls is not NO_CALLS


NIGHTLY, ONCE, DEEP = When.NIGHTLY, When.ONCE, When.DEEP
CHECKS = (
    Check(staged, "staging with what was read", NO_CALLS, NIGHTLY),
    Check(fresh_build, "staging, core and marts with a fresh build, cell by cell", NO_CALLS, DEEP),
    Check(identities, "the books with themselves", NO_CALLS, NIGHTLY),
    Check(oddities, "what an accountant would look at", NO_CALLS, NIGHTLY),
    Check(schema_drift, "fields with those seen before", NO_CALLS, ONCE),
    Check(card_numbers, "text fields with card numbers", NO_CALLS, NIGHTLY),
    Check(accounts_receivable, "open documents with A/R accounts and customer balances", NO_CALLS, NIGHTLY),
    Check(aged_receivables, "aging per customer and bucket with AgedReceivables", ONE_REPORT, NIGHTLY),
    Check(aged_receivable_detail, "open documents with AgedReceivableDetail", ONE_REPORT, DEEP),
    Check(trial_balance, "receivables in total, and balances per account, with TrialBalance", ONE_REPORT, NIGHTLY),
    Check(sync_accuracy, "numbers of objects per entity", BATCHES, NIGHTLY),
    Check(content, "every id, sync token and field", PAGES, DEEP),
    Check(customer_balance, "customer balances with CustomerBalance", ONE_REPORT, DEEP),
    Check(profit_and_loss, "income per month and account with ProfitAndLoss", ONE_REPORT, DEEP),
    Check(customer_sales, "sales per customer with CustomerSales", ONE_REPORT, DEEP),
    Check(item_sales, "sales per item with ItemSales", ONE_REPORT, DEEP),
)  # fmt: skip
