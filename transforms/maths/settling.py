"""Which open items of a document a payment's lines settle, where QuickBooks names only the document.

A journal entry may hold many lines on accounts receivable, each an open item of its own. QuickBooks names the line
that is paid at most by its id. What else tells: what each customer owes by QuickBooks's own balance, how much was
open, as the payment's line notes it, the amount, and who paid. Amounts are whole cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Document = tuple[str, str]
"""Type and id."""


@dataclass
class Item:
    """One open item: a line of a document that posts to accounts receivable."""

    document: Document
    line_no: int
    line_id: str
    customer_id: str
    root_customer_id: str
    sign: int
    left: int


@dataclass(frozen=True)
class Claim:
    """A payment's line that names a document; `open_before` is what was open of it, where the line notes that."""

    payment_id: str
    line_no: int
    document: Document
    amount: int
    named_line_id: str
    open_before: int | None
    customer_id: str
    root_customer_id: str


@dataclass(frozen=True)
class Settled:
    """How much of one open item a payment's line settles."""

    claim: Claim
    item: Item
    amount: int


@dataclass
class Books:
    """One company's open items, and the lines of its payments in the order of their dates.

    `used` is what each payment used up in all, less what its lines for invoices and credit memos did. `owing` is how
    much of a customer's items must be settled for its balance in QuickBooks to be right, credits negative.
    """

    items: Iterable[Item]
    claims: Iterable[Claim]
    used: Mapping[str, int]
    owing: dict[str, int]
    by_document: dict[Document, list[Item]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_document = defaultdict(list)
        for item in self.items:
            self.by_document[item.document].append(item)

    def settle(self) -> list[Settled]:
        """Every line's amount, spread over items: lines that can mean but one customer first, others in order."""
        settled: dict[tuple[str, int, Document, int], Settled] = {}
        portions = [
            (self._certainty(claim, sign), claim, sign, amount) for claim, sign, amount in self._portions()
        ]
        for _, claim, sign, amount in sorted(portions, key=lambda portion: portion[0]):
            left = amount
            while left:
                item = self._meant(claim, sign, left)
                taken = min(left, item.left) if item.left > 0 else left
                item.left -= taken
                left -= taken
                if item.customer_id in self.owing:
                    self.owing[item.customer_id] -= item.sign * taken
                key = (claim.payment_id, claim.line_no, item.document, item.line_no)
                before = settled[key].amount if key in settled else 0
                settled[key] = Settled(claim, item, before + taken)
        return list(settled.values())

    def _portions(self) -> list[tuple[Claim, int, int]]:
        """Each claim with the sign of the items it means, 0 where nothing tells; one may mean charges and credits.

        Where a document has charges and credits, what the payment used up in all tells how much of it went to charges.
        """
        mixed: dict[str, list[Claim]] = defaultdict(list)
        net = dict(self.used)
        portions = []
        for claim in self.claims:
            named = self._named(claim)
            signs = {item.sign for item in ([named] if named else self.by_document[claim.document])}
            if len(signs) == 1:
                (sign,) = signs
                portions.append((claim, sign, claim.amount))
                net[claim.payment_id] = net.get(claim.payment_id, 0) - sign * claim.amount
            else:
                mixed[claim.payment_id].append(claim)
        for payment_id, claims in mixed.items():
            total = sum(claim.amount for claim in claims)
            charged, odd = divmod(total + net.get(payment_id, 0), 2)
            is_told = payment_id in self.used and not odd and 0 <= charged <= total
            for claim in claims:
                part = min(claim.amount, charged) if is_told else 0
                charged -= part
                rest = claim.amount - part
                portions += [(claim, 1, part)] if part else []
                portions += [(claim, -1 if is_told else 0, rest)] if rest else []
        return portions

    def _named(self, claim: Claim) -> Item | None:
        """The item whose line the claim names; 0 may stand for the document as a whole."""
        if claim.named_line_id in ("", "0"):
            return None
        items = self.by_document[claim.document]
        return next((item for item in items if item.line_id == claim.named_line_id), None)

    def _certainty(self, claim: Claim, sign: int) -> int:
        """Smaller is more certain."""
        if self._named(claim):
            return 0
        customers = {item.customer_id for item in self.by_document[claim.document] if sign in (0, item.sign)}
        return 1 if len(customers) == 1 else 2

    def _meant(self, claim: Claim, sign: int, amount: int) -> Item:
        """The likeliest item for an amount; one that has nothing left only where no other has."""
        named = self._named(claim)

        def likelihood(item: Item) -> tuple[bool, ...]:
            return (
                sign in (0, item.sign),
                item.left > 0,
                item is named,
                item.sign * self.owing.get(item.customer_id, 0) >= amount,
                item.left == claim.open_before,
                item.line_id == claim.named_line_id and item.left >= amount,
                item.left == amount and item.root_customer_id == claim.root_customer_id,
                item.customer_id == claim.customer_id,
                item.root_customer_id == claim.root_customer_id,
                item.left == amount,
            )

        return max(self.by_document[claim.document], key=likelihood)
