"""A company: its books, and the edits QuickBooks allows on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import edits, mergers
from .books import Books
from .documents import Document
from .versions import set_active


class Company(Books):
    """One realm. Each edit stamps objects from the company's clock and keeps every balance right."""

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
            return set_active(self, entity, id, False)

    def reactivate(self, entity: str, id: str) -> Document:
        with self.lock:
            return set_active(self, entity, id, True)

    def email(self, entity: str, id: str) -> Document:
        """Sends a form, which moves its LastUpdatedTime alone."""
        with self.lock:
            return edits.email(self, entity, id)

    def forget_rates(self, before: str) -> None:
        """Exchange rates of earlier days are no longer listed; they have no id and leave no tombstone."""
        with self.lock:
            rates = self.store["ExchangeRate"]
            for key in [key for key, rate in rates.items() if rate["AsOfDate"] < before]:
                del rates[key]
            self.revision += 1

    def touch(self, entity: str, id: str) -> None:
        """Moves LastUpdatedTime and nothing else."""
        with self.lock:
            self.bump(entity, id, token=False)
