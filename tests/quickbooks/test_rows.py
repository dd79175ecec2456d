"""Objects in forms that QuickBooks's own documentation does not show: none may end a night."""

from __future__ import annotations

from typing import Any

import msgspec
import pendulum
import pytest

from pipelines.quickbooks.entities import BY_NAME
from pipelines.quickbooks.rows import Row, read, versions

ANSWERED = pendulum.datetime(2026, 11, 20, 17)
STAMPED = '"MetaData":{"LastUpdatedTime":"2026-09-02T15:14:27-07:00"}'


def row(payload: str, entity: str = "Customer") -> Row:
    (found,) = read(BY_NAME[entity], [msgspec.Raw(payload.encode())])
    return found


def version(payload: str, entity: str = "Customer") -> dict[str, Any]:
    """The row of `raw` that it becomes."""
    table = versions(
        [row(payload, entity)], realm_id="1", answered_at=ANSWERED, ceiling=ANSWERED, load_id="load"
    )
    (stored,) = table.to_pylist()
    return stored


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026-09-02T15:14:27-07:00", "2026-09-02T22:14:27"),
        ("2026-09-02T15:14:27-0700", "2026-09-02T22:14:27"),
        ("2026-09-02T15:14:27.250Z", "2026-09-02T15:14:27.250"),
        ("2026-09-02T15:14:27", "2026-09-02T22:14:27"),
        ("2026-12-02T15:14:27", "2026-12-02T23:14:27"),
    ],
)
def test_a_stamp_in_any_form(stamp: str, utc: str) -> None:
    """A stamp is read in every form, and without an offset it is Pacific time, in summer and winter."""
    stamps = f'"MetaData":{{"CreateTime":"{stamp}","LastUpdatedTime":"{stamp}"}}'
    stored = version(f'{{"Id":"1",{stamps}}}')
    expected = pendulum.parse(utc, tz="UTC")
    assert (stored["created_at"], stored["last_updated_at"]) == (expected, expected)


@pytest.mark.parametrize(
    "stamps",
    ['"MetaData":null', '"MetaData":{}', '"MetaData":{"LastUpdatedTime":""}', '"domain":"QBO"'],
)
def test_an_object_without_a_stamp_takes_the_answers(stamps: str) -> None:
    """An object without a stamp is still a version and takes the time of its answer."""
    stored = version(f'{{"Id":"1",{stamps}}}')
    assert (stored["last_updated_at"], stored["created_at"]) == (ANSWERED, None)


@pytest.mark.parametrize(("token", "number"), [('"3"', 3), ("3", 3), ("null", 0), ('""', 0), ("3.0", 3)])
def test_a_sync_token_in_any_form(token: str, number: int) -> None:
    """A SyncToken is read as text or number, and a missing one counts as 0."""
    assert version(f'{{"Id":"1","SyncToken":{token}}}')["sync_token"] == number


@pytest.mark.parametrize("odd", ['"Active":"true"', '"Active":null', '"status":null', '"Id":1'])
def test_flags_and_ids_of_another_type(odd: str) -> None:
    """A row is read although its flags or its id have another type, and a numeric id is the same id."""
    assert row(f'{{"Id":"1",{odd}}}').id == "1"


def test_a_recurring_transaction_is_found_in_its_wrapping() -> None:
    """A recurring transaction is read from its inner object, whatever stands beside it."""
    plain = row(f'{{"Invoice":{{"Id":"7",{STAMPED}}}}}', "RecurringTransaction")
    beside = row(
        f'{{"domain":"QBO","sparse":false,"Invoice":{{"Id":"7",{STAMPED}}}}}', "RecurringTransaction"
    )
    bare = row(f'{{"Id":"7",{STAMPED}}}', "RecurringTransaction")
    assert [one.id for one in (plain, beside, bare)] == ["7", "7", "7"]
    assert plain.last_updated_at == beside.last_updated_at == bare.last_updated_at is not None


def test_a_recurring_transaction_that_is_gone_is_not_wrapped() -> None:
    """The tombstone of a recurring transaction is read although it has no inner object."""
    gone = row(f'{{"domain":"QBO","status":"Deleted","Id":"7",{STAMPED}}}', "RecurringTransaction")
    assert (gone.id, gone.head.is_tombstone) == ("7", True)
