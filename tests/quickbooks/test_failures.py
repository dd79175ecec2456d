"""Everything that goes wrong on the way, made to happen by the server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.connect.tokens import Connection, Tokens
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import (
    QuickBooksFault,
    SignInNeeded,
    Throttled,
    Unreachable,
    UnreadableAnswer,
)
from tests.support.still import StillTime

pytestmark = pytest.mark.survives("Faults, request by request")

ALL_INVOICES = "SELECT * FROM Invoice MAXRESULTS 1000"
FAILING = [
    "500",
    "502",
    "503",
    "504",
    "maintenance",
    "reset",
    "lost",
    "truncated",
    "cut_json",
    "empty",
    "xml",
]


@pytest.mark.parametrize("fault", FAILING)
def test_passing_failures_are_asked_again(
    client: QuickBooks, server: EmbeddedServer, invoices: Callable[[int], None], fault: str
) -> None:
    """Server errors, resets, cut-off bodies and pages pass; the caller sees only the answer."""
    invoices(3)
    server.faults.add(fault, "query", times=2)  # type: ignore[arg-type]

    assert len(client.query(ALL_INVOICES).rows) == 3
    assert client.calls["query"] == 3


def test_code_10000_is_asked_again_whatever_its_status(client: QuickBooks, server: EmbeddedServer) -> None:
    """A system failure comes with 200, 400 and 500."""
    server.faults.add("fault200", "query", code="10000")
    server.faults.add("fault", "query", code="10000", status=400)

    assert client.query(ALL_INVOICES).rows == []
    assert client.calls["query"] == 3


def test_back_off_doubles_and_is_spread(client: QuickBooks, server: EmbeddedServer, time: StillTime) -> None:
    """Each wait lies between half of its bound and the whole of it, and the bounds double."""
    server.faults.add("503", "query", times=5)

    client.query(ALL_INVOICES)

    assert all(bound / 2 <= nap <= bound for nap, bound in zip(time.naps, [0.5, 1, 2, 4, 8], strict=True)), (
        time.naps
    )


@pytest.mark.parametrize(
    ("fault", "error"), [("503", QuickBooksFault), ("502", Unreachable), ("reset", Unreachable)]
)
def test_lasting_failures_end(
    client: QuickBooks, server: EmbeddedServer, fault: str, error: type[Exception]
) -> None:
    """Six attempts, then the error."""
    server.faults.add(fault, "query", times=None)  # type: ignore[arg-type]

    with pytest.raises(error, match="Company 100, query SELECT"):
        client.query(ALL_INVOICES)
    assert client.calls["query"] == 6


def test_time_out_is_asked_again(client: QuickBooks, server: EmbeddedServer) -> None:
    """A server that says nothing within the time-out counts as one that failed."""
    server.faults.add("delay", "query", seconds=3)

    assert client.query(ALL_INVOICES).rows == []
    assert client.calls["query"] == 2


def test_a_body_that_trickles_is_cut_off_and_asked_again(
    client: QuickBooks, server: EmbeddedServer, invoices: Callable[[int], None]
) -> None:
    """Bytes that keep coming never let the time-out for silence pass; the whole body has a bound of its own."""
    invoices(3)
    server.faults.add("trickle", "query", seconds=0.2)

    assert len(client.query(ALL_INVOICES).rows) == 3
    assert client.calls["query"] == 2


@pytest.mark.parametrize("code", ["4000", "4001", "610", "5020", "2500", "6190"])
def test_refusals_are_never_asked_again(client: QuickBooks, server: EmbeddedServer, code: str) -> None:
    """The same request would be refused the same way."""
    server.faults.add("fault", "query", times=None, code=code, detail="No.")

    with pytest.raises(QuickBooksFault) as caught:
        client.query(ALL_INVOICES)
    assert (caught.value.code, client.calls["query"]) == (code, 1)


@pytest.mark.parametrize("kind", ["fault200", "lowercase"])
def test_fault_in_http_200_and_in_lower_case(client: QuickBooks, server: EmbeddedServer, kind: str) -> None:
    """A fault is a fault in either envelope, whatever the status."""
    server.faults.add(kind, "query", code="6190", detail="Subscription ended", status=200)  # type: ignore[arg-type]

    with pytest.raises(QuickBooksFault, match="fault 6190"):
        client.query(ALL_INVOICES)


def test_throttle_waits_a_minute(client: QuickBooks, server: EmbeddedServer, time: StillTime) -> None:
    """QuickBooks sends no Retry-After; its documentation says 60 seconds."""
    server.faults.add("429", "query")

    assert client.query(ALL_INVOICES).rows == []
    assert time.naps == [60]


def test_throttle_waits_what_retry_after_says(
    client: QuickBooks, server: EmbeddedServer, time: StillTime
) -> None:
    """Should it be sent, it wins."""
    server.faults.add("429", "query", retry_after=7)

    client.query(ALL_INVOICES)

    assert time.naps == [7]


def test_throttle_as_xml(client: QuickBooks, server: EmbeddedServer, time: StillTime) -> None:
    """Old gateways send XML though JSON was asked for."""
    server.faults.add("429_xml", "query")

    client.query(ALL_INVOICES)

    assert time.naps == [60]


def test_throttle_without_end(client: QuickBooks, server: EmbeddedServer) -> None:
    """Five waits, then the run stops."""
    server.faults.add("429", "query", times=None)

    with pytest.raises(Throttled, match="run again in a few minutes"):
        client.query(ALL_INVOICES)
    assert client.calls["query"] == 6


@pytest.mark.parametrize("fault", ["401", "401_xml"])
def test_refused_token_is_refreshed_once(
    client: QuickBooks, server: EmbeddedServer, tokens: Tokens, fault: str
) -> None:
    """A 401 before its time costs one refresh and no error."""
    old = tokens.access_token()
    server.faults.add(fault, "query")  # type: ignore[arg-type]

    assert client.query(ALL_INVOICES).rows == []
    assert tokens.access_token() != old
    assert server.counters.kinds["token"] == 1


def test_a_token_endpoint_that_stays_down_is_not_asked_anew(
    client: QuickBooks, server: EmbeddedServer
) -> None:
    """A refresh is attempted six times in all, and the request that needs it does not begin again."""
    server.faults.add("401", "query", times=None)
    server.faults.add("reset", "token", times=None)

    with pytest.raises(Unreachable, match="token refresh"):
        client.query(ALL_INVOICES)
    assert client.calls["query"] == 1
    assert server.counters.kinds["token"] == 6


def test_refused_twice_asks_for_a_sign_in(client: QuickBooks, server: EmbeddedServer) -> None:
    """A fresh token that is refused too will not get better."""
    server.faults.add("401", "query", times=None)

    with pytest.raises(SignInNeeded, match="quickduck login"):
        client.query(ALL_INVOICES)
    assert server.counters.kinds["token"] == 1


def test_token_text_does_not_reach_the_error(
    client: QuickBooks, server: EmbeddedServer, connection: Connection
) -> None:
    """QuickBooks quotes the expired token in its fault; we do not."""
    server.faults.add(
        "lowercase", "query", times=None, code="3200", detail=f"Token expired: {connection.access_token}"
    )

    with pytest.raises(SignInNeeded) as caught:
        client.query(ALL_INVOICES)
    assert connection.access_token not in f"{caught.value} {caught.value.__cause__}"


def test_wrong_keys_for_the_company(client: QuickBooks, server: EmbeddedServer) -> None:
    """Code 3100 is no permission problem, and the message says what it is."""
    server.faults.add("403", "query")

    with pytest.raises(QuickBooksFault, match="development keys open sandbox companies only"):
        client.query(ALL_INVOICES)


def test_error_names_company_request_code_and_trace(client: QuickBooks) -> None:
    """Enough to act on and to give to Intuit."""
    with pytest.raises(QuickBooksFault) as caught:
        client.query("SELECT * FROM Custmoer")

    fault = caught.value
    assert fault.intuit_tid
    for part in ("Company 100", "SELECT * FROM Custmoer", "4001", fault.intuit_tid):
        assert part in str(fault)


def test_debug_log_has_the_trace_and_no_token(
    client: QuickBooks, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """One line a request, with its intuit_tid."""
    with caplog.at_level(logging.DEBUG):
        client.query(ALL_INVOICES)

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("pipelines")]
    assert "intuit_tid" in lines[0] and "None" not in lines[0]
    assert connection.access_token not in caplog.text


def test_one_refused_token_is_refreshed_once_by_many_threads(
    client: QuickBooks, server: EmbeddedServer, tokens: Tokens
) -> None:
    """Ten requests meet the same 401; one refreshes and the others use what it got."""
    refused = tokens.access_token()
    server.switches.latency = 0.05
    server.faults.add(
        "401", times=None, when=lambda request: request.headers.get("Authorization") == f"Bearer {refused}"
    )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: client.query(ALL_INVOICES), range(10)))

    assert server.counters.kinds["token"] == 1


def test_unreadable_answer_says_so(client: QuickBooks, server: EmbeddedServer) -> None:
    """A page with HTTP 200 is no answer, however often it comes."""
    server.faults.add("maintenance", "query", times=None)

    with pytest.raises(UnreadableAnswer, match="a page, no JSON"):
        client.query(ALL_INVOICES)
