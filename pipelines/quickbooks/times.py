"""QuickBooks's own clock: what a stamp without an offset means."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def stamp(text: Any) -> datetime | None:
    """A stamp as QuickBooks means it, without an offset on its own clock; None where there is none to be read."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=PACIFIC)
