"""When to ask again, how often, and how long to wait before."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .errors import RequestFailed, Throttled

logger = logging.getLogger(__name__)
T = TypeVar("T")


def spread(low: float, high: float) -> float:
    """A random wait between both, so that threads do not ask again at the same moment."""
    return random.uniform(low, high)


def unspread(low: float, high: float) -> float:
    """The longer wait, for somebody who waits alone."""
    return high


@dataclass(frozen=True)
class Retries:
    """How often to ask again and how long to wait, in seconds. The error knows whether asking again can help.

    `attempts` bounds how often a request is sent that meets server errors, time-outs or unreadable answers;
    between them one waits `first` seconds, then twice as long, up to `longest`.
    `throttles` bounds how often one waits out a 429, which asks for a minute of silence and says no more.
    `readings` bounds how often rows are read again whose positions moved meanwhile, at once.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    jitter: Callable[[float, float], float] = spread
    throttles: int = 5
    throttle: float = 60.0
    longest_throttle: float = 300.0
    readings: int = 5

    def until_answered(self, ask: Callable[[], T], pause: Callable[[RequestFailed, float], None]) -> T:
        """What `ask` gives back in the end. After an error that may pass, `pause` waits for so many seconds."""
        failures = throttles = 0
        while True:
            try:
                return ask()
            except RequestFailed as error:
                if error.is_throttle:
                    throttles += 1
                    is_last = throttles > self.throttles
                else:
                    failures += 1
                    is_last = failures >= self.attempts or not error.is_transient
                if error.is_given_up or is_last:
                    error.is_given_up = True
                    raise
                passing = error
            seconds = self.wait(passing, failures)
            if passing.is_throttle:
                logger.warning("%s Waiting %.0f s.", passing, seconds)
            else:
                logger.info("%s Asking again in %.1f s.", passing, seconds)
            pause(passing, seconds)

    def wait(self, error: RequestFailed, attempt: int) -> float:
        """Seconds to wait after attempt number `attempt` ended in this error."""
        if not error.is_throttle:
            return self.delay(attempt)
        asked_for = error.retry_after if isinstance(error, Throttled) else None
        return max(0.0, min(self.throttle if asked_for is None else asked_for, self.longest_throttle))

    def delay(self, attempt: int) -> float:
        """Seconds between attempt number `attempt` and the next one. They double, and jitter takes up to half off."""
        full = min(self.longest, self.first * 2 ** (attempt - 1))
        return self.jitter(full / 2, full)
