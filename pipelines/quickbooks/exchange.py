"""A request and how it was answered, as errors and logs report it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

TRACE_HEADERS = ("intuit_tid", "intuit-tid")
"""Gateways spell the header of Intuit's id of a request differently; its capitals do not matter."""


@dataclass(frozen=True)
class Exchange:
    """What was asked about which company, and how it was answered.

    `question` says in words what was asked. `status` is None where no answer came, and `trace_id` where the answer
    had none.
    """

    method: str
    url: str
    realm_id: str
    question: str
    status: int | None = None
    trace_id: str | None = None


def trace_id(headers: Mapping[str, str]) -> str | None:
    """Intuit's id of the request, which its support asks for, or None."""
    return next((headers[name] for name in TRACE_HEADERS if headers.get(name)), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for; it may be a moment, which counts from `Date`. None without it."""
    wait, date = headers.get("Retry-After"), headers.get("Date")
    try:
        if wait and wait.strip().isdigit():
            return float(wait)
        if wait and date:
            return (parsedate_to_datetime(wait) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return None
    return None
