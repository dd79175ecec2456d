"""How long to wait before asking again."""

from __future__ import annotations

import pytest

from pipelines.quickbooks.errors import Throttled
from pipelines.quickbooks.exchange import Exchange, retry_after
from pipelines.quickbooks.retries import Retries, unspread

SENT = Exchange("POST", "https://quickbooks.example", "1", "query", status=429)
DATE = "Fri, 20 Nov 2026 17:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "86400"}, 300),
        ({"Retry-After": "Fri, 20 Nov 2026 17:01:30 GMT", "Date": DATE}, 90),
        ({"Retry-After": "Fri, 20 Nov 2026 16:00:00 GMT", "Date": DATE}, 0),
        ({"Retry-After": "Fri, 20 Nov 2026 17:01:30 GMT"}, 60),
        ({"Retry-After": "soon", "Date": DATE}, 60),
    ],
)
def test_throttle_waits(headers: dict[str, str], seconds: float) -> None:
    """A throttle waits a minute unless the answer says otherwise, and never longer than five."""
    throttled = Throttled("too many requests", SENT, retry_after=retry_after(headers))
    assert Retries().wait(throttled, 1) == seconds


def test_delay_doubles_up_to_a_bound() -> None:
    """The longest delay doubles with each attempt up to a bound."""
    retries = Retries(jitter=unspread)

    assert [retries.delay(attempt) for attempt in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
