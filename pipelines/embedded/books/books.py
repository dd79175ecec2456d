"""A company's books: its state and the ledger kept over it."""

from __future__ import annotations

import datetime as dt

from .ledger import Ledger
from .profile import Profile
from .state import State


class Books(State):
    """State and ledger together: what edits work on and reports read.

    It inherits, so that whoever asks for state alone takes books too.
    """

    def __init__(self, profile: Profile, now: dt.datetime) -> None:
        super().__init__(profile, now)
        self.ledger = Ledger(self)
