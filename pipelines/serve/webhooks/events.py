"""What QuickBooks notifies of: its two payload formats, read into one kind of event.

https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks
https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from pipelines.quickbooks.entities import BY_NAME

ENTITIES = {name.lower(): name for name in BY_NAME} | {"currency": "CompanyCurrency"}
OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "email": "emailed",
}
REALM_ID = re.compile(r"[0-9]{1,32}")
ID = re.compile(r"[\w.:|-]{1,64}", re.ASCII)
"""ExchangeRate's is currency|date."""


class Unreadable(ValueError):
    """A body that is neither format."""


@dataclass(frozen=True)
class Event:
    """Something happened to one object. `occurred_at` is UTC in ISO text, None where it is not told.

    `deleted_id`, of a merge alone, is the object that is gone.
    """

    realm_id: str
    entity: str
    id: str
    operation: str
    occurred_at: str | None = None
    deleted_id: str | None = None


@dataclass
class Notification:
    """The events of one body, in the order sent, and a line for each entry that is none we know."""

    events: list[Event] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def read(body: bytes) -> Notification:
    """The events of a body in either format. An entry that cannot be read spoils none beside it.

    Raises Unreadable for what is no JSON, or JSON of another form.
    """
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"The body is no JSON: {error}") from None
    notification = Notification()
    for entry in _entries(said):
        found = entry()
        if isinstance(found, Event):
            notification.events.append(found)
        else:
            notification.dropped.append(found)
    return notification


class _Entry:
    """One entry, whichever format it came in; called, it is an event or a line about why it is none."""

    def __init__(self, realm: Any, entity: Any, id: Any, operation: Any, at: Any, deleted: Any) -> None:
        self._realm, self._entity, self._id = _text(realm), _text(entity), _text(id)
        self._operation, self._at, self._deleted = _text(operation).lower(), at, _text(deleted)

    def __call__(self) -> Event | str:
        entity = ENTITIES.get(re.sub(r"[^a-z]", "", self._entity.lower()))
        if not REALM_ID.fullmatch(self._realm):
            return f"an entry without a company, {_short(self._realm)}"
        if entity is None:
            return f"company {self._realm}: an entity that is not copied, {_short(self._entity)}"
        if not ID.fullmatch(self._id):
            return f"company {self._realm}: {entity} without an id, {_short(self._id)}"
        return Event(
            self._realm,
            entity,
            self._id,
            OPERATIONS.get(self._operation, self._operation[:16]),
            utc(self._at),
            self._deleted if ID.fullmatch(self._deleted) else None,
        )


def _entries(said: Any) -> Iterator[_Entry]:
    if isinstance(said, dict) and "eventNotifications" in said:
        yield from _legacy(said["eventNotifications"])
    elif isinstance(said, list):
        yield from map(_cloud_event, said)
    elif isinstance(said, dict) and "specversion" in said:
        yield _cloud_event(said)
    else:
        raise Unreadable("The body has neither eventNotifications nor is it a list of CloudEvents.")


def _legacy(notifications: Any) -> Iterator[_Entry]:
    """`{realmId, dataChangeEvent: {entities: [{name, id, operation, lastUpdated, deletedId}]}}` each."""
    for notification in _list(notifications):
        told = _dict(notification)
        for entity in _list(_dict(told.get("dataChangeEvent")).get("entities")):
            one = _dict(entity)
            yield _Entry(
                told.get("realmId"),
                one.get("name"),
                one.get("id"),
                one.get("operation"),
                one.get("lastUpdated"),
                one.get("deletedId"),
            )


def _cloud_event(event: Any) -> _Entry:
    """`{type: "qbo.<entity>.<operation>.v1", intuitaccountid, intuitentityid, time[, data]}`."""
    one = _dict(event)
    names = _text(one.get("type")).split(".")
    entity, operation = names[1:3] if len(names) > 2 and names[0] == "qbo" else (one.get("type"), "")
    return _Entry(
        one.get("intuitaccountid"),
        entity,
        one.get("intuitentityid"),
        operation,
        one.get("time"),
        _dict(one.get("data")).get("deletedid"),
    )


def utc(stamp: Any) -> str | None:
    """A stamp with an offset, or `Z` and up to nine digits of a second, in one form; without either it is UTC."""
    try:
        moment = datetime.fromisoformat(stamp)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    """Ids are text, and a sender that writes a number means the same."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _short(text: str) -> str:
    return repr(text[:40])
