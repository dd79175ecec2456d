"""Who may ask: a program sends a key each time; a browser is let in once, by a key or by the printed link."""

from __future__ import annotations

import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security, params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from pipelines.serve.access.keys import Key, Keys, Scope
from pipelines.serve.access.known_parameters import require_known_parameters
from pipelines.serve.access.refusals import Refused

COOKIE = "quickduck"
BEARER = {"WWW-Authenticate": "Bearer"}
NO_KEY = "A key is needed: send the header Authorization: Bearer KEY. `quickduck keys new NAME` makes one."
READS_A_MINUTE = 600
WRONG_KEYS_A_MINUTE = 30
MOST_VISITS = 100
MOST_CALLERS = 10_000

bearer = HTTPBearer(auto_error=False, description="A key that `quickduck keys new` printed.")
BY_LINK = Key("a browser", "", datetime.now(UTC), tuple(Scope))
"""What whoever was let in by the printed link may do: everything, as on this machine."""


class Rate:
    """A limit of requests a minute for each caller, who may use them all at once and regains them steadily."""

    def __init__(self, per_minute: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str) -> float:
        """0 when the caller may go on, and the request is counted; else the seconds to wait, and it is not."""
        with self._lock:
            now = self._monotonic()
            left, then = self._callers.pop(caller, (self._per_minute, now))
            left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / self._per_minute
            self._callers[caller] = (left if wait else left - 1, now)
            while len(self._callers) > MOST_CALLERS:
                self._callers.popitem(last=False)
            return wait


@dataclass
class Access:
    """The keys, the browsers that were let in, and the limits of each caller."""

    keys: Keys
    reads: Rate = field(default_factory=lambda: Rate(READS_A_MINUTE))
    wrong_keys: Rate = field(default_factory=lambda: Rate(WRONG_KEYS_A_MINUTE))
    link: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def __post_init__(self) -> None:
        self._visits: list[tuple[str, str]] = []

    def enter(self, request: Request, *, link: str = "", key: str = "") -> str:
        """The value of the cookie for a browser that shows the link or a key. Raises Refused."""
        if link and hmac.compare_digest(link.encode("utf-8", "replace"), self.link.encode()):
            return self._visit(BY_LINK)
        if link:
            raise self._wrong(
                request, "This link is not of the server that runs now: take the one it printed."
            )
        caller = self._caller_of(request, key)
        _require(caller, Scope.READ)
        return self._visit(caller)

    def visitor(self, request: Request) -> Key | None:
        """What the browser was let in by; None where it was not, or by a key that was revoked since."""
        cookie = request.cookies.get(COOKIE, "").encode("utf-8", "replace")
        entered = [sha256 for visit, sha256 in self._visits if hmac.compare_digest(cookie, visit.encode())]
        if not entered:
            return None
        return self.keys.find_by_hash(entered[0]) if entered[0] else BY_LINK

    def by_key(self, scope: Scope = Scope.READ, *, every_company: bool = False) -> params.Depends:
        """The dependency that makes an endpoint ask for a key with this scope, and for one of every company if so."""

        def caller(
            request: Request,
            credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
        ) -> Key:
            key = self._admitted(request, credentials)
            _require(key, scope)
            if every_company and key.realm_ids:
                raise Refused(403, f"{key.name} is for some companies, and this is about all of them.")
            if not key.may_see(request.query_params.get("realm_id", next(iter(key.realm_ids), ""))):
                raise Refused(403, f"{key.name} is not for this company.")
            request.state.key = key
            return key

        dependency: params.Depends = Depends(caller)
        return dependency

    def _admitted(self, request: Request, credentials: HTTPAuthorizationCredentials | None) -> Key:
        """The caller's key. Raises Refused for a wrong or missing key, too many requests, or an unknown parameter."""
        key = (self.visitor(request) if credentials is None else None) or self._caller_of(
            request, credentials.credentials if credentials else ""
        )
        if wait := self.reads.wait(key.name):
            raise _slow_down(wait, "That is more than this key may ask in a minute.")
        require_known_parameters(request)
        return key

    def _caller_of(self, request: Request, key: str) -> Key:
        if found := self.keys.find(key) if key else None:
            return found
        if not key:
            raise Refused(401, NO_KEY, BEARER)
        raise self._wrong(request, "This key opens nothing here. `quickduck keys new NAME` makes one.")

    def _wrong(self, request: Request, sentence: str) -> Refused:
        host = request.client.host if request.client else ""
        if wait := self.wrong_keys.wait(host):
            return _slow_down(wait, "Too many wrong keys came from this address.")
        return Refused(401, sentence, BEARER)

    def _visit(self, key: Key) -> str:
        visit = secrets.token_urlsafe(32)
        self._visits = [*self._visits, (visit, key.sha256)][-MOST_VISITS:]
        return visit


def _require(key: Key, scope: Scope) -> None:
    """Raises Refused for a key that is not for this."""
    if scope not in key.scopes:
        raise Refused(
            403,
            f"{key.name} has the scope {', '.join(key.scopes)}, and this wants {scope}: "
            f"`quickduck keys new NAME --scope {scope}` makes such a key.",
        )


def _slow_down(wait: float, sentence: str) -> Refused:
    return Refused(429, sentence, {"Retry-After": str(math.ceil(wait))})


def require_same_origin(request: Request) -> None:
    """Raises Refused if a page of another site made the browser send this request."""
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    origin = request.headers.get("origin", own)
    site = request.headers.get(
        "sec-fetch-site"
    )  # what a browser says itself, whatever a proxy makes of the address
    if site not in ("same-origin", "none") if site else origin != own:
        raise Refused(403, "This was sent by a page of another site.")
