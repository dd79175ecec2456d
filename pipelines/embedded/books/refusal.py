"""What the books refuse, with the code QuickBooks gives for it."""

from __future__ import annotations


class Refused(ValueError):
    """An edit that QuickBooks would answer with a fault of this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
