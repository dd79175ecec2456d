"""The notifications a receiver gets: how they are signed, delivered, and repeated if nobody listens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.books.company import Company
from pipelines.embedded.life.business import advance
from pipelines.embedded.webhooks import sender as webhooks
from pipelines.embedded.webhooks.sender import Webhooks
from pipelines.embedded.world import World
from tests.support.edit_storm import edit_at_random
from tests.support.small_books import customer, form, pay, us_company

TOKEN = b"embedded-verifier-token"
DATE = "2026-06-01"
Told = tuple[str, str, str, str]  # operation, entity in lower case, id, deleted id


class Receiver(ThreadingHTTPServer):
    """Keeps every request; answers with the next of `statuses`, after them with 200, `pause` between lines."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhooks/quickbooks"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.requests]

    @property
    def signed(self) -> list[bool]:
        """Whether each request proves that its sender knows the verifier token."""
        proofs = [
            hmac.new(TOKEN, body, hashlib.sha256).digest() == base64.b64decode(headers["intuit-signature"])
            for headers, body in self.requests
        ]
        return proofs

    @property
    def told(self) -> list[Told]:
        """Every event, in the order received, by either format."""
        return [
            event for body in self.bodies for event in (ours(body) if isinstance(body, list) else old(body))
        ]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.before_answer()
        self.send_response(status)
        for name, value in (("Location", self.path), ("Content-Length", "0")):
            self.flush_headers()
            time.sleep(self.server.pause)
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        """Where a redirect leads: a page that is there."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept, not logged."""


def ours(body: list[dict[str, Any]]) -> Iterator[Told]:
    for event in body:
        _, entity, operation, _ = event["type"].split(".")
        yield operation, entity, event["intuitentityid"], event.get("data", {}).get("deletedid", "")


def old(body: dict[str, Any]) -> Iterator[Told]:
    past = {
        "Create": "created",
        "Update": "updated",
        "Delete": "deleted",
        "Merge": "merged",
        "Void": "voided",
    }
    past["Emailed"] = "emailed"
    for company in body["eventNotifications"]:
        for event in company["dataChangeEvent"]["entities"]:
            yield past[event["operation"]], event["name"].lower(), event["id"], event.get("deletedId", "")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.02,))
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


@pytest.fixture
def company() -> Company:
    return us_company()


def world_of(company: Company) -> World:
    return World({company.realm_id: company})


def invoice_paid(company: Company) -> tuple[str, str, str]:
    """A customer, an invoice to him and its payment."""
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    return who, invoice, pay(company, who, DATE, "50", ("Invoice", invoice, "50"))


def test_a_new_invoice_and_its_payment(company: Company, receiver: Receiver) -> None:
    """What an edit changes in other objects is sent as one update each, however often they are written."""
    hooks = Webhooks(world_of(company), receiver.url)
    who, invoice, payment = invoice_paid(company)
    hooks.send()
    assert sorted(receiver.told) == sorted(
        [
            ("created", "customer", who, ""),
            ("created", "invoice", invoice, ""),
            ("created", "payment", payment, ""),
            ("updated", "invoice", invoice, ""),
            ("updated", "customer", who, ""),
            ("updated", "account", company.roles["receivable"], ""),
            ("updated", "account", company.roles["undeposited"], ""),
        ]
    )


BALANCES = {("updated", "invoice"), ("updated", "customer"), ("updated", "account")}
EDITS: dict[str, tuple[Callable[[Company, str, str, str], Any], set[tuple[str, str]]]] = {
    "an invoice voided, its payment comes loose": (
        lambda company, who, invoice, payment: company.void("Invoice", invoice),
        {("voided", "invoice"), ("updated", "payment"), *BALANCES},
    ),
    "a payment voided, its invoice is open again": (
        lambda company, who, invoice, payment: company.void("Payment", payment),
        {("voided", "payment"), *BALANCES},
    ),
    "a payment deleted": (
        lambda company, who, invoice, payment: company.delete("Payment", payment),
        {("deleted", "payment"), *BALANCES},
    ),
    "an invoice e-mailed": (
        lambda company, who, invoice, payment: company.email("Invoice", invoice),
        {("emailed", "invoice")},
    ),
    "an e-mailed purchase order, of which no e-mail is told": (
        lambda company, who, invoice, payment: company.bump("PurchaseOrder", "1", operation="Emailed"),
        {("updated", "purchaseorder")},
    ),
    "a customer made inactive": (
        lambda company, who, invoice, payment: company.inactivate("Customer", who),
        {("updated", "customer")},
    ),
    "the settings changed": (
        lambda company, who, invoice, payment: company.update("Preferences", "1", Note="x"),
        {("updated", "preferences")},
    ),
    "a settings object made, which webhooks cannot say": (
        lambda company, who, invoice, payment: company.create("Preferences", {}),
        set(),
    ),
    "a currency added, by the name webhooks have for it": (
        lambda company, who, invoice, payment: company.tell("Create", "CompanyCurrency", "9"),
        {("created", "currency")},
    ),
    "a currency deleted, which webhooks cannot say": (
        lambda company, who, invoice, payment: company.tell("Delete", "CompanyCurrency", "9"),
        set(),
    ),
    "a tax code changed, which webhooks never name": (
        lambda company, who, invoice, payment: company.update(
            "TaxCode", next(iter(company.store["TaxCode"])), Description="x"
        ),
        set(),
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_is_told_in_its_own_words(case: str, company: Company, receiver: Receiver) -> None:
    """Each kind of edit is sent as the operations and entities that QuickBooks reports for it."""
    edit, expected = EDITS[case]
    who, invoice, payment = invoice_paid(company)
    company.store["PurchaseOrder"]["1"] = {**company.store["Invoice"][invoice]}
    hooks = Webhooks(world_of(company), receiver.url)
    edit(company, who, invoice, payment)
    hooks.send()
    assert {(operation, entity) for operation, entity, _, _ in receiver.told} == expected


@pytest.mark.parametrize("format", ["cloudevents", "legacy"])
def test_a_merge_names_winner_and_loser(format: str, company: Company, receiver: Receiver) -> None:
    """A merge names winner and loser, and sends neither a deletion nor transactions that move without a stamp."""
    loser, invoice, _ = invoice_paid(company)
    winner = customer(company, "Bea")
    hooks = Webhooks(world_of(company), receiver.url, format=format)
    company.merge(loser, winner)
    hooks.send()
    assert set(receiver.told) == {("merged", "customer", winner, loser), ("updated", "customer", winner, "")}


def test_what_was_made_and_deleted_meanwhile_is_told_both_ways(company: Company, receiver: Receiver) -> None:
    """A document created and deleted between two sendings is sent as created and as deleted."""
    who = customer(company, "Ada")
    hooks = Webhooks(world_of(company), receiver.url)
    estimate = form(company, "Estimate", who, DATE, "50")
    company.delete("Estimate", estimate)
    hooks.send()
    mine = [event for event in receiver.told if event[1] == "estimate"]
    assert mine == [("created", "estimate", estimate, ""), ("deleted", "estimate", estimate, "")]


def test_each_sending_begins_where_the_last_ended(company: Company, receiver: Receiver) -> None:
    """A sending holds only events that came after the sending before."""
    hooks = Webhooks(world_of(company), receiver.url)
    customer(company, "Ada")
    assert (hooks.send().events, hooks.send().events) == (1, 0)
    second = customer(company, "Bea")
    hooks.send()
    assert receiver.told[1:] == [("created", "customer", second, "")]


NAMED = re.findall(
    r"\w+",
    """Account Bill BillPayment Budget Class CreditMemo Customer Department Deposit Employee Estimate Invoice Item
    JournalEntry Payment PaymentMethod Preferences Purchase PurchaseOrder RefundReceipt SalesReceipt Term
    TimeActivity Transfer Vendor VendorCredit""",
)


def test_all_that_moves_in_the_books_is_told(books: Path, receiver: Receiver) -> None:
    """Over weeks of business and random edits, the events say what stamps and tombstones say, and no more."""
    world = World.load(books)
    for company in world.companies.values():
        company.clock.advance(seconds=1)
    marks = {realm: company.clock.now() for realm, company in world.companies.items()}
    voided = {realm: noted_as_void(company) for realm, company in world.companies.items()}
    hooks = Webhooks(world, receiver.url, format="legacy")
    for company in world.companies.values():
        advance(company, 20)
        edit_at_random(company, Random(company.realm_id), 150)
    hooks.send()
    told: dict[str, set[tuple[str, str, str, str]]] = {realm: set() for realm in marks}
    for body in receiver.bodies:
        for part in body["eventNotifications"]:
            for one in part["dataChangeEvent"]["entities"]:
                event = (one["operation"], one["name"], one["id"], one.get("deletedId", ""))
                told[part["realmId"]].add(event)
    for realm, company in world.companies.items():
        events, mark = told[realm], marks[realm]
        gone = {(it.entity, it.id) for it in company.tombstones() if it.deleted_at >= mark}
        merged = {key for key in gone if key[0] in ("Customer", "Vendor")}
        lost = {(entity, id) for what, entity, _, id in events if what == "Merge"}
        assert {(entity, id) for _, entity, id, _ in events} | merged == since(
            company, mark, "LastUpdatedTime"
        ) | gone
        assert of(events, "Create") - gone == since(company, mark, "CreateTime")
        assert of(events, "Delete") == gone - merged
        assert {key for key in lost if company.get(*key) is None} == merged
        noted = noted_as_void(company)
        assert noted - voided[realm] <= of(events, "Void") - gone <= noted
    operations = {event[0] for events in told.values() for event in events}
    assert operations >= {"Create", "Update", "Delete", "Void", "Merge"}


def of(events: set[tuple[str, str, str, str]], operation: str) -> set[tuple[str, str]]:
    return {(entity, id) for what, entity, id, _ in events if what == operation}


def since(company: Company, mark: datetime, stamp: str) -> set[tuple[str, str]]:
    rows = [(entity, row) for entity in NAMED for row in company.objects(entity)]
    return {(name, row["Id"]) for name, row in rows if datetime.fromisoformat(row["MetaData"][stamp]) >= mark}


def noted_as_void(company: Company) -> set[tuple[str, str]]:
    rows = [(entity, row) for entity in NAMED for row in company.objects(entity)]
    return {(name, row["Id"]) for name, row in rows if row.get("PrivateNote", "").startswith("Voided")}


@pytest.mark.parametrize("format", ["cloudevents", "legacy"])
def test_the_signature_is_of_the_bytes_sent(format: str, company: Company, receiver: Receiver) -> None:
    """The signature signs the exact bytes of the body, and the headers are Intuit's."""
    hooks = Webhooks(world_of(company), receiver.url, format=format)
    customer(company, "Ådå")
    hooks.send()
    ((headers, _),) = receiver.requests
    assert receiver.signed == [True]
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["user-agent"] == "intuit_notification_server/0.1"
    assert headers["intuit-created-time"] == "2026-07-01T09:00:00-0700"
    assert headers["intuit-t-id"] and headers["intuit-notification-schema-version"]


def test_another_verifier_token_signs_otherwise(company: Company, receiver: Receiver) -> None:
    """A body signed with another verifier token fails the receiver's check."""
    hooks = Webhooks(world_of(company), receiver.url, verifier_token="stolen")
    customer(company, "Ada")
    hooks.send()
    assert receiver.signed == [False]


def test_both_formats_tell_the_same(books: Path, receiver: Receiver) -> None:
    """Both formats carry the same events of both companies, whatever the time zone and digits of the stamps."""
    world = World.load(books)
    formats = [Webhooks(world, receiver.url, format=name) for name in ("cloudevents", "legacy")]
    for company in world.companies.values():
        company.clock.advance(seconds=0.179851)
        advance(company, 7)
    for hooks in formats:
        hooks.send()
    now, before = set(), set()
    for body in receiver.bodies:
        if isinstance(body, list):
            times = [datetime.fromisoformat(event["time"]).replace(microsecond=0) for event in body]
            realms = [event["intuitaccountid"] for event in body]
            now |= set(zip(realms, ours(body), times, strict=True))
        else:
            for part in body["eventNotifications"]:
                stamps = [
                    datetime.strptime(event["lastUpdated"], "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
                    for event in part["dataChangeEvent"]["entities"]
                ]
                events = old({"eventNotifications": [part]})
                before |= {(part["realmId"], *both) for both in zip(events, stamps, strict=True)}
    assert now == before
    assert len({realm for realm, _, _ in now}) == 2


def test_what_cloudevents_may_lack(books: Path, receiver: Receiver) -> None:
    """Arrays span companies; data, its type and any number of the second's digits may be absent."""
    world = World.load(books)
    hooks = Webhooks(world, receiver.url)
    for company in world.companies.values():
        advance(company, 30)
    employee = company.create("Employee", {"DisplayName": "Cy", "GivenName": "Cy"})["Id"]
    hooks.send()
    events = [event for body in receiver.bodies for event in body]
    assert any(len({event["intuitaccountid"] for event in body}) == 2 for body in receiver.bodies)
    assert {"data" in event for event in events} == {True, False}
    assert {event.get("datacontenttype") for event in events} == {"application/json", None}
    assert {len(event["time"][20:-1]) for event in events} == set(range(10))
    assert len({event["id"] for event in events}) == len(events)
    assert all(event["source"].startswith("intuit.") and event["source"].endswith("=") for event in events)
    (hired,) = (event for event in events if event["type"] == "qbo.employee.created.v1")
    assert hired["intuitentityid"] == employee
    assert hired["data"]["alternative_ids"][0].keys() == {"id", "namespace"}


def test_a_refused_notification_is_sent_again_as_it_was(company: Company, receiver: Receiver) -> None:
    """A refused notification is sent again with the same bytes and id, after Intuit's pauses."""
    pauses: list[float] = []
    hooks = Webhooks(world_of(company), receiver.url, scale=0.5, sleep=pauses.append)
    receiver.statuses = [500, 302, 202]
    customer(company, "Ada")
    sent = hooks.send()
    assert (sent.events, sent.answered, sent.attempts, sent.problem) == (1, 1, 4, "")
    assert pauses == [5, 10, 15]
    assert len({(headers["intuit-t-id"], body) for headers, body in receiver.requests}) == 1


def test_the_retry_schedule(company: Company, receiver: Receiver) -> None:
    """Retries come after ten, twenty and thirty seconds, minutes and hours, and then every six hours."""
    pauses: list[float] = []
    hooks = Webhooks(world_of(company), receiver.url, retries=10, scale=1, sleep=pauses.append)
    receiver.statuses = [503] * 11
    customer(company, "Ada")
    assert hooks.send().problem.endswith("answered HTTP 503 instead of 200")
    assert pauses == [10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600, 21600]


@pytest.mark.parametrize(("silence", "pause", "said"), [(0.4, 0.0, "did not answer within"), (0.0, 0.07, "")])
def test_an_answer_that_comes_too_late_is_none(
    silence: float,
    pause: float,
    said: str,
    company: Company,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer that comes late counts as none, even if it comes in pieces of which none is late."""
    monkeypatch.setattr(webhooks, "ANSWER_SECONDS", 0.1)
    hooks = Webhooks(world_of(company), receiver.url, retries=1, scale=0)
    receiver.before_answer, receiver.pause = lambda: time.sleep(silence), pause
    customer(company, "Ada")
    sent = hooks.send()
    assert (sent.answered, sent.attempts, len(receiver.requests)) == (0, 2, 2)
    assert sent.problem and said in sent.problem


def test_later_events_wait_until_the_first_is_acknowledged(company: Company, receiver: Receiver) -> None:
    """No event is lost, and the one that waited comes first when the receiver is back."""
    hooks = Webhooks(world_of(company), receiver.url, events_per_request=1, retries=1, scale=0)
    receiver.statuses = [200, 500, 500]
    names = [customer(company, name) for name in ("Ada", "Bea", "Cy")]
    sent = hooks.send()
    assert (sent.events, sent.answered, sent.requests, sent.attempts) == (3, 1, 3, 3)
    receiver.requests.clear()
    names.append(customer(company, "Dee"))
    assert hooks.send().answered == 3
    assert [id for _, _, id, _ in receiver.told] == names[1:]


def test_duplicates_and_disorder_are_drawn_by_the_seed(books: Path, receiver: Receiver) -> None:
    """Off, events come once and in order; on, some come twice or out of order, the same ones for the same seed."""
    world = World.load(books)
    wanted: list[dict[str, Any]] = [{}, {"duplicates": 0.2}, {"disorder": 0.3}, {"disorder": 0.3}]
    all_hooks = [Webhooks(world, receiver.url, **options) for options in wanted]
    for company in world.companies.values():
        advance(company, 10)
    heard = []
    for hooks in all_hooks:
        receiver.requests.clear()
        hooks.send()
        heard.append([(event["time"][:19], event["id"]) for body in receiver.bodies for event in body])
    once, twice, shuffled, again = heard
    assert sorted(once, key=lambda event: event[0]) == once
    assert len(set(once)) == len(once) < len(twice)
    assert set(twice) == set(once)
    assert shuffled == again != once
    assert sorted(shuffled) == sorted(once)


def test_a_server_that_is_advanced_tells_its_receiver(books: Path, receiver: Receiver) -> None:
    """The answer says how many; the receiver may read the books before it answers."""
    world = World.load(books)
    hooks = Webhooks(world, receiver.url, events_per_request=1000)
    with EmbeddedServer(world, notify=hooks.send) as server:
        realm = next(iter(world.companies))
        reads = []

        def read() -> None:
            bearer = {"Authorization": f"Bearer {server.grant(realm)['access_token']}"}
            address = f"{server.url}/v3/company/{realm}/companyinfo/{realm}"
            reads.append(requests.get(address, headers=bearer, timeout=2).status_code)

        receiver.before_answer = read
        answer = requests.post(f"{server.url}/_embedded/advance", json={"days": 4}, timeout=30).json()
    assert answer["webhooks"]["events"] == answer["webhooks"]["answered"] == len(receiver.told) > 0
    assert reads == [200]


@pytest.fixture
def home(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that holds the small world."""
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "data"))
    shutil.copytree(books, tmp_path / "data" / "embedded")
    return tmp_path / "data" / "embedded"


@pytest.mark.parametrize(("format", "kind"), [("cloudevents", list), ("legacy", dict)])
def test_the_command_tells_what_it_did(format: str, kind: type, home: Path, receiver: Receiver) -> None:
    """The command sends its webhooks in the format of the option and prints how many were sent."""
    arguments = ["embedded", "advance", "--days", "5", "--webhooks", receiver.url, "--webhook-format", format]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert f"Webhooks: {len(receiver.told)} events in" in result.output
    assert result.output.endswith("all answered.\n")
    assert {type(body) for body in receiver.bodies} == {kind}
    assert all(receiver.signed)


def test_the_books_are_saved_though_nobody_listens(
    home: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a receiver the command prints one sentence, exits with 1, and still saves the days that passed."""
    receiver.server_close()
    monkeypatch.setattr(webhooks, "RETRY_SECONDS", (0,))
    before = World.load(home)
    result = CliRunner().invoke(main, ["embedded", "advance", "--days", "5", "--webhooks", receiver.url])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert " 0 answered in 5 attempts: 127.0.0.1:" in result.output
    assert "The books are saved" in result.output
    after = World.load(home)
    for realm, company in after.companies.items():
        assert (company.clock.now() - before.companies[realm].clock.now()).days == 5


def test_an_address_that_is_none_is_wrong_usage(home: Path) -> None:
    """An address without http is wrong usage and exits with 64."""
    result = CliRunner().invoke(main, ["embedded", "advance", "--webhooks", "127.0.0.1:8080/hook"])
    assert (result.exit_code, "is no address of the form http" in result.output) == (64, True)


def test_the_serving_command_tells_too(home: Path, receiver: Receiver) -> None:
    """As it lies in a terminal: advanced over HTTP, stopped by Ctrl-C."""
    quickduck = Path(sys.executable).with_name("quickduck")
    command = [quickduck, "embedded", "serve", "--port", "0", "--webhooks", receiver.url]

    def heed_ctrl_c() -> None:
        """Tests that run in the background hand their deafness to it on to their children."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().split("=")[1].split()[0]
            answer = requests.post(f"{url}/_embedded/advance", json={"days": 4}, timeout=30).json()
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert answer["webhooks"]["answered"] == len(receiver.told) > 0
    assert f"{len(receiver.told)} events" in rest
