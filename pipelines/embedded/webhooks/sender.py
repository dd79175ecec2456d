"""Webhooks: tells a receiver over HTTP what changes in the companies' books, as Intuit would."""

from __future__ import annotations

import base64
import hmac
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, islice, repeat
from random import Random
from urllib.parse import urlsplit

import requests

from ..offer import OFFER
from ..world import World
from .events import EventLog, disturb
from .payloads import PAYLOADS, pacific
from .session import cause, new_session

ANSWER_SECONDS = 3.0
RETRY_SECONDS = (10, 20, 30, 300, 1200, 7200, 14_400, 21_600)
"""Between attempts, by Intuit's schedule; after the last, one every six hours."""


@dataclass(frozen=True)
class Delivery:
    """How sending went: events and requests, those of them answered, and what kept the rest from being so."""

    events: int
    answered: int
    requests: int
    attempts: int
    problem: str = ""

    def __str__(self) -> str:
        sent = f"{_count(self.events, 'event')} in {_count(self.requests, 'request')}"
        if not self.problem:
            return f"Webhooks: {sent}, all answered." if self.events else "Webhooks: nothing to tell."
        tried = _count(self.attempts, "attempt")
        return f"Webhooks: {sent}, {self.answered:,} answered in {tried}: {self.problem}."


@dataclass(frozen=True)
class Notification:
    """A request as it will be sent, the same bytes at every attempt."""

    events: int
    body: bytes
    headers: dict[str, str]


class Webhooks:
    """Collects what happens in the companies' books from now on, and notifies `url` on `send`.

    `format`: `cloudevents`, or `legacy` as until May 2026.
    `duplicates`, `disorder`: the shares of events sent twice and out of order, drawn by `seed`.
    `events_per_request`: how many one request holds at most.
    `retries`: how many attempts follow a failed one before `send` leaves the rest for the next.
    `scale`: what a second of Intuit's retry schedule lasts here, in seconds; `sleep` waits it out.
    """

    def __init__(
        self,
        world: World,
        url: str,
        *,
        format: str = "cloudevents",
        verifier_token: str = OFFER.verifier_token,
        seed: int = 1,
        duplicates: float = 0,
        disorder: float = 0,
        events_per_request: int = 100,
        retries: int = 4,
        scale: float = 0.01,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._world = world
        self._url = url
        self._render = PAYLOADS[format]
        self._verifier_token = verifier_token
        self._chance = Random(seed)
        self._duplicates = duplicates
        self._disorder = disorder
        self._events_per_request = events_per_request
        self._retries = retries
        self._scale = scale
        self._sleep = sleep
        self._log = EventLog()
        self._outbox: list[Notification] = []
        self._sending = threading.Lock()
        for company in world.companies.values():
            company.listeners.append(self._log.hear)

    def send(self) -> Delivery:
        """Tells what was heard since the last time, after what is still unacknowledged from then.

        A receiver that does not answer is no error here: `problem` says so, and later requests are withheld.
        Hold no company's lock: the receiver may ask its API before it answers.
        """
        with self._sending, new_session(self._url) as session:
            self._outbox += self._notifications()
            events, requested = sum(one.events for one in self._outbox), len(self._outbox)
            attempts, problem = 0, ""
            while self._outbox and not problem:
                tried, problem = self._deliver(session, self._outbox[0])
                attempts += tried
                if not problem:
                    del self._outbox[0]
            waiting = sum(one.events for one in self._outbox)
            return Delivery(events, events - waiting, requested, attempts, problem)

    def _notifications(self) -> list[Notification]:
        events = disturb(self._log.take(), self._chance, self._duplicates, self._disorder)
        created = pacific(max(company.clock.now() for company in self._world.companies.values()))
        notifications = []
        for start in range(0, len(events), self._events_per_request):
            part = events[start : start + self._events_per_request]
            body = self._render(part, self._chance)
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "intuit_notification_server/0.1",
                "intuit-signature": signature(body, self._verifier_token),
                "intuit-created-time": created,
                "intuit-t-id": str(uuid.uuid4()),
                "intuit-notification-schema-version": "0.1",
            }
            notifications.append(Notification(len(part), body, headers))
        return notifications

    def _deliver(self, session: requests.Session, notification: Notification) -> tuple[int, str]:
        """How many attempts it took, and what was wrong with the last."""
        attempts, problem = 1, self._attempt(session, notification)
        for seconds in islice(chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1])), self._retries):
            if not problem:
                break
            self._sleep(seconds * self._scale)
            attempts, problem = attempts + 1, self._attempt(session, notification)
        return attempts, problem

    def _attempt(self, session: requests.Session, notification: Notification) -> str:
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        started = time.monotonic()
        try:
            with session.post(
                self._url,
                data=notification.body,
                headers=notification.headers,
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
                stream=True,  # the status alone counts
            ) as response:
                status = response.status_code
        except requests.Timeout:
            return f"{host} did not answer within {ANSWER_SECONDS:.0f} s"
        except requests.RequestException as error:
            return f"{host} did not answer, {cause(error)}"
        if time.monotonic() - started > ANSWER_SECONDS:
            return f"{host} took longer than {ANSWER_SECONDS:.0f} s"
        return "" if status == 200 else f"{host} answered HTTP {status} instead of 200"


def signature(body: bytes, verifier_token: str) -> str:
    """What `intuit-signature` says of a body: base64 of its HMAC-SHA256 under the verifier token."""
    return base64.b64encode(hmac.digest(verifier_token.encode(), body, "sha256")).decode()


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
