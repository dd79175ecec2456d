"""When to ask again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retries:
    """Bounds on asking again; seconds throughout.

    `attempts` bounds how often a request is sent that meets server errors, time-outs or unreadable answers;
    `throttles` how often one waits out a 429, which asks for a minute of silence and says no more.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    throttles: int = 5
    throttle: float = 60.0
    longest_throttle: float = 300.0
    jitter: Callable[[float, float], float] = random.uniform

    def delay(self, attempt: int) -> float:
        """Seconds before the attempt after number `attempt`: doubling, spread so that threads come apart."""
        full = min(self.longest, self.first * 2 ** (attempt - 1))
        return self.jitter(full / 2, full)

    def throttle_delay(self, headers: Mapping[str, str]) -> float:
        """Seconds to be silent: `Retry-After`, maybe a moment to hold against `Date`, else a minute."""
        retry_after, date = headers.get("Retry-After"), headers.get("Date")
        seconds = self.throttle
        try:
            if retry_after and retry_after.strip().isdigit():
                seconds = float(retry_after)
            elif retry_after and date:
                seconds = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)).total_seconds()
        except (ValueError, TypeError):
            seconds = self.throttle
        return max(0.0, min(seconds, self.longest_throttle))
