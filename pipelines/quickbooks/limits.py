"""How fast a company may be asked: https://blogs.intuit.com/2025/08/13/upcoming-changes-to-the-accounting-api"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# A request is taken to reach QuickBooks this long after it was sent, or when its answer is back if that is
# sooner. Counting from sending alone, ten requests that waited for TLS would meet the next ten there.
JOURNEY = 0.5


@dataclass
class _Sent:
    arrived_by: float
    is_batch: bool


class Limits:
    """Keeps one company's requests within sliding windows and a number in flight. It is thread-safe.

    QuickBooks refuses the request that breaks a limit and then wants a minute of silence, so a request
    waits here instead. `journey` is how many seconds a request may take to arrive; the longer, the surer and the
    slower. `monotonic` and `sleep` are the clock that is waited on.
    """

    def __init__(
        self,
        *,
        per_minute: int = 500,
        per_second: int = 10,
        in_flight: int = 10,
        batches_per_minute: int = 40,
        journey: float = JOURNEY,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._windows = ((per_minute, 60.0), (per_second, 1.0))
        self._journey = journey
        self._batch_window = (batches_per_minute, 60.0)
        self._in_flight = threading.BoundedSemaphore(in_flight)
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sent: list[_Sent] = []
        self._held_until = float("-inf")

    @contextmanager
    def slot(self, *, batch: bool = False) -> Iterator[None]:
        """Waits until a request may be sent, and holds a place in flight until it is answered."""
        with self._in_flight:
            sent = self._enter(batch)
            try:
                yield
            finally:
                sent.arrived_by = min(sent.arrived_by, self._monotonic())

    def hold(self, seconds: float) -> None:
        """Keeps every thread from sending for that long: one was throttled, and the others would be too."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)

    def _enter(self, batch: bool) -> _Sent:
        while True:
            with self._lock:
                now = self._monotonic()
                wait = self._wait(now, batch)
                if wait <= 0:
                    sent = _Sent(now + self._journey, batch)
                    self._sent.append(sent)
                    return sent
            self._sleep(wait)

    def _wait(self, now: float, batch: bool) -> float:
        self._sent = [sent for sent in self._sent if sent.arrived_by > now - 60.0]
        every = sorted(sent.arrived_by for sent in self._sent)
        waits = [self._held_until - now]
        waits += [_until_free(every, count, seconds, now) for count, seconds in self._windows]
        if batch:
            batches = sorted(sent.arrived_by for sent in self._sent if sent.is_batch)
            waits.append(_until_free(batches, *self._batch_window, now))
        return max(waits)


def _until_free(arrivals: list[float], count: int, seconds: float, now: float) -> float:
    """Seconds until fewer than `count` of the sorted arrivals lie in the window."""
    return arrivals[-count] + seconds - now if len(arrivals) >= count else 0.0
