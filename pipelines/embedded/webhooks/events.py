"""Which changes QuickBooks tells of by webhook, and what it makes of those it has no word for."""

from __future__ import annotations

import threading
from dataclasses import replace
from random import Random

from ..books.documents import Change

CREATE_UPDATE_DELETE = frozenset({"Create", "Update", "Delete"})
NAMES = {"CompanyCurrency": "Currency"}
VOIDS = (
    "BillPayment",
    "CreditMemo",
    "Invoice",
    "Payment",
    "Purchase",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
)
EMAILS = ("CreditMemo", "Estimate", "Invoice", "RefundReceipt", "SalesReceipt")
OPERATIONS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "Account",
            "Bill",
            "BillPayment",
            "Budget",
            "Class",
            "CreditMemo",
            "Customer",
            "Department",
            "Deposit",
            "Employee",
            "Estimate",
            "Invoice",
            "Item",
            "JournalEntry",
            "Payment",
            "PaymentMethod",
            "Purchase",
            "PurchaseOrder",
            "RefundReceipt",
            "SalesReceipt",
            "Term",
            "TimeActivity",
            "Transfer",
            "Vendor",
            "VendorCredit",
        ),
        CREATE_UPDATE_DELETE,
    ),
    "Currency": frozenset({"Create", "Update"}),
    "Preferences": frozenset({"Update"}),
}
"""What webhooks know; voids, e-mails and merges stand apart.

Source: https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks
"""
FARTHEST = 20
FEWER = {"Void": VOIDS, "Emailed": EMAILS, "Merge": ("Customer", "Vendor")}


def as_event(change: Change) -> Change | None:
    """The change in the words of webhooks; None where they have none, as for entities they never name.

    A void or an e-mail without an operation of its own moves the object's stamp all the same, so it is an update.
    """
    entity = NAMES.get(change.entity, change.entity)
    operation = change.operation
    if operation in FEWER and entity not in FEWER[operation]:
        operation = "Update"
    if operation not in FEWER and operation not in OPERATIONS.get(entity, ()):
        return None
    return replace(change, entity=entity, operation=operation)


class EventLog:
    """Events since they were last taken, in the order of the books; put `hear` among a company's listeners.

    The same operation on the same object is one event a second, however often a ledger writes a balance.
    """

    def __init__(self) -> None:
        self._events: dict[tuple[str, ...], Change] = {}
        self._lock = threading.Lock()

    def hear(self, change: Change) -> None:
        if event := as_event(change):
            second = str(int(event.at.timestamp()))
            with self._lock:
                self._events.setdefault(
                    (event.realm_id, event.entity, event.id, event.operation, second, event.deleted_id), event
                )

    def take(self) -> list[Change]:
        """Everything heard, all companies in one order of time; the next taking begins here."""
        with self._lock:
            events, self._events = self._events, {}
        return sorted(events.values(), key=lambda event: event.at)


def disturb(events: list[Change], chance: Random, duplicates: float, disorder: float) -> list[Change]:
    """The events as the internet delivers them: a share of them twice, and a share some places too early or late."""
    events_sent = list(events)
    for event in events:
        if chance.random() < duplicates:
            events_sent.insert(chance.randint(0, len(events_sent)), event)
    for place in range(len(events_sent)):
        if chance.random() < disorder:
            other = min(place + chance.randint(1, FARTHEST), len(events_sent) - 1)
            events_sent[place], events_sent[other] = events_sent[other], events_sent[place]
    return events_sent
