"""One company's books: its objects, ids and stamps, and the edits QuickBooks allows."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import edits, mergers
from .clock import Clock
from .documents import Change, Document, Key, Tombstone
from .exchange import exchange_rate
from .ledger import Ledger
from .money import ONE, cents, plain
from .profile import CURRENCY_NAMES, ENTITIES, FIRST_IDS, SPACES, Profile
from .reports import REPORTS
from .simulate import advance

NUMBERED = (
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Estimate",
    "PurchaseOrder",
    "JournalEntry",
)
LISTED = ("Customer", "Vendor", "Employee", "Account", "Item", "Class", "Department")


class Company:
    """One realm. Edits stamp objects from the company's clock and keep every balance right.

    `merge_leaves_inactive`: the loser of a merge stays as an inactive row instead of disappearing.
    `deposits_stamp`: putting a payment into a deposit stamps the payment.
    `listeners`: hear of every change as it is made.
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
        self.listeners: list[Callable[[Change], None]] = []
        self.ledger = Ledger(self)
        self.controls: set[str] = set()
        self.below: dict[Key, list[str]] = {}
        self.names: dict[str, str] = {}

    # What the server asks.

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
        return entity in self.store and entity not in self.profile.lacks

    def report(self, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The report as JSON; KeyError for one the company does not know."""
        with self.lock:
            return REPORTS[name](self, params)

    def advance(self, days: int) -> None:
        """Lives on for so many days; business happens on the working ones."""
        with self.lock:
            advance(self, days)

    # Edits.

    def create(self, entity: str, body: Mapping[str, Any]) -> Document:
        with self.lock:
            return edits.create(self, entity, dict(body))

    def update(self, entity: str, id: str, **changes: Any) -> Document:
        """Sparse: fields given replace, None takes a field away, a Line array replaces all lines."""
        with self.lock:
            return edits.update(self, entity, id, changes)

    def void(self, entity: str, id: str) -> Document:
        with self.lock:
            return edits.void(self, entity, id)

    def delete(self, entity: str, id: str) -> None:
        with self.lock:
            edits.delete(self, entity, id)

    def merge(self, loser_id: str, winner_id: str, entity: str = "Customer") -> None:
        with self.lock:
            mergers.merge(self, entity, loser_id, winner_id)

    def inactivate(self, entity: str, id: str) -> Document:
        with self.lock:
            return edits.set_active(self, entity, id, False)

    def reactivate(self, entity: str, id: str) -> Document:
        with self.lock:
            return edits.set_active(self, entity, id, True)

    def email(self, entity: str, id: str) -> Document:
        """Sends a form, which moves its LastUpdatedTime alone."""
        with self.lock:
            return edits.email(self, entity, id)

    def touch(self, entity: str, id: str) -> None:
        """Moves LastUpdatedTime and nothing else."""
        with self.lock:
            self.bump(entity, id, token=False)

    # Ids and stamps.

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

    # Names and places.

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

    # Currencies and taxes.

    def currency_ref(self, currency: str) -> Document:
        return {"value": currency, "name": CURRENCY_NAMES[currency]}

    def account_currency(self, account: str) -> str:
        currency: str = self.store["Account"][account]["CurrencyRef"]["value"]
        return currency

    def rate(self, currency: str, date: str) -> Decimal:
        """Home units per foreign unit on a date."""
        return ONE if currency == self.home else exchange_rate(self.profile.seed, currency, date)

    def home_total(self, form: Document) -> None:
        if form.get("CurrencyRef", {}).get("value", self.home) != self.home:
            form["HomeTotalAmt"] = cents(form["TotalAmt"] * form["ExchangeRate"])

    def transaction_head(self, entity: str, body: Document, party: str | None, given: Document) -> Document:
        """Date, number, names, currency and rate of a transaction."""
        form = dict(body) if "TxnDate" in body else {"TxnDate": self.today(), **body}
        if entity in NUMBERED and "DocNumber" not in form and "Id" not in form:
            form["DocNumber"] = self.next_number(entity)
        if party:
            reference = self.ref(party, form[f"{party}Ref"]["value"])
            form[f"{party}Ref"] = reference
            form["CurrencyRef"] = self.store[party][reference["value"]]["CurrencyRef"]
            if body.get("CurrencyRef", form["CurrencyRef"]) != form["CurrencyRef"]:
                for field in ("ExchangeRate", "HomeTotalAmt", "HomeBalance"):
                    form.pop(field, None)
        form.setdefault("CurrencyRef", self.currency_ref(self.home))
        if self.profile.multicurrency:
            redated = "TxnDate" in given and "ExchangeRate" not in given and "Id" in form
            if "ExchangeRate" not in form or redated:
                form["ExchangeRate"] = self.rate(form["CurrencyRef"]["value"], form["TxnDate"])
            form["ExchangeRate"] = plain(form["ExchangeRate"])
        return form

    def line_tax_code(self, form: Document, item: Document) -> Document:
        customer = self.store["Customer"][form["CustomerRef"]["value"]]
        if self.profile.country == "US":
            return {"value": "TAX" if item.get("Taxable") and customer["Taxable"] else "NON"}
        return {"value": customer.get("DefaultTaxCodeRef", {}).get("value", self.roles["tax code"])}

    def tax_rates(self, code: str | None, chosen: str | None) -> list[str]:
        """The rates of a line's tax code; in the US a line says only TAX and the form names the code."""
        if self.profile.country == "US":
            code = (chosen or self.roles["tax code"]) if code == "TAX" else None
        if code is None:
            return []
        rates = self.store["TaxCode"][code]["SalesTaxRateList"]["TaxRateDetail"]
        return [rate["TaxRateRef"]["value"] for rate in rates]
