"""QuickBooks Online for one company: requests in, answers out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec
import requests
from pendulum import DateTime

from . import answers
from .answers import BatchAnswer, CdcAnswer, QueryAnswer, Unreadable
from .errors import NO_ADMIN, QuickBooksFault, RequestFailed, SignInNeeded, UnreadableAnswer
from .faults import Envelope
from .http import Answer, Request, Transport
from .limits import Limits
from .meters import Calls, Tally
from .retries import Retries
from .session import BODY_SECONDS, CONNECTIONS, TIMEOUT, new_session, safe_url
from .statements import BATCH, plainer

ALL_CUSTOM_FIELDS = "enhancedAllCustomFields"
"""What `include` asks for where answers are to have more than the first three custom fields."""
TOO_MANY_CELLS = b"Unable to display more data"
T = TypeVar("T")


class TokenSource(Protocol):
    """Where access tokens come from."""

    def access_token(self) -> str: ...

    def refresh(self, rejected: str) -> str: ...


class QuickBooks:
    """One company's API; thread-safe. Every method may raise any RequestFailed, and SignInNeeded.

    `readers` are threads for callers with several questions, as many as there may be requests in flight. `ahead` bounds
    how many questions may be under way whose answers nobody has taken yet: readers never run idle, and answers do not
    pile up.

    https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features
    """

    def __init__(
        self,
        realm_id: str,
        *,
        api_url: str,
        tokens: TokenSource,
        limits: Limits | None = None,
        session: requests.Session | None = None,
        minorversion: int = 75,
        include: str = "",
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        retries: Retries | None = None,
        calls: Calls | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.realm_id = realm_id
        self.calls = calls if calls is not None else Calls()
        self.tally = Tally()
        self.retries = retries or Retries()
        self.readers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix=f"company {realm_id}")
        self.ahead = BoundedSemaphore(2 * CONNECTIONS)
        self._limits = limits or Limits(sleep=sleep, monotonic=monotonic)
        self._sleep = sleep
        self._tokens = tokens
        self._always = {"minorversion": str(minorversion)} | ({"include": include} if include else {})
        self._session = session or new_session(api_url)
        self._owns_session = session is None
        self._transport = Transport(
            realm_id,
            f"{safe_url(api_url, 'api_url')}/v3/company/{quote(realm_id, safe='')}",
            limits=self._limits,
            session=self._session,
            calls=self.calls,
            timeout=timeout,
            body_seconds=body_seconds,
        )

    def query(self, statement: str) -> QueryAnswer:
        """One page of a statement. It is posted, so that neither its length nor its characters matter.

        An entity that refuses our filter for inactive rows, or our order, is asked again without it.
        """
        try:
            return self._query(statement)
        except QuickBooksFault as fault:
            shorter = _plainer(statement, fault)
            if shorter is None:
                raise
        return self.query(shorter)

    def cdc(self, entities: Sequence[str], changed_since: DateTime) -> CdcAnswer:
        """What changed in the entities since then: at most 30 days back and 1,000 objects an answer."""
        if changed_since.tzinfo is None:
            raise ValueError("changed_since needs an offset")
        since = changed_since.in_timezone("UTC").strftime("%Y-%m-%dT%H:%M:%S+00:00")
        request = Request(
            "cdc",
            "GET",
            "cdc",
            about=f"{','.join(entities)} since {since}",
            params={"entities": ",".join(entities), "changedSince": since, **self._always},
        )
        return self._ask(
            request, lambda answer, envelope: answers.cdc_answer(envelope, entities, answer.exchange)
        )

    def batch(self, statements: Mapping[str, str]) -> BatchAnswer:
        """Up to 30 statements, by names of the caller's, in one request.

        An item that a later moment may answer is asked again without the others; one that QuickBooks refuses
        is a QuickBooksFault among the items. Statements are made plainer as by `query`.
        """
        if not 0 < len(statements) <= BATCH:
            raise ValueError(f"a batch holds 1 to {BATCH} statements, not {len(statements)}")
        first = self._batch(statements)
        items, truncated = first.items, first.truncated
        for attempt in range(1, self.retries.attempts):
            passing = {name: fault for name, fault in _faults(items).items() if fault.is_transient}
            if not passing:
                break
            gravest = max(passing.values(), key=lambda fault: fault.is_throttle)
            self._pause(gravest, self.retries.wait(gravest, attempt))
            later = self._batch({name: statements[name] for name in passing})
            items, truncated = items | later.items, truncated or later.truncated
        if shorter := {
            name: plain
            for name, fault in _faults(items).items()
            if (plain := _plainer(statements[name], fault)) is not None
        }:
            later = self.batch(shorter)
            items, truncated = items | later.items, truncated or later.truncated
        return BatchAnswer(first.answered_at, items, truncated)

    def report(self, name: str, **params: str) -> dict[str, Any]:
        """A report as sent, numbers exact. Raises UnreadableAnswer when it is too large to be shown."""
        request = Request(
            "report",
            "GET",
            f"reports/{quote(name, safe='')}",
            about=f"{name} {params}",
            params={**params, **self._always},
        )
        answer = self._ask(request, _report)
        if TOO_MANY_CELLS in answer.body:
            raise UnreadableAnswer(
                "the report has more cells than QuickBooks shows",
                answer.exchange,
                advice="Ask for a shorter period.",
            )
        report: dict[str, Any] = json.loads(answer.body, parse_float=Decimal)
        return report

    def read(self, entity: str, id: str) -> tuple[DateTime, msgspec.Raw]:
        """The server's time and one object by id. Preferences has no id: pass an empty one."""
        path = "/".join(quote(part, safe="") for part in (entity.lower(), id) if part)
        request = Request("read", "GET", path, about=f"{entity} {id}", params=self._always)
        return self._ask(request, lambda answer, envelope: answers.one_object(envelope, answer.body))

    def close(self) -> None:
        """Dismisses the readers, and closes the connections unless the session was passed in."""
        self.readers.shutdown(wait=False, cancel_futures=True)
        if self._owns_session:
            self._session.close()

    def __enter__(self) -> QuickBooks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _query(self, statement: str) -> QueryAnswer:
        request = Request(
            "query",
            "POST",
            "query",
            about=statement,
            params=self._always,
            body=statement.encode(),
            content_type="application/text",
        )
        return self._ask(request, lambda answer, envelope: answers.query_answer(envelope, answer.exchange))

    def _batch(self, statements: Mapping[str, str]) -> BatchAnswer:
        names = {str(number): name for number, name in enumerate(statements, 1)}
        items = [{"bId": bid, "Query": statements[name]} for bid, name in names.items()]
        request = Request(
            "batch",
            "POST",
            "batch",
            about=f"of {len(names)}, the first {next(iter(statements.values()))}",
            params=self._always,
            body=msgspec.json.encode({"BatchItemRequest": items}),
            items=len(names),
        )
        return self._ask(
            request,
            lambda answer, envelope: answers.batch_answer(envelope, names, answer.exchange, statements),
        )

    def _ask(self, request: Request, read: Callable[[Answer, Envelope], T]) -> T:
        """What `read` makes of the answer. Answers that are Unreadable are asked for again, as are passing faults."""
        refreshed = False

        def attempt() -> T:
            nonlocal refreshed
            while True:
                token = self._tokens.access_token()
                answer = self._transport.send(request, token)
                try:
                    return read(answer, answers.envelope_of(answer))
                except Unreadable as unreadable:
                    raise UnreadableAnswer(
                        str(unreadable),
                        answer.exchange,
                        advice="Run again; if it stays, give Intuit the intuit_tid.",
                    ) from None
                except QuickBooksFault as fault:
                    if not fault.is_authentication and fault.code != NO_ADMIN:
                        raise
                    if refreshed or fault.code == NO_ADMIN:
                        raise _sign_in_needed(fault) from fault
                refreshed = True
                self._tokens.refresh(rejected=token)

        return self.retries.until_answered(attempt, self._pause)

    def _pause(self, error: RequestFailed, seconds: float) -> None:
        """Waits before the next attempt. A throttle holds every thread, since the others would be throttled too."""
        if error.is_throttle:
            self._limits.hold(seconds)
        else:
            self._sleep(seconds)


def _faults(items: Mapping[str, QueryAnswer | QuickBooksFault]) -> dict[str, QuickBooksFault]:
    return {name: item for name, item in items.items() if isinstance(item, QuickBooksFault)}


def _sign_in_needed(fault: QuickBooksFault) -> SignInNeeded:
    realm_id = fault.exchange.realm_id
    return SignInNeeded(
        f"{fault} QuickBooks does not accept company {realm_id}'s connection, nor a fresh token for it: "
        "`quickduck login` makes a new one.",
        realm_id=realm_id,
        intuit_tid=fault.intuit_tid,
    )


def _plainer(statement: str, fault: QuickBooksFault) -> str | None:
    """The statement to ask instead of one that names a property which the entity lacks."""
    return plainer(statement, f"{fault.message} {fault.detail}") if fault.code == "4001" else None


def _report(answer: Answer, envelope: Envelope) -> Answer:
    if "Header" not in envelope:
        raise Unreadable("the answer is no report")
    return answer
