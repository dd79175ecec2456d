"""Sends a request to QuickBooks once, and gives back the bytes that came."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from .errors import Unreachable
from .exchange import Exchange, retry_after, trace_id
from .limits import Limits
from .meters import Calls
from .session import Bearer, read_whole, why

TOKEN_QUOTED = "…".encode()  # a fault may quote the token it refuses, and faults are shown and stored

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """A request. Errors and logs repeat it as `about`; `items` counts the statements of a batch."""

    kind: str
    method: str
    path: str
    about: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    items: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """Headers that ask for JSON, since QuickBooks answers with XML otherwise."""
        accept = {"Accept": "application/json"}
        return accept if self.body is None else {**accept, "Content-Type": self.content_type}

    @property
    def question(self) -> str:
        """The request in words; a long statement is cut."""
        about = self.about if len(self.about) <= 300 else f"{self.about[:300]}…"
        return f"{self.kind} {about or self.path}"


@dataclass(frozen=True)
class Answer:
    """A whole body as it came, but without the token where it quotes one. `reason` is the status in words.

    `retry_after` is how many seconds of silence the answer asks for, if it does.
    """

    exchange: Exchange
    body: bytes
    reason: str = ""
    retry_after: float | None = None


class Transport:
    """Sends one company's requests within its limits and time-outs, and counts them. It is thread-safe."""

    def __init__(
        self,
        realm_id: str,
        base_url: str,
        *,
        limits: Limits,
        session: requests.Session,
        calls: Calls,
        timeout: tuple[float, float],
        body_seconds: float,
    ) -> None:
        self._realm_id = realm_id
        self._base_url = base_url
        self._limits = limits
        self._session = session
        self._calls = calls
        self._timeout = timeout
        self._body_seconds = body_seconds

    def send(self, request: Request, token: str) -> Answer:
        """The answer, whatever it says. Raises Unreachable when no whole answer comes."""
        url = f"{self._base_url}/{request.path}"
        problem = ""
        with self._limits.slot(batch=request.kind == "batch"):
            self._calls.add(request.kind)
            self._calls.add("batch_item", request.items)
            started = time.monotonic()
            try:
                response = self._session.request(
                    request.method,
                    url,
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
            raise Unreachable(problem, Exchange(request.method, url, self._realm_id, request.question))
        answer = answer_of(
            response, body.replace(token.encode(), TOKEN_QUOTED), self._realm_id, request.question
        )
        logger.debug(
            "company %s, %s: HTTP %s, %s bytes, %.3f s, intuit_tid %s",
            self._realm_id,
            request.question,
            answer.exchange.status,
            len(body),
            time.monotonic() - started,
            answer.exchange.trace_id,
        )
        return answer


def answer_of(response: requests.Response, body: bytes, realm_id: str, question: str) -> Answer:
    """A response of requests as an Answer."""
    exchange = Exchange(
        method=response.request.method or "",
        url=(response.request.url or "").partition("?")[0],
        realm_id=realm_id,
        question=question,
        status=response.status_code,
        trace_id=trace_id(response.headers),
    )
    return Answer(exchange, body, str(response.reason), retry_after(response.headers))
