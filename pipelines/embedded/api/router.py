"""What each address answers: `/v3/company/{realm}/…`, sign-in, and the tools' own `/_embedded/…`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from pendulum import DateTime

from ..books.company import Company
from ..faults.answers import instead, spoil
from ..faults.counters import Counters
from ..faults.script import SPOILING, Faults
from ..faults.switches import Switches
from ..faults.throttle import Throttle
from ..webhooks.sender import Delivery
from ..wire.encoding import encode, envelope
from ..wire.fault_codes import NOT_FOUND, Fault, gateway, throttled
from ..wire.messages import Answer, Request
from ..world import World
from .batch import answer_batch, read_items
from .cdc import answer_cdc
from .entities import BY_NAME
from .oauth import OAuth
from .query import Page, answer_query, resolve
from .tables import Tables, inner
from .views import EVERY_FIELD, View, in_read

TEXT = ("application/text", "text/plain")


@dataclass
class Api:
    """Answers requests; everything it needs is handed in.

    `between_requests` is called before each request of a company is answered, outside its lock.
    `saved` is called after the books were advanced, then `notify`, which tells a receiver of webhooks.
    """

    world: World
    oauth: OAuth
    faults: Faults
    throttle: Throttle
    counters: Counters
    switches: Switches
    between_requests: Callable[[Request], None] | None = None
    saved: Callable[[], None] | None = None
    notify: Callable[[], Delivery] | None = None

    def __post_init__(self) -> None:
        self._serial = itertools.count(1)
        self._tables = {realm_id: Tables(company) for realm_id, company in self.world.companies.items()}

    def answer(self, request: Request) -> Answer:
        """The answer to any request; never raises for what a client sends."""
        self.counters.asked(request.kind)
        if request.path.startswith("/_embedded/"):
            return self._tool(request)
        company = self.world.companies.get(request.realm_id or "")
        if request.kind in ("authorize", "token", "revoke"):
            answer = self._scripted(request, self._clock(), lambda: self.oauth.answer(request))
        elif company is None:
            answer = gateway("3100", "ApplicationAuthorizationFailed", self._clock())
        else:
            if self.between_requests:
                self.between_requests(request)
            answer = self._of_company(request, company)
        self.counters.answered(answer.status)
        return answer

    def _clock(self) -> DateTime:
        return max(company.clock.now() for company in self.world.companies.values())

    def _of_company(self, request: Request, company: Company) -> Answer:
        realm_id = company.realm_id
        if not self.throttle.enter(realm_id, request.kind == "batch"):
            return throttled(company.clock.now(), self.switches.retry_after)
        try:
            return self._scripted(request, company.clock.now(), lambda: self._authorized(request, company))
        finally:
            self.throttle.leave(realm_id)

    def _scripted(self, request: Request, now: DateTime, right: Callable[[], Answer]) -> Answer:
        if self.switches.latency:
            time.sleep(self.switches.latency)
        scripted = self.faults.next(request)
        if scripted is None:
            return right()
        if scripted.kind == "denied":
            return self.oauth.deny(request)
        return (
            spoil(scripted, right()) if scripted.kind in SPOILING else instead(scripted, now, self.switches)
        )

    def _authorized(self, request: Request, company: Company) -> Answer:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        refusal = self.oauth.refusal(token if scheme.lower() == "bearer" else "", company.realm_id)
        with company.lock:
            if self.switches.answer_seconds:
                company.clock.advance(seconds=self.switches.answer_seconds)
            if refusal:
                return gateway(*refusal, company.clock.now())
            try:
                return self._data(request, company)
            except Fault as fault:
                return fault.answer(company.clock.now())

    def _data(self, request: Request, company: Company) -> Answer:
        now, tables, switches = company.clock.now(), self._tables[company.realm_id], self.switches
        asked = EVERY_FIELD in request.params.get("include", "").split(",")
        tables.view.every_custom_field = asked or switches.custom_fields == "all"
        tables.view.signature = f"{next(self._serial)}" if switches.signed_links else ""
        match request.kind:
            case "query":
                if request.method == "POST" and _content_type(request) not in TEXT:
                    raise Fault(
                        "500", f"Operation query with Content-Type {_content_type(request)} is not supported."
                    )
                page = answer_query(company, tables, request.statement, switches)
                return Answer(envelope("QueryResponse", page.inside, now))
            case "cdc":
                deleted = self.faults.called_deleted(request)
                groups = answer_cdc(company, tables, request.params, switches, deleted)
                return Answer(envelope("CDCResponse", groups, now))
            case "batch":
                return Answer(envelope("BatchItemResponse", self._batch(request, company), now))
            case "report":
                return Answer(encode(self._report(request, company)))
            case "read":
                return _read(company, request, switches, tables.view, now)
        raise _no_such_resource(request)

    def _batch(self, request: Request, company: Company) -> bytes:
        def query(statement: str, budget: int) -> Page:
            return answer_query(company, self._tables[company.realm_id], statement, self.switches, budget)

        def write(item: dict[str, Any]) -> bytes:
            raise Fault("500", f"Operation {item.get('operation', '')} in batch is not supported.")

        items = read_items(request.body)
        self.counters.asked("batch_item", len(items))
        return answer_batch(
            items,
            query,
            write,
            lambda item: self.faults.batch_item(request, item),
            self.switches.batch_order == "reversed",
            refuse=self.switches.batch_over == "refuse",
        )

    def _report(self, request: Request, company: Company) -> dict[str, Any]:
        name = "/".join(request.resource[1:])
        try:
            return self.world.report(company.realm_id, name, request.params)
        except KeyError as error:
            if error.args != (name,):
                raise
            raise _no_such_resource(request) from None

    def _tool(self, request: Request) -> Answer:
        if request.path == "/_embedded/counters":
            return Answer(encode(self.counters.snapshot()))
        if request.path != "/_embedded/advance" or request.method != "POST":
            return Answer(encode({"error": "there are GET counters and POST advance"}), 404)
        try:
            order = msgspec.json.decode(request.body)
            days, realm_id = int(order["days"]), order.get("realm")
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            return Answer(encode({"error": 'the body should be {"days": n}'}), 400)
        companies = [it for it in self.world.companies.values() if realm_id in (None, it.realm_id)]
        for company in companies:
            self.world.advance(company.realm_id, days)
        if self.saved:
            self.saved()
        answer: dict[str, Any] = {it.realm_id: it.clock.now().to_iso8601_string() for it in companies}
        if self.notify:
            answer["webhooks"] = self.notify()
        return Answer(encode(answer))


def _content_type(request: Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _read(company: Company, request: Request, switches: Switches, view: View, now: DateTime) -> Answer:
    name, *rest = request.resource
    entity = next((entity_name for entity_name in BY_NAME if entity_name.lower() == name.lower()), None)
    if entity is None or len(rest) > 1 or request.method != "GET":
        raise _no_such_resource(request)
    resolve(company, entity, switches)
    if BY_NAME[entity].singleton:
        row = next(iter(company.objects(entity)), None)
        if entity == "CompanyInfo" and rest != [company.realm_id]:
            row = None
    elif not rest:
        raise _no_such_resource(request)
    elif not rest[0].isdigit():
        raise Fault("2030", f"Id should be a valid number. Supplied value:{rest[0]}", "Id")
    else:
        row = company.get(entity, rest[0])
    if row is None:
        raise Fault("610", NOT_FOUND, "")
    object_name = entity if inner(row) is row else next(iter(row))
    return Answer(envelope(object_name, encode(in_read(entity, inner(row), view)), now))


def _no_such_resource(request: Request) -> Fault:
    return Fault(
        "500",
        f"Operation Could not find resource for relative : {request.path} of full path: "
        f"https://quickbooks.api.intuit.com{request.path} is not supported.",
    )
