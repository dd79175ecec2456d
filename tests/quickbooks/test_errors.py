"""Faults in every dress, and what an error tells its reader."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from requests.structures import CaseInsensitiveDict

from pipelines.quickbooks.errors import QuickBooksError, QuickBooksFault, Throttled, Unreachable
from pipelines.quickbooks.exchange import Exchange, trace_id
from pipelines.quickbooks.faults import fault_in, fault_in_xml

SENT = Exchange("POST", "https://quickbooks.example", "9130", "query SELECT 1", status=400, trace_id="1-abc")

INVALID_QUERY = (
    b'{"Fault":{"Error":[{"Message":"Invalid query","Detail":"QueryValidationError: invalid context declaration: '
    b'Custmoer","code":"4001"}],"type":"ValidationFault"},"time":"2020-09-29T06:52:56.527-07:00"}'
)
GATEWAY = (
    b'{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed; '
    b'errorCode=003100; statusCode=403","detail":null,"code":"3100","element":null}],"type":"SERVICE"},'
    b'"report":null,"queryResponse":null,"batchItemResponse":[],"time":1601391072830,"cdcresponse":[]}'
)
XML_THROTTLE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<IntuitResponse time="2015-01-01T00:00:00.000-08:00" xmlns="http://schema.intuit.com/finance/v3">'
    b'<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; '
    b"statusCode=403</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault>"
    b"</IntuitResponse>"
)


def read(body: bytes) -> QuickBooksFault | None:
    return fault_in(msgspec.json.decode(body, type=dict[str, msgspec.Raw]), SENT)


def test_fault_of_the_api() -> None:
    """A fault of the API is read, and its missing element is None."""
    fault = read(INVALID_QUERY)

    assert fault is not None
    assert (fault.code, fault.type, fault.element) == ("4001", "ValidationFault", None)
    assert fault.detail == "QueryValidationError: invalid context declaration: Custmoer"


def test_fault_of_the_gateway() -> None:
    """A fault of the gateway is read in its lower-case spelling, although other members are null."""
    fault = read(GATEWAY)

    assert fault is not None
    assert (fault.code, fault.type, fault.detail) == ("3100", "SERVICE", "")


def test_fault_of_a_batch_item_in_xml_is_not_the_answers() -> None:
    """A batch answered in XML is an unreadable answer, whatever became of one of its items."""
    item = b'<Fault type="ValidationFault"><Error code="5030"><Message>No</Message></Error></Fault>'
    page = b'<IntuitResponse><BatchItemResponse bId="1">' + item + b"</BatchItemResponse></IntuitResponse>"
    assert fault_in_xml(page, SENT) is None


def test_fault_as_xml() -> None:
    """A throttle that comes as XML with status 403 is read as a throttle."""
    fault = fault_in_xml(XML_THROTTLE, replace(SENT, status=403))

    assert fault is not None
    assert (fault.code, fault.type, fault.is_throttle) == ("3001", "SERVICE", True)
    assert fault.detail == "The request limit was reached.  Try again later"


def test_page_is_no_fault() -> None:
    """An HTML page is not read as a fault."""
    assert fault_in_xml(b"<html><body>Down for maintenance</body></html>", SENT) is None


@pytest.mark.parametrize(
    "body", [b'{"QueryResponse":{},"time":"x"}', b'{"fault":null,"queryResponse":{}}', b'{"Fault":null}']
)
def test_no_fault(body: bytes) -> None:
    """An answer whose fault is null or absent is no fault."""
    assert read(body) is None


@pytest.mark.parametrize(
    "body", [b'{"Fault":{}}', b'{"Fault":{"Error":[]}}', b'{"Fault":"no"}', b'{"Fault":[]}']
)
def test_fault_that_says_little(body: bytes) -> None:
    """An empty or oddly shaped fault is still a fault, without a code."""
    fault = read(body)

    assert fault is not None
    assert fault.code == ""


def test_message_tells_what_was_asked_what_came_back_and_what_to_do() -> None:
    """A message says in one sentence each what was asked, what came back and what to do."""
    assert str(read(INVALID_QUERY)) == (
        "Company 9130, query SELECT 1: fault 4001, Invalid query: QueryValidationError: invalid context "
        "declaration: Custmoer (HTTP 400, intuit_tid 1-abc). Asking again would bring the same answer: the request "
        "itself is refused."
    )


@pytest.mark.parametrize(
    "detail",
    [
        "Token expired: AB01160139yJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
        "Token revoked: eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..abc.def",
    ],
)
def test_quoted_token_is_left_out(detail: str) -> None:
    """The message of an error leaves out the token that QuickBooks quotes."""
    body = msgspec.json.encode(
        {"fault": {"error": [{"code": "3200", "detail": detail}], "type": "AUTHENTICATION"}}
    )

    fault = read(body)

    assert fault is not None
    assert fault.detail == f"{detail.split(':')[0]}: …"
    assert detail.split(": ")[1] not in str(fault)


@pytest.mark.parametrize(
    ("code", "status", "answers"),
    [
        ("3200", 401, {"is_authentication"}),
        ("3200", 200, {"is_authentication"}),
        ("", 401, {"is_authentication"}),
        ("120", 401, set()),
        ("3001", 429, {"is_throttle", "is_transient"}),
        ("3001", 403, {"is_throttle", "is_transient"}),
        ("10000", 200, {"is_transient"}),
        ("10000", 400, {"is_transient"}),
        ("3100", 500, {"is_transient"}),
        ("3100", 403, set()),
        ("5010", 400, set()),
        ("500", 400, set()),
        ("4002", 400, set()),
    ],
)
def test_what_a_fault_calls_for(code: str, status: int, answers: set[str]) -> None:
    """Code and status decide whether a fault calls for a refresh, a wait, another attempt or none of them."""
    fault = QuickBooksFault(replace(SENT, status=status), code=code, message="")

    properties = ("is_authentication", "is_throttle", "is_transient")
    assert {name for name in properties if getattr(fault, name)} == answers


def test_one_root_for_all() -> None:
    """Whoever catches QuickBooksError catches everything that the client raises on purpose."""
    assert issubclass(QuickBooksFault, QuickBooksError)
    assert isinstance(Unreachable("no", SENT), QuickBooksError)
    assert isinstance(Throttled("slow", SENT), QuickBooksError)


@pytest.mark.parametrize("header", ["intuit_tid", "Intuit_Tid", "intuit-tid", "INTUIT-TID"])
def test_trace_id_in_every_spelling(header: str) -> None:
    """Intuit's id of a request is read, whichever gateway wrote its header."""
    assert trace_id(CaseInsensitiveDict({header: "1-abc"})) == "1-abc"
