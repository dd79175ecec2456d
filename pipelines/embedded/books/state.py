"""One company's state: its objects as stored, their ids and stamps, and the names they are filed under."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Literal

from ..clock import Clock
from .documents import Change, Document, Key, Tombstone
from .profile import CURRENCY_NAMES, ENTITIES, FIRST_IDS, SPACES, Profile

# What is unsettled about the books of the real service; each is an attribute of a company, saved with it.
SWITCHES = frozenset(
    {
        "merge_leaves_inactive",
        "deposits_stamp",
        "balances_stamp",
        "home_rounding",
        "no_longer_offered",
        "sales_reports_only_income",
        "sales_reports_journals",
    }
)


class State:
    """What is stored of one realm; every change goes by `bump` or `tell`, which stamp it from the company's clock.

    `merge_leaves_inactive`: the loser of a merge stays as an inactive row instead of disappearing.
    `deposits_stamp`: putting a payment into a deposit stamps the payment.
    `balances_stamp`: a posting stamps the accounts and vendors whose balance it moves.
    `home_rounding`: how a foreign document comes into home currency: an account's sum is rounded (`account`), or
    each line, the stray cent on the largest (`line`) or the last one (`last`) that is not on A/R or A/P.
    `no_longer_offered`: entities that the plan has lost, such as ONLY_IN_PLUS; what there was stays in the books.
    `sales_reports_only_income`: the sales reports leave out lines that post to no income account.
    `sales_reports_journals`: they count journal entries' lines on income accounts that name a customer.
    `listeners`: hear of every change as it is made.
    `controls`, `below`, `names`: an index of the lists, derived from them.
    """

    def __init__(self, profile: Profile, now: dt.datetime) -> None:
        self.profile = profile
        self.realm_id = profile.realm_id
        self.name = profile.name
        self.home = profile.home_currency
        self.clock = Clock(now)
        self.lock = threading.RLock()
        self.revision = 0
        self.store: dict[str, dict[str, Document]] = {entity: {} for entity in ENTITIES}
        self.sequences: dict[str, int] = {}
        self.roles: dict[str, str] = {}
        self.buried: list[Tombstone] = []
        self.merge_leaves_inactive = False
        self.deposits_stamp = True
        self.balances_stamp = True
        self.home_rounding: Literal["account", "line", "last"] = "account"
        self.no_longer_offered: tuple[str, ...] = ()
        self.sales_reports_only_income = False
        self.sales_reports_journals = False
        self.listeners: list[Callable[[Change], None]] = []
        self.controls: set[str] = set()
        self.below: dict[Key, list[str]] = {}
        self.names: dict[str, str] = {}

    def objects(self, entity: str) -> list[Document]:
        """Every existing object, inactive ones too, in the order of creation."""
        with self.lock:
            return list(self.store.get(entity, {}).values())

    def get(self, entity: str, id: str) -> Document | None:
        return self.store.get(entity, {}).get(id)

    def tombstones(self) -> list[Tombstone]:
        with self.lock:
            return list(self.buried)

    def supports(self, entity: str) -> bool:
        return (
            entity in self.store and entity not in self.profile.lacks and entity not in self.no_longer_offered
        )

    def next_id(self, entity: str) -> str:
        space = SPACES.get(entity, entity)
        number = self.sequences.get(space, FIRST_IDS.get(entity, 1))
        self.sequences[space] = number + 1
        return str(number)

    def next_number(self, entity: str) -> str:
        """Sales forms and purchase orders share one run of numbers; journal entries have theirs."""
        run = "journal number" if entity == "JournalEntry" else "number"
        number = self.sequences.get(run, 1 if entity == "JournalEntry" else 1001)
        self.sequences[run] = number + 1
        return str(number)

    def bump(self, entity: str, id: str, token: bool = True, operation: str = "Update") -> None:
        document = self.store[entity][id]
        self.revision += 1
        if entity == "RecurringTransaction":
            document = next(iter(document.values()))
        document["MetaData"] = {**document["MetaData"], "LastUpdatedTime": self.clock.stamp()}
        if token:
            document["SyncToken"] = str(int(document["SyncToken"]) + 1)
        self.tell(operation, entity, id)

    def tell(self, operation: str, entity: str, id: str, deleted_id: str = "") -> None:
        """Says to the listeners what was just done to an object; every edit comes by here."""
        for hear in self.listeners:
            hear(Change(self.realm_id, entity, id, operation, self.clock.now(), deleted_id))

    def bump_name(self, id: str) -> None:
        for entity in ("Customer", "Vendor"):
            if id in self.store[entity]:
                self.bump(entity, id, token=False)

    def today(self) -> str:
        return self.clock.date(self.profile.time_zone)

    def ref(self, entity: str, id: str) -> Document:
        named = self.store[entity][id]
        return {
            "value": id,
            "name": named.get("FullyQualifiedName") or named.get("DisplayName") or named["Name"],
        }

    def index(self, entity: str, id: str) -> None:
        """Files a list object under its parent and its name."""
        form = self.store[entity][id]
        if parent := form.get("ParentRef"):
            siblings = self.below.setdefault((entity, parent["value"]), [])
            if id not in siblings:
                siblings.append(id)
        if entity in ("Customer", "Vendor", "Employee"):
            self.names[form["DisplayName"].casefold()] = id
        if entity == "Account" and form["AccountType"] in ("Accounts Receivable", "Accounts Payable"):
            self.controls.add(id)

    def children(self, entity: str, id: str) -> list[str]:
        return self.below.get((entity, id), [])

    def name_taken(self, name: str, id: str | None) -> bool:
        return self.names.get(name.casefold(), id) != id

    def root(self, id: str) -> str:
        """The top of a customer's family; anybody else is his own."""
        customers = self.store["Customer"]
        while parent := customers.get(id, {}).get("ParentRef"):
            id = parent["value"]
        return id

    def control(self, kind: str, document: Document) -> str:
        """The A/R or A/P account of the document's currency."""
        currency = document.get("CurrencyRef", {}).get("value", self.home)
        return self.roles[kind if currency == self.home else f"{kind} {currency}"]

    def currency_ref(self, currency: str) -> Document:
        return {"value": currency, "name": CURRENCY_NAMES[currency]}

    def account_currency(self, account: str) -> str:
        currency: str = self.store["Account"][account]["CurrencyRef"]["value"]
        return currency
