"""Bodies that the embedded company does not send, read from literals."""

from __future__ import annotations

import msgspec
import pytest

from pipelines.quickbooks import answers
from pipelines.quickbooks.answers import Unreadable
from pipelines.quickbooks.errors import QuickBooksFault
from pipelines.quickbooks.exchange import Exchange
from pipelines.quickbooks.faults import Envelope

SENT = Exchange("POST", "https://quickbooks.example/query", "1", "query", status=200, trace_id="t")
TIME = b'"time":"2026-05-05T03:09:39-07:00"'


def envelope(body: bytes) -> Envelope:
    return answers.open_envelope(body)


def texts(rows: list[msgspec.Raw]) -> list[bytes]:
    return [bytes(row) for row in rows]


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2026-05-05T03:09:39-07:00", "2026-05-05T10:09:39+00:00"),
        ("2026-05-05T05:16:21.718-07:00", "2026-05-05T12:16:21.718000+00:00"),
        ("2026-11-01T01:30:00-08:00", "2026-11-01T09:30:00+00:00"),
        ("2026-11-01T01:30:00-07:00", "2026-11-01T08:30:00+00:00"),
    ],
)
def test_time_is_utc(time: str, utc: str) -> None:
    """An answer's time is read as UTC, also with a fraction and in the hour that comes twice."""
    when = answers.answered_at(envelope(msgspec.json.encode({"time": time})))

    assert (when.isoformat(), when.timezone_name) == (utc, "UTC")


@pytest.mark.parametrize("body", [b"{}", b'{"time":"2026-05-05T03:09:39"}', b'{"time":"today"}'])
def test_answer_without_a_usable_time(body: bytes) -> None:
    """No cursor may be made of it."""
    with pytest.raises(Unreadable, match="time"):
        answers.answered_at(envelope(body))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"QueryResponse":{"A":[{"Id":', b'{"a":"\xff"}', b"OK"]
)
def test_body_that_is_no_json_object(body: bytes) -> None:
    """A body that is cut off, empty, badly encoded or no JSON object is unreadable."""
    with pytest.raises(Unreadable):
        envelope(body)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb"party \ud83d", rb"party \ufffd"),
        (rb"\uDE00 and \\\ud83d", rb"\ufffd and \\\ufffd"),
        (rb"\\ud83d \ud83d\ude00 \ud83d", rb"\\ud83d \ud83d\ude00 \ufffd"),
    ],
)
def test_half_an_emoji_does_not_spoil_the_page(sent: bytes, kept: bytes) -> None:
    """Half an emoji is replaced, while whole ones and a backslash before a u stay as they are."""
    body = b'{"QueryResponse":{"Invoice":[{"Id":"1","PrivateNote":"' + sent + b'"}]},' + TIME + b"}"

    rows = answers.query_answer(envelope(body), SENT).rows

    assert texts(rows) == [b'{"Id":"1","PrivateNote":"' + kept + b'"}']


def test_row_bytes_stay_as_sent() -> None:
    """A row keeps the bytes that were sent, with their spaces, escapes and trailing zeros."""
    body = (
        b'{"QueryResponse":{"Invoice":[{ "Id" : "1","TotalAmt":1.10 },{"Id":"2","N":"\\u00e9"}]},'
        + TIME
        + b"}"
    )

    rows = answers.query_answer(envelope(body), SENT).rows

    assert texts(rows) == [b'{ "Id" : "1","TotalAmt":1.10 }', b'{"Id":"2","N":"\\u00e9"}']


def test_wrapped_rows_stay_wrapped() -> None:
    """RecurringTransaction rows keep the name of their inner entity."""
    body = b'{"QueryResponse":{"RecurringTransaction":[{"Bill":{"Id":"4"}}],"maxResults":1},' + TIME + b"}"

    assert texts(answers.query_answer(envelope(body), SENT).rows) == [b'{"Bill":{"Id":"4"}}']


def test_one_row_outside_a_list() -> None:
    """A result of one row is read also when it comes without brackets."""
    body = b'{"QueryResponse":{"CompanyInfo":{"Id":"1","Tax":1.10},"maxResults":1},' + TIME + b"}"

    assert texts(answers.query_answer(envelope(body), SENT).rows) == [b'{"Id":"1","Tax":1.10}']


def test_total_count_beside_rows() -> None:
    """A totalCount that comes beside rows is read as the server states it."""
    body = (
        b'{"QueryResponse":{"Bill":[{"Id":"1"}],"startPosition":1,"maxResults":1,"totalCount":1},'
        + TIME
        + b"}"
    )

    answer = answers.query_answer(envelope(body), SENT)

    assert (len(answer.rows), answer.total_count) == (1, 1)


@pytest.mark.parametrize("total", [b'"3"', b"3.5", b"[3]", b'{"value":3}'])
def test_count_that_is_no_number(total: bytes) -> None:
    """A totalCount that is no number is unreadable and does not count as missing."""
    body = b'{"QueryResponse":{"totalCount":' + total + b"}," + TIME + b"}"

    with pytest.raises(Unreadable, match="counts"):
        answers.query_answer(envelope(body), SENT)


@pytest.mark.parametrize("response", [b"[]", b"null", b'"none"', b"7"])
def test_query_response_of_another_type(response: bytes) -> None:
    """A QueryResponse of another type is unreadable and does not pass for an empty page."""
    body = b'{"QueryResponse":' + response + b"," + TIME + b"}"

    with pytest.raises(Unreadable, match="its QueryResponse is no dict"):
        answers.query_answer(envelope(body), SENT)


def test_fault_within_a_query_response() -> None:
    """A fault inside a QueryResponse is raised, because rows beside it cannot be trusted."""
    body = (
        b'{"QueryResponse":{"Fault":{"Error":[{"Message":"No","code":"500"}],"type":"Validation"}},'
        + TIME
        + b"}"
    )

    with pytest.raises(QuickBooksFault, match="fault 500"):
        answers.query_answer(envelope(body), SENT)


def test_answer_to_something_else() -> None:
    """JSON without what was asked for is not an empty answer."""
    with pytest.raises(Unreadable, match="no QueryResponse, only time"):
        answers.query_answer(envelope(b"{" + TIME + b"}"), SENT)


def test_cdc_with_a_group_missing() -> None:
    """When CDC sends one group too few, only the groups that name their entity are assigned."""
    body = b'{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"}]}]}],' + TIME + b"}"

    groups = answers.cdc_answer(envelope(body), ["Customer", "Invoice"], SENT).groups

    assert {name: texts(rows) for name, rows in groups.items()} == {"Invoice": [b'{"Id":"1"}']}


def test_cdc_with_a_group_missing_and_one_of_another_name() -> None:
    """A CDC group of an entity that was not asked for, with others missing, makes the answer unreadable."""
    body = b'{"CDCResponse":[{"QueryResponse":[{"Estimate":[{"Id":"1"}]}]}],' + TIME + b"}"

    with pytest.raises(Unreadable, match="2 entities were asked and 1 answered, among them Estimate"):
        answers.cdc_answer(envelope(body), ["Customer", "Invoice"], SENT)


def test_cdc_group_out_of_order() -> None:
    """A CDC group that names its entity belongs to that entity, whatever its position."""
    body = b'{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"}]},{}]}],' + TIME + b"}"

    groups = answers.cdc_answer(envelope(body), ["Customer", "Invoice"], SENT).groups

    assert {name: texts(rows) for name, rows in groups.items()} == {
        "Customer": [],
        "Invoice": [b'{"Id":"1"}'],
    }


def test_cdc_asked_in_other_letters() -> None:
    """A CDC group belongs to the entity of the request even if upper and lower case differ."""
    body = b'{"CDCResponse":[{"QueryResponse":[{"Estimate":[{"Id":"1"}]}]}],' + TIME + b"}"

    assert list(answers.cdc_answer(envelope(body), ["estimate"], SENT).groups) == ["estimate"]


def test_cdc_with_a_fault() -> None:
    """A fault in the place of CDC's groups is raised."""
    body = b'{"CDCResponse":[{"Fault":{"Error":[{"code":"10000","Message":"Oops"}]}}],' + TIME + b"}"

    with pytest.raises(QuickBooksFault, match="fault 10000"):
        answers.cdc_answer(envelope(body), ["Invoice"], SENT)


def test_batch_item_with_a_fault_in_its_rows() -> None:
    """A fault in the rows of a batch item spoils only that item."""
    body = (
        b'{"BatchItemResponse":['
        b'{"bId":"1","QueryResponse":{"Fault":{"Error":[{"code":"500"}]}}},'
        b'{"bId":"2","QueryResponse":{"Term":[{"Id":"3"}]}}],' + TIME + b"}"
    )

    items = answers.batch_items(envelope(body), SENT)

    assert isinstance(items["1"], QuickBooksFault)
    assert isinstance(items["2"], answers.QueryAnswer)


def test_object_of_a_single_read_stays_as_sent() -> None:
    """A single read returns the bytes of its object as sent, and nothing else of the answer."""
    body = b'{"warnings":{"a":1},"Invoice":{ "Id" : "1","TotalAmt":1.10,"Line":[ ] },' + TIME + b"}"

    when, found = answers.one_object(envelope(body), body)

    assert (when.isoformat(), bytes(found)) == (
        "2026-05-05T10:09:39+00:00",
        b'{ "Id" : "1","TotalAmt":1.10,"Line":[ ] }',
    )
