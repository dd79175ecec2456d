"""`POST /webhooks/quickbooks`: checked, put on disk, answered; what it tells of is read later."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from fastapi import APIRouter, Request, Response

from pipelines.connect.companies import ReadCompanies
from pipelines.serve.access.refusals import Refused
from pipelines.serve.webhooks.events import HEADER, Event, Unreadable, is_signed, read
from pipelines.serve.webhooks.inbox import Inbox

PATH = "/webhooks/quickbooks"
MOST_BYTES = 8 * 1024 * 1024
"""QuickBooks names no limit; an event has about 300 bytes."""
SECONDS = 2.5
"""QuickBooks wants an answer within three."""
BODY = {
    "description": "eventNotifications, or a list of CloudEvents that may span companies.",
    "anyOf": [
        {
            "type": "object",
            "required": ["eventNotifications"],
            "properties": {"eventNotifications": {"type": "array"}},
        },
        {"type": "array", "items": {"type": "object"}},
    ],
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receiver:
    """Keeps what QuickBooks notifies of; `wake` tells the worker that there is something new."""

    inbox: Inbox
    companies: ReadCompanies
    verifier_token: str
    wake: Callable[[], object]

    async def receive(self, request: Request) -> Response:
        """Checks the signature on the bytes as they came, keeps the events on disk, and answers.

        Events of companies that are not connected here, and of entities that are not copied, are dropped.
        """
        if not self.verifier_token:
            raise Refused(
                503, "sources.quickbooks.webhook_verifier_token is not set, so no webhook can be believed."
            )
        try:
            async with asyncio.timeout(SECONDS):
                body = await request.body()
                if not is_signed(body, request.headers.get(HEADER, ""), self.verifier_token):
                    raise Refused(401, "The signature is not that of this body with our verifier token.")
                events, dropped = self._wanted(body)
                new = await asyncio.wrap_future(self.inbox.put(events, datetime.now(UTC))) if events else 0
        except TimeoutError:
            raise Refused(503, "It could not be put on disk in time: send it again.") from None
        except sqlite3.Error as error:
            logger.error("A webhook could not be put on disk: %s", error)
            raise Refused(503, "It could not be put on disk: send it again.") from None
        if new:
            self.wake()
        return Response(msgspec.json.encode({"new": new, "dropped": dropped}), media_type="application/json")

    def _wanted(self, body: bytes) -> tuple[list[Event], int]:
        """The events to keep, and how many entries were dropped, each of which is logged."""
        try:
            notification = read(body)
        except Unreadable as error:
            logger.warning("A webhook with the right signature is of neither format: %s", error)
            raise Refused(400, str(error)) from None
        wanted = [event for event in notification.events if event.realm_id in self.companies]
        foreign = {event.realm_id for event in notification.events} - {event.realm_id for event in wanted}
        lines = notification.dropped + [
            f"company {realm_id}, which is not connected here" for realm_id in foreign
        ]
        if lines:
            logger.warning(
                "Dropped of a webhook: %s", "; ".join(lines[:5]) + (" …" if len(lines) > 5 else "")
            )
        return wanted, len(notification.dropped) + len(notification.events) - len(wanted)


def make_router(receiver: Receiver) -> APIRouter:
    """The one route, which a signature opens instead of a key."""
    router = APIRouter()
    router.post(
        PATH,
        max_body_size=MOST_BYTES,
        summary="Where QuickBooks notifies of changes",
        tags=["webhooks"],
        responses={
            200: {"description": "It is on disk; how many events are new, and how many were dropped."},
            400: {"description": "Signed, but neither format."},
            401: {"description": "The signature is missing or wrong."},
            413: {"description": "The body is too long."},
            503: {"description": "It cannot be kept now, or no verifier token is set; send it again."},
        },
        openapi_extra={
            "parameters": [
                {
                    "name": HEADER,
                    "in": "header",
                    "required": True,
                    "schema": {"type": "string"},
                    "description": "base64(HMAC-SHA256(raw body, verifier token))",
                }
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": BODY}},
            },
        },
    )(receiver.receive)
    return router
