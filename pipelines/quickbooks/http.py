"""One request to QuickBooks, sent until it is answered or there is a reason to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import requests

from .answers import FaultIn, Unreadable, fault_reader, open_envelope
from .calls import Calls
from .errors import QuickBooksFault, SignInNeeded, Throttled, Unreachable, UnreadableAnswer
from .faults import Envelope, fault_in_xml
from .limits import Limits
from .retries import Retries
from .session import Bearer, read_whole, why

TOKEN_QUOTED = "…".encode()  # a fault may quote the token it refuses, and faults are shown and kept

logger = logging.getLogger(__name__)
T = TypeVar("T")


class TokenSource(Protocol):
    """Where access tokens come from."""

    def access_token(self) -> str: ...

    def refresh(self, rejected: str) -> str: ...


@dataclass(frozen=True)
class Request:
    """What is asked; `said` is how errors and logs repeat it, `items` how many statements a batch carries."""

    kind: str
    method: str
    path: str
    said: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    items: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """QuickBooks answers with XML unless it is asked for JSON."""
        accept = {"Accept": "application/json"}
        return accept if self.body is None else {**accept, "Content-Type": self.content_type}

    def __str__(self) -> str:
        said = self.said if len(self.said) <= 300 else f"{self.said[:300]}…"
        return f"{self.kind} {said or self.path}"


@dataclass(frozen=True)
class Answer:
    """A whole JSON body without a fault; `fault` reads the faults of its parts."""

    body: bytes
    envelope: Envelope
    fault: FaultIn


class Transport:
    """Sends one company's requests, paced by its limits; thread-safe."""

    def __init__(
        self,
        realm_id: str,
        base_url: str,
        *,
        tokens: TokenSource,
        limits: Limits,
        session: requests.Session,
        retries: Retries,
        calls: Calls,
        timeout: tuple[float, float],
        body_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._realm_id = realm_id
        self._base_url = base_url
        self._tokens = tokens
        self._limits = limits
        self._session = session
        self._retries = retries
        self._calls = calls
        self._timeout = timeout
        self._body_seconds = body_seconds
        self._sleep = sleep

    def ask(self, request: Request, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer; an answer it finds Unreadable is asked for again."""
        attempts = throttles = refreshes = 0
        while True:
            token = self._tokens.access_token()
            try:
                return self._once(request, token, read)
            except Throttled as throttled:
                throttles += 1
                if throttles > self._retries.throttles:
                    raise
                logger.warning("%s Waiting %.0f s.", throttled, throttled.wait)
                self._limits.hold(throttled.wait)
                continue
            except QuickBooksFault as fault:
                if fault.is_authentication or fault.code == "120":
                    if refreshes or fault.code == "120":
                        raise _sign_in_needed(fault) from fault
                    refreshes += 1
                    self._tokens.refresh(rejected=token)
                    continue
                attempts += 1
                if not fault.is_retryable or attempts >= self._retries.attempts:
                    raise
                reason: Exception = fault
            except (Unreachable, UnreadableAnswer) as failure:
                attempts += 1
                if attempts >= self._retries.attempts:
                    raise
                reason = failure
            delay = self._retries.delay(attempts)
            logger.info("%s Asking again in %.1f s.", reason, delay)
            self._sleep(delay)

    def _once(self, request: Request, token: str, read: Callable[[Answer], T]) -> T:
        response, body = self._send(request, token)
        body = body.replace(token.encode(), TOKEN_QUOTED)
        known: dict[str, Any] = {
            "realm_id": self._realm_id,
            "request": str(request),
            "http_status": response.status_code,
            "intuit_tid": response.headers.get("intuit_tid") or response.headers.get("intuit-tid"),
        }
        try:
            answer = Answer(body, self._envelope(response, body, known), fault_reader(**known))
            return read(answer)
        except Unreadable as unreadable:
            raise UnreadableAnswer(
                str(unreadable), **known, advice="Run again; if it stays, give Intuit the intuit_tid."
            ) from None

    def _send(self, request: Request, token: str) -> tuple[requests.Response, bytes]:
        problem = ""
        with self._limits.slot(batch=request.kind == "batch"):
            self._calls.add(request.kind)
            self._calls.add("batch_item", request.items)
            started = time.monotonic()
            try:
                response = self._session.request(
                    request.method,
                    f"{self._base_url}/{request.path}",
                    params=dict(request.params),
                    data=request.body,
                    headers=request.headers,
                    auth=Bearer(token),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                )
                body = read_whole(response, self._body_seconds)
            except requests.RequestException as error:
                problem = f"no whole answer, {why(error)}"
        if problem:  # raised here and not above, since requests's exception carries the request and its token
            raise Unreachable(problem, realm_id=self._realm_id, request=str(request))
        logger.debug(
            "company %s, %s: HTTP %s, %s bytes, %.3f s, intuit_tid %s",
            self._realm_id,
            request,
            response.status_code,
            len(body),
            time.monotonic() - started,
            response.headers.get("intuit_tid"),
        )
        return response, body

    def _envelope(self, response: requests.Response, body: bytes, known: dict[str, Any]) -> Envelope:
        """The body's top level. Raises whatever the answer is instead of one."""
        status = response.status_code
        unreadable: Unreadable | None = None
        envelope: Envelope = {}
        if body.lstrip()[:1] == b"<":
            fault = fault_in_xml(body, **known)
            unreadable = Unreadable("the body is a page, no JSON")
        else:
            fault = None
            try:
                envelope = open_envelope(body)
                fault = fault_reader(**known)(envelope)
            except Unreadable as error:
                unreadable = error
        if status == 429 or (fault and fault.is_throttle):
            asked = self._retries.throttle_delay(response.headers)
            raise Throttled(fault.problem if fault else "too many requests", wait=asked, **known)
        if fault:
            raise fault
        if status >= 500:
            raise Unreachable(f"a server error, {response.reason}", **known)
        if status >= 400:
            raise QuickBooksFault(
                code="", type="", message=str(response.reason), detail="", element=None, **known
            )
        if status >= 300:
            raise Unreadable(f"a redirect, which is not followed, {response.reason}")
        if unreadable:
            raise unreadable
        return envelope


def _sign_in_needed(fault: QuickBooksFault) -> SignInNeeded:
    return SignInNeeded(
        f"{fault} QuickBooks does not accept company {fault.realm_id}'s connection, nor a fresh token for it: "
        "`quickduck login` makes a new one.",
        realm_id=fault.realm_id,
        intuit_tid=fault.intuit_tid,
    )
