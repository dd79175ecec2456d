"""What QuickBooks notifies of: its signature, and its two payload formats, read into one kind of event.

https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks
https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from pipelines.quickbooks.entities import BY_NAME

HEADER = "intuit-signature"
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
    """A change of one object. `occurred_at` is UTC in ISO text, None if the notification has no time.

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
    """The events of one body in the order sent, and a line for each entry that is no event of ours."""

    events: list[Event] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def sign(body: bytes, token: str) -> str:
    """base64(HMAC-SHA256(body, token)), as QuickBooks puts it into `intuit-signature`."""
    return base64.b64encode(hmac.digest(token.encode(), body, hashlib.sha256)).decode()


def is_signed(body: bytes, signature: str, token: str) -> bool:
    """Whether QuickBooks signed these bytes; compares in constant time, and is never true without a token."""
    sent = signature.strip().encode("utf-8", "replace")
    return bool(token) and hmac.compare_digest(sign(body, token).encode(), sent)


def read(body: bytes) -> Notification:
    """The events of a body in either format. An entry that cannot be read spoils none beside it.

    Raises Unreadable for what is no JSON, or JSON of another form.
    """
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"The body is no JSON: {error}") from None
    notification = Notification()
    for entry in _entries(payload):
        event = entry()
        if isinstance(event, Event):
            notification.events.append(event)
        else:
            notification.dropped.append(event)
    return notification


class _Entry:
    """One entry of either format; calling it gives the event, or a line that says why there is none."""

    def __init__(
        self, realm: object, entity: object, id: object, operation: object, at: object, deleted: object
    ) -> None:
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


def _entries(payload: object) -> Iterator[_Entry]:
    if isinstance(payload, dict) and "eventNotifications" in payload:
        yield from _legacy(payload["eventNotifications"])
    elif isinstance(payload, list):
        yield from map(_cloud_event, payload)
    elif isinstance(payload, dict) and "specversion" in payload:
        yield _cloud_event(payload)
    else:
        raise Unreadable("The body has neither eventNotifications nor is it a list of CloudEvents.")


def _legacy(notifications: object) -> Iterator[_Entry]:
    """`{realmId, dataChangeEvent: {entities: [{name, id, operation, lastUpdated, deletedId}]}}` each."""
    for notification in _list(notifications):
        company = _dict(notification)
        for entity in _list(_dict(company.get("dataChangeEvent")).get("entities")):
            change = _dict(entity)
            yield _Entry(
                company.get("realmId"),
                change.get("name"),
                change.get("id"),
                change.get("operation"),
                change.get("lastUpdated"),
                change.get("deletedId"),
            )


def _cloud_event(event: object) -> _Entry:
    """`{type: "qbo.<entity>.<operation>.v1", intuitaccountid, intuitentityid, time[, data]}`."""
    fields = _dict(event)
    names = _text(fields.get("type")).split(".")
    entity, operation = names[1:3] if len(names) > 2 and names[0] == "qbo" else (fields.get("type"), "")
    return _Entry(
        fields.get("intuitaccountid"),
        entity,
        fields.get("intuitentityid"),
        operation,
        fields.get("time"),
        _dict(fields.get("data")).get("deletedid"),
    )


def utc(stamp: object) -> str | None:
    """A stamp with an offset, or `Z` and up to nine digits of a second, in one form; without either it is UTC."""
    if not isinstance(stamp, str):
        return None
    try:
        moment = datetime.fromisoformat(stamp)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    """Ids are text, and a sender that writes a number means the same."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _short(text: str) -> str:
    return repr(text[:40])
