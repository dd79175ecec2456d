"""What a webhook's body says: the legacy envelope, and the CloudEvents that replaced it in 2026."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from pendulum import DateTime

from ..books.documents import Change
from ..clock import PACIFIC
from ..wire.encoding import encode

PAST = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "voided",
    "Emailed": "emailed",
}


def legacy(events: list[Change], chance: Random) -> bytes:
    """One notification per company, its events in the order given; `chance` decides nothing."""
    companies: dict[str, list[dict[str, str]]] = {}
    for event in events:
        entity = {"name": event.entity, "id": event.id, "operation": event.operation}
        entity["lastUpdated"] = pacific(event.at)
        if event.deleted_id:
            entity["deletedId"] = event.deleted_id
        companies.setdefault(event.realm_id, []).append(entity)
    notifications = [
        {"realmId": realm, "dataChangeEvent": {"entities": changes}} for realm, changes in companies.items()
    ]
    return encode({"eventNotifications": notifications})


def cloudevents(events: list[Change], chance: Random) -> bytes:
    """One array over all companies."""
    return encode([cloudevent(event, chance) for event in events])


def cloudevent(event: Change, chance: Random) -> dict[str, Any]:
    """One event; `chance` decides what real ones have or lack: data, its type, and digits of the time.

    Its id is the same whenever the same event is sent, and no other event has it.
    """
    identity = f"{event.realm_id}/{event.entity}/{event.id}/{event.operation}/{event.at}/{event.deleted_id}"
    account = base64.b64encode(hashlib.sha256(event.realm_id.encode()).digest()).decode()
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, identity)),
        "source": f"intuit.{account}",
        "type": f"qbo.{event.entity.lower()}.{PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": utc(event.at, chance),
        "intuitentityid": event.id,
        "intuitaccountid": event.realm_id,
        "data": {},
    }
    if event.operation == "Merge":
        body["data"]["deletedid"] = event.deleted_id
    elif event.entity == "Employee":
        alternative = {"id": f"{event.realm_id}:{event.id}", "namespace": "Intuit.Embedded"}
        body["data"]["alternative_ids"] = [alternative]
    elif chance.random() < 0.3:
        del body["data"]
    if chance.random() < 0.3:
        del body["datacontenttype"]
    return body


def pacific(at: DateTime) -> str:
    """`2015-10-05T14:42:19-0700`: whole seconds, an offset without a colon."""
    return at.in_timezone(PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z")


def utc(at: DateTime, chance: Random) -> str:
    """With 0 to 9 digits after the second, no fewer than the moment has; what is below a microsecond is noise."""
    digits = f"{at.microsecond:06d}{chance.randrange(1000):03d}"
    shown = digits[: chance.randint(len(digits[:6].rstrip("0")), 9)]
    return f"{at.in_timezone('UTC').strftime('%Y-%m-%dT%H:%M:%S')}{'.' if shown else ''}{shown}Z"


PAYLOADS: dict[str, Callable[[list[Change], Random], bytes]] = {"cloudevents": cloudevents, "legacy": legacy}
