"""Edits drawn one after another, with the accounting identities as invariants; a failure shrinks to a few."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipelines.embedded.books.documents import Document, Refused
from pipelines.embedded.clock import add_days
from tests.support.identities import assert_sound
from tests.support.small_books import canadian_company, customer, form, journal, pay, us_company

SETTINGS = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SALES = ("Invoice", "CreditMemo")
SETTLED = (*SALES, "JournalEntry")

AMOUNTS = st.integers(1, 9_999).map(lambda cents: Decimal(cents) / 100)
DAYS = st.integers(0, 120)
WHICH = st.integers(0, 30)
"""One of the objects there are, counted back from the newest."""


class Edits(RuleBasedStateMachine):
    """A company without history, to which somebody does what QuickBooks lets people do."""

    @initialize(abroad=st.booleans())
    def open(self, abroad: bool) -> None:
        self.company = canadian_company() if abroad else us_company()
        self.edits: list[str] = []
        for name in ("Ada", "Bert"):
            customer(self.company, name)

    @invariant()
    def sound(self) -> None:
        if hasattr(self, "company"):
            assert_sound(self.company)

    def attempt(self, edit: Callable[[], Any]) -> None:
        """Makes an edit, which the books may refuse; a second passes before each."""
        self.company.clock.advance(seconds=1)
        try:
            edit()
        except Refused as refusal:
            self.edits.append(str(refusal))
        else:
            self.edits.append("")

    def one(self, which: int, *entities: str) -> tuple[str, Document]:
        rows = [(entity, row) for entity in entities for row in self.company.objects(entity)]
        return rows[-1 - which % len(rows)]

    def who(self, which: int) -> str:
        return str(self.one(which, "Customer")[1]["Id"])

    def has(self, *entities: str) -> bool:
        return any(self.company.objects(entity) for entity in entities)

    def date(self, days: int) -> str:
        return add_days(self.company.today(), -days)

    def unsettled(self, entity: str, document: Document) -> Decimal:
        """What is open on a document, of all its customers together."""
        return sum(map(abs, self.company.ledger.open.get((entity, document["Id"]), {}).values()), Decimal(0))

    @rule(parent=st.none() | WHICH, currency=st.integers(0, 2))
    def add_customer(self, parent: int | None, currency: int) -> None:
        """A customer, below another or at the top, in one of the company's currencies."""
        currencies = [self.company.home, *self.company.profile.currencies]
        fields: dict[str, Any] = {"CurrencyRef": {"value": currencies[currency % len(currencies)]}}
        if parent is not None:
            fields = {"ParentRef": {"value": self.who(parent)}}
        name = f"Customer {len(self.edits)}"
        self.attempt(lambda: customer(self.company, name, **fields))

    @rule(entity=st.sampled_from(SALES), which=WHICH, days=DAYS, amount=AMOUNTS)
    def add_sale(self, entity: str, which: int, days: int, amount: Decimal) -> None:
        """An invoice or a credit memo."""
        self.attempt(lambda: form(self.company, entity, self.who(which), self.date(days), str(amount)))

    @rule(which=WHICH, other=WHICH, debit=st.booleans(), days=DAYS, amount=AMOUNTS)
    def add_journal_entry(self, which: int, other: int, debit: bool, days: int, amount: Decimal) -> None:
        """An entry on A/R for two customers at home, the other side of it against discounts."""
        parties = [self.one(pick, "Customer")[1] for pick in (which, other)]
        if all(party["CurrencyRef"]["value"] == self.company.home for party in parties):
            sides = ("Debit", "Credit") if debit else ("Credit", "Debit")
            rows = [(sides[0], "receivable", str(amount), party["Id"]) for party in parties]
            rows.append((sides[1], "discounts", str(2 * amount), ""))
            self.attempt(lambda: journal(self.company, self.date(days), *rows))

    @precondition(lambda self: self.has("Invoice"))
    @rule(which=WHICH, share=st.sampled_from([1, 2, 3]), over=st.sampled_from([0, 5]), days=DAYS)
    def pay_invoice(self, which: int, share: int, over: int, days: int) -> None:
        """All or a part of what is open on an invoice, and perhaps more money than that."""
        _, invoice = self.one(which, "Invoice")
        part = (self.unsettled("Invoice", invoice) / share).quantize(Decimal("0.01"))
        payer, line = invoice["CustomerRef"]["value"], ("Invoice", invoice["Id"], str(part))
        self.attempt(lambda: pay(self.company, payer, self.date(days), str(part + over), line))

    @precondition(lambda self: self.has("Invoice") and self.has("CreditMemo", "JournalEntry"))
    @rule(invoice=WHICH, credit=WHICH, days=DAYS)
    def link_credit(self, invoice: int, credit: int, days: int) -> None:
        """A payment without money that settles an invoice by a credit memo or a journal entry."""
        (_, charge), (entity, source) = self.one(invoice, "Invoice"), self.one(credit, *SETTLED[1:])
        amount = str(min(self.unsettled("Invoice", charge), self.unsettled(entity, source)))
        lines = [("Invoice", charge["Id"], amount), (entity, source["Id"], amount)]
        self.attempt(lambda: pay(self.company, charge["CustomerRef"]["value"], self.date(days), "0", *lines))

    @precondition(lambda self: self.has("Payment") and self.has(*SETTLED))
    @rule(payment=WHICH, document=WHICH)
    def apply_again(self, payment: int, document: int) -> None:
        """A payment's lines give way to one over another document, as far as its money and what is open go."""
        (_, paid), (entity, target) = self.one(payment, "Payment"), self.one(document, *SETTLED)
        amount = min(self.unsettled(entity, target), paid["TotalAmt"])
        line = {"Amount": amount, "LinkedTxn": [{"TxnId": target["Id"], "TxnType": entity}]}
        self.attempt(lambda: self.company.update("Payment", paid["Id"], Line=[line]))

    @precondition(lambda self: self.has(*SALES))
    @rule(which=WHICH, amount=AMOUNTS)
    def change_amount(self, which: int, amount: Decimal) -> None:
        """Another amount on the one line of a sale; payments are cut until they fit."""
        entity, sale = self.one(which, *SALES)
        line = next(line for line in sale["Line"] if "SalesItemLineDetail" in line)
        lines = [{**line, "Amount": amount}]
        self.attempt(lambda: self.company.update(entity, sale["Id"], Line=lines))

    @precondition(lambda self: self.has("Payment"))
    @rule(which=WHICH, amount=AMOUNTS)
    def change_payment(self, which: int, amount: Decimal) -> None:
        """More or less money; lines are cut until they fit."""
        _, payment = self.one(which, "Payment")
        self.attempt(lambda: self.company.update("Payment", payment["Id"], TotalAmt=amount))

    @precondition(lambda self: self.has(*SETTLED, "Payment"))
    @rule(which=WHICH, days=DAYS)
    def change_date(self, which: int, days: int) -> None:
        """Another date, on which an exchange rate depends."""
        entity, document = self.one(which, *SETTLED, "Payment")
        self.attempt(lambda: self.company.update(entity, document["Id"], TxnDate=self.date(days)))

    @precondition(lambda self: self.has(*SALES, "Payment"))
    @rule(which=WHICH, other=WHICH)
    def change_customer(self, which: int, other: int) -> None:
        """Another customer, perhaps of another currency or family."""
        entity, document = self.one(which, *SALES, "Payment")
        reference = {"value": self.who(other)}
        self.attempt(lambda: self.company.update(entity, document["Id"], CustomerRef=reference))

    @precondition(lambda self: self.has(*SALES, "Payment"))
    @rule(which=WHICH)
    def void(self, which: int) -> None:
        entity, document = self.one(which, *SALES, "Payment")
        self.attempt(lambda: self.company.void(entity, document["Id"]))

    @precondition(lambda self: self.has(*SETTLED, "Payment", "Deposit"))
    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        entity, document = self.one(which, *SETTLED, "Payment", "Deposit")
        self.attempt(lambda: self.company.delete(entity, document["Id"]))

    @rule(which=WHICH, parent=st.none() | WHICH)
    def move(self, which: int, parent: int | None) -> None:
        """Below another customer, or to the top of a family of his own."""
        above = None if parent is None else {"value": self.who(parent)}
        self.attempt(lambda: self.company.update("Customer", self.who(which), ParentRef=above))

    @rule(loser=WHICH, winner=WHICH, stays=st.booleans())
    def merge(self, loser: int, winner: int, stays: bool) -> None:
        """Two customers become one; the loser disappears or stays as an inactive row."""
        self.company.merge_leaves_inactive = stays
        self.attempt(lambda: self.company.merge(self.who(loser), self.who(winner)))

    @rule(which=WHICH)
    def toggle(self, which: int) -> None:
        """An active customer is made inactive, an inactive one comes back."""
        _, row = self.one(which, "Customer")
        change = self.company.inactivate if row["Active"] else self.company.reactivate
        self.attempt(lambda: change("Customer", row["Id"]))

    @precondition(lambda self: self.has("Payment"))
    @rule(which=WHICH)
    def deposit(self, which: int) -> None:
        """A payment goes to the bank, after which its amount stands."""
        _, payment = self.one(which, "Payment")
        taken = any(link["TxnType"] == "Deposit" for link in payment["LinkedTxn"])
        if payment["TotalAmt"] and not taken and payment["CurrencyRef"]["value"] == self.company.home:
            link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
            self.attempt(lambda: self.company.create("Deposit", {"Line": [{"LinkedTxn": [link]}]}))

    @rule(days=st.integers(1, 45))
    def wait(self, days: int) -> None:
        """Days pass without business, and what is open grows older."""
        self.company.clock.advance(days=days)


class TestEdits(Edits.TestCase):
    """Every identity holds after every edit, taken or refused."""

    settings = SETTINGS


@pytest.mark.long
class TestManyEdits(Edits.TestCase):
    """The same of more stories, for `make soak`."""

    settings = settings(SETTINGS, max_examples=400)
