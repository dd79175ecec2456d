"""Exact amounts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0")
ONE = Decimal("1")


def cents(amount: Decimal | int | str) -> Decimal:
    """The amount with two decimals, half up; nothing is a bare `0`, as QuickBooks sends it."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP) or ZERO


def plain(number: Decimal | int | str) -> Decimal:
    """A quantity or price without padding: `2.50` becomes `2.5`, never `1E+2`."""
    return Decimal(format(Decimal(number).normalize(), "f"))
