"""The running ledger: what every document posts, what is open on it, and the balances this leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from .balances import move_stock, write_account, write_party
from .documents import Document, Key, link_type, named_party, settlements
from .money import ZERO, cents
from .postings import Posting, postings
from .state import State
from .stock import stock_moves

SETTLEMENTS = ("Payment", "BillPayment")
BALANCE_FIELDS = {
    "Invoice": ("Balance",),
    "CreditMemo": ("Balance", "RemainingCredit"),
    "Bill": ("Balance",),
    "VendorCredit": ("Balance",),
    "Payment": ("UnappliedAmt",),
}


class Ledger:
    """Derived from the documents alone, kept right after every edit.

    `open`: per document and party what is unsettled, in document currency, debits positive.
    `settlers`: the payments that settle a document.
    `quiet`: no document's stamp moves, as while customers are merged.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.quiet = False
        self.postings: dict[Key, list[Posting]] = {}
        self.open: dict[Key, dict[str, Decimal]] = {}
        self.settlers: dict[Key, dict[Key, None]] = defaultdict(dict)
        self.balances: dict[str, Decimal] = defaultdict(Decimal)
        self.parties: dict[str, Decimal] = defaultdict(Decimal)

    @classmethod
    def read(cls, state: State) -> Ledger:
        """A ledger read off the documents, whose own balances are taken as right."""
        ledger = cls(state)
        for entity, documents in state.store.items():
            for id, document in documents.items():
                key = (entity, id)
                if entries := postings(state, entity, document):
                    ledger.postings[key] = entries
                    for entry in entries:
                        ledger.balances[entry.account] += entry.amount
                if entity in SETTLEMENTS:
                    for target, _ in settlements(document):
                        ledger.settlers[target][key] = None
        for key in list(ledger.postings):
            if parties := ledger.open_parts(key):
                ledger.open[key] = parties
                for party, amount in parties.items():
                    ledger.parties[party] += amount
        return ledger

    def repost(self, key: Key, before: Document | None, after: Document | None) -> None:
        """Takes the document's old postings back, makes the new ones, and refreshes all that hangs on it."""
        entries = postings(self.state, key[0], after) if after else []
        moved: dict[str, Decimal] = {}
        for entry in entries:
            moved[entry.account] = moved.get(entry.account, ZERO) + entry.amount
        for entry in self.postings.pop(key, ()):
            moved[entry.account] = moved.get(entry.account, ZERO) - entry.amount
        if entries:
            self.postings[key] = entries
        for account, amount in moved.items():
            if amount:
                self.move_account(account, amount)
        for item, quantity in stock_moves(self.state, key[0], before, after).items():
            move_stock(self.state, item, quantity)
        self.relink(key, before, after)

    def relink(self, key: Key, before: Document | None, after: Document | None) -> None:
        """Refreshes what is open on the document, on what it settles and on what settles it."""
        touched: dict[Key, None] = {key: None}
        if key[0] in SETTLEMENTS:
            old = dict(settlements(before)) if before else {}
            new = dict(settlements(after)) if after else {}
            for target in old:
                if target not in new:
                    self.settlers[target].pop(key, None)
            for target in new:
                self.settlers[target][key] = None
            touched.update(dict.fromkeys([*old, *new]))
        touched.update(self.settlers.get(key, {}))
        self.refresh(touched, edited=key)

    def refresh(self, keys: Iterable[Key], edited: Key | None = None) -> None:
        """Recomputes open amounts; a document other than the edited one is stamped when its fields changed."""
        for key in keys:
            before = self.open.pop(key, {})
            after = self.open_parts(key)
            if after:
                self.open[key] = after
            for party in {**before, **after}:
                delta = after.get(party, ZERO) - before.get(party, ZERO)
                if delta:
                    self.move_party(party, delta)
                elif key == edited:
                    self.state.bump_name(party)
            document = self.state.store[key[0]].get(key[1])
            if document and self.write_balances(key, document, after) and key != edited and not self.quiet:
                self.state.bump(key[0], key[1])

    def open_parts(self, key: Key) -> dict[str, Decimal]:
        """Per party, what is open on a document; parties whose part is settled are left out."""
        parts = self.original(key)
        if not parts:
            return {}
        for settler in self.settlers.get(key, ()):
            payment = self.state.store[settler[0]][settler[1]]
            party = self.part(settler, key)
            sign = 1 if parts[party] > 0 else -1
            for target, amount in settlements(payment):
                if target == key:
                    parts[party] -= sign * amount
        if key[0] in SETTLEMENTS:
            (payer,) = parts
            for target, amount in settlements(self.state.store[key[0]][key[1]]):
                parts[payer] += self.sign(key, target) * amount
        return {party: amount for party, amount in parts.items() if amount}

    def original(self, key: Key) -> dict[str, Decimal]:
        """Per party, what the document posts to A/R or A/P, before any settlement."""
        parts: dict[str, Decimal] = {}
        for entry in self.postings.get(key, ()):
            if entry.party is not None:
                parts[entry.party] = parts.get(entry.party, ZERO) + entry.amount
        if not parts and key[0] in SETTLEMENTS:
            payment = self.state.store[key[0]].get(key[1])
            if payment:
                parts[payment["CustomerRef" if key[0] == "Payment" else "VendorRef"]["value"]] = ZERO
        return parts

    def part(self, settler: Key, target: Key) -> str:
        """The party whose part of a document a payment settles."""
        return self.part_for(self.state.store[settler[0]][settler[1]], target)

    def part_for(self, payment: Document, target: Key) -> str:
        """The part of the line that the payment names, else the payer's own, else one of his family's, or the first."""
        parts = self.original(target)
        if len(parts) > 1:
            if (named := named_party(payment, target, self.state.store[target[0]][target[1]])) in parts:
                return named
            payer: str = payment["CustomerRef" if "CustomerRef" in payment else "VendorRef"]["value"]
            if payer in parts:
                return payer
            root = self.state.root(payer)
            for party in parts:
                if self.state.root(party) == root:
                    return party
        return next(iter(parts))

    def sign(self, settler: Key, target: Key) -> int:
        return 1 if self.original(target)[self.part(settler, target)] > 0 else -1

    def move_account(self, account: str, amount: Decimal) -> None:
        self.balances[account] += amount
        write_account(self.state, account, self.balances[account])

    def move_party(self, party: str, amount: Decimal) -> None:
        self.parties[party] += amount
        write_party(self.state, party, self.parties[party], amount)

    def write_balances(self, key: Key, document: Document, parts: dict[str, Decimal]) -> bool:
        """Sets the document's own balance fields and payment links; true when any changed."""
        entity = key[0]
        amount = abs(sum(parts.values(), ZERO)) if entity != "JournalEntry" else ZERO
        fields: Document = {name: cents(amount) for name in BALANCE_FIELDS.get(entity, ())}
        rate = document.get("ExchangeRate")
        if "Balance" in fields and rate and document["CurrencyRef"]["value"] != self.state.home:
            fields["HomeBalance"] = cents(amount * rate)
        if entity in ("Invoice", "Bill"):
            fields["LinkedTxn"] = self.links(key, document)
        changed = False
        for name, value in fields.items():
            if document.get(name) != value:
                document[name] = value
                changed = True
        return changed

    def links(self, key: Key, document: Document) -> list[Document]:
        """The document's LinkedTxn: what it came from stays, payments follow in the order of their ids."""
        own = [
            link
            for link in document.get("LinkedTxn", ())
            if link["TxnType"] != "Payment" and not link["TxnType"].startswith("BillPayment")
        ]
        settlers = sorted(self.settlers.get(key, ()), key=lambda settler: int(settler[1]))
        store = self.state.store
        return own + [
            {"TxnId": id, "TxnType": link_type(entity, store[entity][id])} for entity, id in settlers
        ]
