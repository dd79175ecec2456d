"""QuickBooks as a cheap server: answers are rendered and compressed when first asked for, and then only sent.

`python -m tests.benchmarks.pages COMPANY` serves a folder that `company.py` made, until its input closes. It speaks as
much of the API as a night needs, and `/objects/<Entity>?offset=&limit=` for clients that cannot put a position into a
statement; both give the same pages.
"""

from __future__ import annotations

import json
import mmap
import re
import subprocess
import sys
import threading
import time
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from pendulum import DateTime

from pipelines.embedded.faults.counters import Counters
from pipelines.embedded.faults.throttle import Throttle
from pipelines.embedded.wire.encoding import encode, envelope, group, instant, stamp
from pipelines.embedded.world import START
from pipelines.quickbooks.entities import BY_NAME, Kind
from tests.benchmarks import company

MOST = 1000
APART = 10  # minutes between two nights, of one day
STATEMENT = re.compile(r"SELECT (?P<what>count\(\*\)|\*) FROM (?P<entity>\w+)")
SINCE = re.compile(r"LastUpdatedTime >= '([^']+)'")
UNTIL = re.compile(r"LastUpdatedTime < '([^']+)'")
PLACE = re.compile(r"STARTPOSITION (\d+) MAXRESULTS (\d+)")
UPDATED = re.compile(rb'"LastUpdatedTime":"([^"]+)"')
VERSION = re.compile(rb'"SyncToken":"(\d+)"(.*?)"LastUpdatedTime":"[^"]+"')


class Table:
    """Objects of one entity, oldest change first, left where they lie on disk."""

    def __init__(self, file: Path) -> None:
        with open(file, "rb") as opened:
            self._text = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        self._starts, self.stamps, start = [0], [], 0
        for line in iter(self._text.readline, b""):
            start += len(line)
            self._starts.append(start)
            updated = UPDATED.search(line)
            self.stamps.append(instant(updated[1].decode()) if updated else 0.0)

    def __len__(self) -> int:
        return len(self.stamps)

    def __getitem__(self, place: int) -> bytes:
        return self._text[self._starts[place] : self._starts[place + 1] - 1]

    def rows(self, first: int, last: int) -> list[bytes]:
        return self._text[self._starts[first] : self._starts[last]].split(b"\n")[:-1]


@dataclass
class Change:
    """An object that somebody changed."""

    moment: float
    entity: str
    text: bytes


@dataclass
class Books:
    """The company as it stands, and answers about it, kept once they are rendered."""

    folder: Path
    nights: int = 0
    changes: list[Change] = field(default_factory=list)
    rendered: dict[tuple[str, int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = {file.stem: Table(file) for file in sorted(self.folder.glob("*.ndjson"))}
        self.facts = company.facts(self.folder)

    @property
    def now(self) -> DateTime:
        return START.add(minutes=APART * self.nights)

    def change(self, many: int) -> None:
        """Time passes, and so many transactions get a new version; their amounts stay."""
        self.nights += 1
        choose = Random(self.nights)
        names = [name for name in self.tables if BY_NAME[name].kind is Kind.TRANSACTION and BY_NAME[name].cdc]
        places = [(name, place) for name in names for place in range(len(self.tables[name]))]
        when = self.now.subtract(minutes=6)  # seen by one night alone: the next one looks back five minutes
        for name, place in choose.sample(places, many):
            text = VERSION.sub(
                lambda found: (
                    b'"SyncToken":"%d"%b"LastUpdatedTime":"%b"'
                    % (int(found[1]) + self.nights, found[2], stamp(when).encode())
                ),
                self.tables[name][place],
                count=1,
            )
            self.changes.append(Change(when.timestamp(), name, text))

    def page(self, entity: str, first: int, last: int) -> bytes:
        """A whole query answer, compressed."""
        key = (entity, first, last)
        if key not in self.rendered:
            inside = group(entity, self.tables[entity].rows(first, last), 1, last - first, None)
            self.rendered[key] = compressed(envelope("QueryResponse", inside, self.now))
        return self.rendered[key]

    def found(self, statement: str) -> tuple[str, int, int, bool]:
        """The entity, the places from and to which a statement finds rows, and whether it only counts them."""
        asked, since, until = STATEMENT.match(statement), SINCE.search(statement), UNTIL.search(statement)
        if not asked or " Id IN " in statement:
            raise ValueError(f"nobody thought of: {statement}")
        entity = asked["entity"]
        if entity not in self.tables:
            return entity, 0, 0, asked["what"] != "*"
        stamps = self.tables[entity].stamps
        first = bisect_left(stamps, instant(since[1])) if since else 0
        last = max(first, bisect_left(stamps, instant(until[1])) if until else len(stamps))
        if asked["what"] != "*":
            return entity, first, last, True
        if place := PLACE.search(statement):
            first = min(last, first + int(place[1]) - 1)
            last = min(last, first + int(place[2]))
        return entity, first, last, False

    def query(self, statement: str) -> bytes:
        """A compressed answer to one statement."""
        entity, first, last, counts = self.found(statement)
        if counts or entity not in self.tables:
            inside = encode({"totalCount": last - first} if counts else {})
            return compressed(envelope("QueryResponse", inside, self.now))
        return self.page(entity, first, last)

    def batch(self, body: bytes) -> bytes:
        """The items in their order, until the answer is full."""
        left, items = MOST, []
        for item in json.loads(body)["BatchItemRequest"]:
            entity, first, last, counts = self.found(item["Query"])
            inside = encode({"totalCount": last - first}) if counts else b"{}"
            if not counts and entity in self.tables:
                last = min(last, first + left)
                left -= last - first
                inside = group(entity, self.tables[entity].rows(first, last), 1, last - first, None)
            items.append(b'{"QueryResponse":%b,"bId":"%b"}' % (inside, item["bId"].encode()))
        return compressed(envelope("BatchItemResponse", b"[%b]" % b",".join(items), self.now))

    def cdc(self, entities: str, since: str) -> bytes:
        """What changed in these entities, the newest of it where it is too much."""
        names, start = entities.split(","), instant(since)
        changed = [one for one in self.changes if one.moment > start and one.entity in names][-MOST:]
        groups = []
        for name in names:
            rows = [one.text for one in changed if one.entity == name]
            groups.append(group(name, rows, 1, len(rows), None))
        inside = b'[{"QueryResponse":[%b]}]' % b",".join(groups)
        return compressed(envelope("CDCResponse", inside, self.now))

    def report(self, name: str) -> bytes:
        """A report as it was made, at this hour."""
        report: dict[str, Any] = self.facts[name]
        report["Header"]["Time"] = stamp(self.now)
        return compressed(encode(report))


class Server(ThreadingHTTPServer):
    """Answers for any company; slow and limited where it is told to be."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, books: Books) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.books = books
        self.counters = Counters()
        self.throttle = Throttle(self.counters)
        self.throttle.limits.enabled = False
        self.page_seconds = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = urlsplit(self.path)
        *_, kind, name = asked.path.split("/")
        given = {key: values[0] for key, values in parse_qs(asked.query).items()}
        if kind == "tool":
            self._send(200, self._tool(name, given))
        elif not self.server.throttle.enter("", name == "batch"):
            self._send(429, compressed(b"{}"))
        else:
            try:
                answer = self._answer(kind, name, given, body)
            finally:
                self.server.throttle.leave("")  # before it is sent: whoever has it may ask again at once
            self._send(200, answer)

    do_POST = do_GET

    def _answer(self, kind: str, name: str, given: dict[str, str], body: bytes) -> bytes:
        books = self.server.books
        if name == "query":
            time.sleep(self.server.page_seconds)
            return books.query(body.decode())
        if kind == "objects":
            return books.query(
                f"SELECT * FROM {name} STARTPOSITION {int(given['offset']) + 1} MAXRESULTS {given['limit']}"
            )
        if name == "batch":
            return books.batch(body)
        if name == "cdc":
            return books.cdc(given["entities"], given["changedSince"])
        return books.report(name)

    def _tool(self, name: str, given: dict[str, str]) -> bytes:
        """`night?changes=1000` lets time pass; `slow?seconds=1.5` is how long a page takes, within Intuit's limits."""
        if name == "night":
            self.server.books.change(int(given["changes"]))
        elif name == "slow":
            self.server.page_seconds = float(given["seconds"])
            self.server.throttle.limits.enabled = True
        return compressed(b"{}")

    def _send(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def compressed(body: bytes) -> bytes:
    """As the embedded company does."""
    compressor = zlib.compressobj(1, wbits=31)
    return compressor.compress(body) + compressor.flush()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a company, served by a process of its own."""
    command = [sys.executable, "-m", __name__, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout.readline().strip() if child.stdout else ""
        finally:
            if child.stdin:
                child.stdin.close()


def fetched(url: str, path: str) -> bytes:
    """The bytes of an answer as they travel."""
    with urlopen(f"{url}/{path}") as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    server = Server(Books(Path(sys.argv[1])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.url, flush=True)
    sys.stdin.read()
