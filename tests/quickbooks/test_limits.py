"""How fast a company is asked."""

from __future__ import annotations

import threading
import time as wall
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.connect.tokens import Tokens
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.limits import JOURNEY, Limits
from tests.support.still import StillTime


@pytest.fixture
def limits(time: StillTime) -> Limits:
    return Limits(sleep=time.sleep, monotonic=time.monotonic)


def send(
    limits: Limits, time: StillTime, count: int, *, batch: bool = False, takes: float = 0.0
) -> list[float]:
    """When each of so many requests was sent, one after the other."""
    sent = []
    for _ in range(count):
        with limits.slot(batch=batch):
            sent.append(time.seconds)
            time.seconds += takes
    return sent


def most_in(stamps: list[float], seconds: float) -> int:
    return max(sum(start <= stamp < start + seconds for stamp in stamps) for start in stamps)


def test_ten_a_second(limits: Limits, time: StillTime) -> None:
    """Any second holds ten requests at most, and no request waits longer than it must."""
    sent = send(limits, time, 35)

    assert most_in(sent, 1.0) == 10
    assert sent[-1] == 3.0


def test_five_hundred_a_minute(limits: Limits, time: StillTime) -> None:
    """Any minute holds 500 requests at most, wherever it begins."""
    sent = send(limits, time, 1200, takes=0.01)

    assert most_in(sent, 60.0) == 500


def test_forty_batches_a_minute(limits: Limits, time: StillTime) -> None:
    """Any minute holds forty batches at most, and they count in the other limits too."""
    sent = send(limits, time, 90, batch=True, takes=0.1)

    assert most_in(sent, 60.0) == 40


def test_queries_do_not_wait_for_batches(limits: Limits, time: StillTime) -> None:
    """A full limit of batches holds up batches and no queries."""
    send(limits, time, 40, batch=True, takes=0.2)
    before = time.seconds

    send(limits, time, 5, takes=0.2)

    assert time.seconds - before == pytest.approx(1.0)


def test_slow_journeys_do_not_meet_at_the_server(limits: Limits, time: StillTime) -> None:
    """A request leaves a second after ten slow ones were answered, since those may have arrived late."""
    gate = threading.Barrier(11)

    def slow() -> None:
        with limits.slot():
            gate.wait(5)
            gate.wait(5)

    with ThreadPoolExecutor(10) as pool:
        for _ in range(10):
            pool.submit(slow)
        gate.wait(5)
        time.seconds = 0.3
        gate.wait(5)
    send(limits, time, 1)

    assert time.seconds == pytest.approx(1.3)
    assert JOURNEY > 0.3


def test_ten_in_flight() -> None:
    """An eleventh request waits until one of the ten in flight is answered."""
    limits = Limits(per_second=1000)
    flying, most = 0, 0
    lock = threading.Lock()

    def fly(_: int) -> None:
        nonlocal flying, most
        with limits.slot():
            with lock:
                flying += 1
                most = max(most, flying)
            wall.sleep(0.01)
            with lock:
                flying -= 1

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(fly, range(60)))

    assert most == 10


def test_hold_stops_everybody(limits: Limits, time: StillTime) -> None:
    """A throttled request holds up every thread of the company."""
    limits.hold(60)

    assert send(limits, time, 1) == [60]


def test_place_is_given_back_after_an_error(time: StillTime) -> None:
    """A request that fails gives its place among those in flight back."""
    limits = Limits(in_flight=1, sleep=time.sleep, monotonic=time.monotonic)
    with pytest.raises(ValueError), limits.slot():
        raise ValueError

    assert send(limits, time, 1) == [0]


def test_server_never_throttles_us(server: EmbeddedServer, tokens: Tokens) -> None:
    """A server that enforces its limits answers 35 requests from 16 threads without a 429."""
    server.throttle.limits.enabled = True
    with (
        QuickBooks("100", api_url=server.url, tokens=tokens, limits=Limits(journey=60)) as client,
        ThreadPoolExecutor(16) as pool,
    ):
        list(pool.map(lambda _: client.query("SELECT count(*) FROM Invoice"), range(35)))

    assert server.counters.throttled == 0
    assert server.counters.most_per_second <= 10
