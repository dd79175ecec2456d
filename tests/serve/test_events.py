"""Both payload formats become the same events; what is malformed spoils nothing beside it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.serve.webhooks.events import Event, Unreadable, is_signed, read, sign


def of(body: Any) -> list[Event]:
    return read(msgspec.json.encode(body)).events


def test_legacy() -> None:
    """Legacy notifications are read company by company, with times in any offset, and a merge says who is gone."""
    merge = {"name": "Customer", "id": "2", "operation": "Merge", "deletedId": "9"}
    body = {
        "eventNotifications": [
            {
                "realmId": "100",
                "dataChangeEvent": {
                    "entities": [
                        {
                            "name": "Invoice",
                            "id": "1",
                            "operation": "Create",
                            "lastUpdated": "2015-10-05T14:42:19-0700",
                        },
                        merge,
                    ]
                },
            },
            {
                "realmId": 200,
                "dataChangeEvent": {"entities": [{"name": "Currency", "id": 7, "operation": "Void"}]},
            },
        ]
    }
    assert of(body) == [
        Event("100", "Invoice", "1", "created", "2015-10-05T21:42:19.000000+00:00"),
        Event("100", "Customer", "2", "merged", None, "9"),
        Event("200", "CompanyCurrency", "7", "voided"),
    ]


def test_cloud_events() -> None:
    """CloudEvents are read across companies, also without `data` and with up to nine digits of a second."""
    body = [
        {
            "specversion": "1.0",
            "id": "f2",
            "source": "intuit.x=",
            "type": "qbo.salesreceipt.updated.v1",
            "time": "2025-09-10T21:31:25.179851517Z",
            "intuitentityid": "1234",
            "intuitaccountid": "100",
        },
        {
            "type": "qbo.customer.merged.v1",
            "time": "2025-09-10T21:31:25Z",
            "intuitentityid": "2",
            "intuitaccountid": "200",
            "data": {"deletedid": "27"},
        },
    ]
    assert of(body) == [
        Event("100", "SalesReceipt", "1234", "updated", "2025-09-10T21:31:25.179851+00:00"),
        Event("200", "Customer", "2", "merged", "2025-09-10T21:31:25.000000+00:00", "27"),
    ]
    assert of(body[0] | {"specversion": "1.0"}) == of(body)[:1]  # one alone, without its list


def test_the_formats_agree() -> None:
    """The same change in either format is one event, so that a switch of formats duplicates nothing."""
    old = {"name": "Payment", "id": "5", "operation": "Delete", "lastUpdated": "2026-01-01T00:00:00+01:00"}
    new = {
        "type": "qbo.payment.deleted.v1",
        "time": "2025-12-31T23:00:00Z",
        "intuitentityid": "5",
        "intuitaccountid": "1",
    }
    legacy = {"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": [old]}}]}
    assert of(legacy) == of([new])


@pytest.mark.parametrize("empty", [{"eventNotifications": []}, [], {"eventNotifications": None}])
def test_nothing(empty: Any) -> None:
    """A notification without entries is no event and no error."""
    notification = read(msgspec.json.encode(empty))
    assert (notification.events, notification.dropped) == ([], [])


def test_what_is_not_known_is_said_and_spoils_nothing() -> None:
    """An entry without company, id or copied entity is dropped with a sentence, and the others are read."""
    good = {"type": "qbo.bill.created.v1", "intuitentityid": "1", "intuitaccountid": "100"}
    notification = read(
        msgspec.json.encode(
            [4, good | {"type": "qbo.pledge.created.v1"}, good, good | {"intuitentityid": {}}]
        )
    )
    assert notification.events == [Event("100", "Bill", "1", "created")]
    assert notification.dropped == [
        "an entry without a company, ''",
        "company 100: an entity that is not copied, 'pledge'",
        "company 100: Bill without an id, ''",
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"7", b"{}", b'"x"', b"[" * 100_000, b'{"a":[]}'])
def test_neither_format(body: bytes) -> None:
    """A body in neither format is unreadable."""
    with pytest.raises(Unreadable):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    *(
        "eventNotifications",
        "realmId",
        "dataChangeEvent",
        "entities",
        "name",
        "id",
        "operation",
        "lastUpdated",
    ),
    *("deletedId", "type", "time", "data", "intuitentityid", "intuitaccountid", "deletedid", "specversion"),
]
SPOILED = st.recursive(
    JSON
    | st.sampled_from(
        ["100", "Invoice", "qbo.invoice.created.v1", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(SPOILED | st.dictionaries(st.just("eventNotifications"), SPOILED, min_size=1))
def test_any_json_is_read_or_refused(body: Any) -> None:
    """Any JSON is either refused or read into events with a company of digits, an id and an entity of ours."""
    try:
        notification = read(msgspec.json.encode(body))
    except Unreadable:
        return
    for event in notification.events:
        assert (
            event.realm_id.isascii() and event.realm_id.isdigit() and event.id and event.entity[0].isupper()
        )


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Any bytes are either read or refused as unreadable."""
    try:
        read(body)
    except Unreadable:
        return


@given(st.binary(max_size=50), st.text(max_size=50))
def test_no_other_signature_will_do(body: bytes, other: str) -> None:
    """Only the signature of the body by the verifier token is accepted, and never one by an empty token."""
    right = sign(body, "token")
    assert is_signed(body, right, "token")
    assert is_signed(body, other, "token") == (other.strip() == right)
    assert not is_signed(body, sign(body, ""), "")


def test_the_signature_is_the_one_of_the_papers() -> None:
    """The signature equals the one that openssl computes."""
    assert sign(b"{}", "secret") == "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="
