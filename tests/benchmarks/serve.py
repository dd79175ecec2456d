"""How `quickduck serve` bears load: `python -m tests.benchmarks.serve [webhooks] [kills] [reads] [fuzz]`.

Prints figures and asserts none; each part starts servers of its own, in folders of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import msgspec

from pipelines.published.publish import publish
from pipelines.serve.webhooks.events import sign
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings
from tests.benchmarks import big_books
from tests.support.fuzz import fuzz, operations
from tests.support.running import TOKEN, Running, answers, legacy, process, running
from transforms.engine import macros
from transforms.engine.runner import build

REALM = "9130350000000001"
SENDERS = 100
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "most": 1}


@dataclass
class Sent:
    """What became of each webhook; `late` are seconds from when it was due to its answer.

    `begun` are those from when it was due to when this program came to send it: what the machine itself takes.
    """

    answered: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    tries: int = 0
    first: int = 0

    def percentile(self, share: float) -> float:
        return _at(self.late, share)


class Sender:
    """One connection, kept alive and opened anew where it broke."""

    def __init__(self, port: int, sent: Sent, *, patience: float, alive: bool) -> None:
        self._port, self._sent, self._patience, self._alive = port, sent, patience, alive
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, id: str, due: float) -> None:
        """Sends it until it is answered 200, or for as long as patience lasts, as QuickBooks does."""
        body = msgspec.json.encode(legacy(REALM, ("Invoice", id, "Update")))
        head = (
            f"POST /webhooks/quickbooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"intuit-signature: {sign(body, TOKEN)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begun, tried = time.monotonic(), 0
        self._sent.begun.append(begun - due)
        while True:
            tried += 1
            self._sent.tries += 1
            try:
                status = await asyncio.wait_for(self._ask(head.encode() + body), 3)
                if status == 200:
                    self._sent.answered.add(id)
                    self._sent.late.append(time.monotonic() - due)
                    self._sent.first += tried == 1
                    return
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                status = type(error).__name__
                self._streams = None
            self._sent.refused[str(status)] = self._sent.refused.get(str(status), 0) + 1
            if time.monotonic() - begun >= self._patience:
                return
            await asyncio.sleep(0.2)

    async def _ask(self, request: bytes) -> int:
        if not self._alive or self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        return int(head.split()[1])


async def flood(
    port: int,
    sent: Sent,
    *,
    rate: float,
    seconds: float,
    prefix: str,
    patience: float = 0,
    alive: bool = True,
) -> None:
    """So many a second, each at its moment, whether those before are answered or not."""
    queue: asyncio.Queue[tuple[str, float] | None] = asyncio.Queue()

    async def work() -> None:
        sender = Sender(port, sent, patience=patience, alive=alive)
        while (next := await queue.get()) is not None:
            await sender.send(*next)

    workers = [asyncio.create_task(work()) for _ in range(SENDERS)]
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0, due - time.monotonic()))
        queue.put_nowait((f"{prefix}-{number}", due))
    for _ in workers:
        queue.put_nowait(None)
    await asyncio.gather(*workers)


def webhooks(folder: Path, rate: float = 200, seconds: float = 60) -> None:
    """A minute of webhooks by themselves, with a connection for each, and with the runs that they cause meanwhile."""
    home = Home(folder / "home")
    published(home)
    for prefix, what, alive, every, company in (
        ("alone", "connections kept", True, 86400, _nobody()),
        ("apart", "a connection each", False, 86400, _nobody()),
        ("busy", "connections kept, and runs on whole books meanwhile", True, 10, {}),
    ):
        sent = Sent()
        log = folder / f"{prefix}.log"
        with process(home.path, log, "--every", str(every), **company) as (server, pid):
            before = _cpu_seconds(pid)
            port = _port(server.url)
            asyncio.run(flood(port, sent, rate=rate, seconds=seconds, prefix=prefix, alive=alive))
            cpu = _cpu_seconds(pid) - before
        lost = sent.answered - _kept(home)
        runs = log.read_text().count("A run for the webhooks of")
        print(
            f"webhooks, {what}: {sent.tries:,} in {seconds:.0f} s, {len(sent.answered):,} answered 200, {sent.refused}"
        )
        print(f"  answered and lost: {len(lost)}; {runs} runs began; the server took {cpu:.1f} s of CPU")
        told = ", ".join(f"{name} {sent.percentile(share):.1f} ms" for name, share in SHARES.items())
        print(f"  {told}; of which the sender was late p99 {_at(sent.begun, 0.99):.1f} ms")


def kills(folder: Path, rate: float = 100, seconds: float = 120, every: float = 20) -> None:
    """Killed outright again and again among webhooks: started again by hand, and under a socket that is held."""
    for held in (False, True):
        home, sent, killed = Home(folder / f"held {held}"), Sent(), 0
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
            port = listener.getsockname()[1]
            if not held:
                listener.close()
            killed = asyncio.run(_killing(home, sent, port, listener if held else None, rate, seconds, every))
        kept = _kept(home)
        asked = int(rate * seconds)
        print(
            f"kills, socket {'held' if held else 'not held'}: {killed} in {seconds:.0f} s, {rate:.0f} webhooks a second"
        )
        print(
            f"  answered 200 at the first try {sent.first / asked:.3%}, in the end {len(sent.answered) / asked:.3%} of "
            f"{asked:,}; tries that failed {sent.refused}"
        )
        print(f"  answered and lost: {len(sent.answered - kept)}; p99 {sent.percentile(0.99):,.0f} ms")


async def _killing(
    home: Home,
    sent: Sent,
    port: int,
    listener: socket.socket | None,
    rate: float,
    seconds: float,
    every: float,
) -> int:
    """How often it was killed while they were sent, each sent again until it is answered, as QuickBooks does."""
    choose, killed = random.Random(1), 0
    server = _server(home, port, listener)
    while not answers(port):
        await asyncio.sleep(0.1)
    flooding = asyncio.create_task(flood(port, sent, rate=rate, seconds=seconds, prefix="kills", patience=60))
    while True:
        await asyncio.wait([flooding], timeout=every * choose.uniform(0.5, 1.5))
        if flooding.done():
            break
        server.kill()
        server.wait()
        killed += 1
        await asyncio.sleep(0.1)  # systemd's RestartSec
        server = _server(home, port, listener)
    await flooding
    server.kill()
    server.wait()
    return killed


def reads(folder: Path, invoices: int = 100_000, rounds: int = 25) -> None:
    """Each endpoint asked one at a time, then four at once, on books of that many invoices."""
    home = Home(folder / "home")
    with duckdb.connect(str(home.warehouse), config={"memory_limit": "4GB"}) as books:
        big_books.make(books, invoices)
        build(books, as_of={big_books.REALM: date(2026, 11, 23)})
        publish(books, home, [big_books.REALM], macros.statements())
    print(f"reads: {invoices:,} invoices, {home.analytics.stat().st_size / 1e6:,.0f} MB published")
    questions: dict[str, dict[str, object]] = {
        "/customers": {},
        "/customers?name_contains=99&min_balance=100": {},
        "/customers?overdue_as_of=2026-06-30": {},
        "/customers/77": {},
        "/invoices": {},
        "/invoices?last_days=90&min_balance=100": {},
        "/invoices?overdue_as_of=2026-06-30&item_type=Service": {},
        "/invoices?shape=qbo": {},
        "/payments?last_days=30": {},
        "/accounts": {},
        "/ar-aging": {},
        "/ar-aging?as_of=2026-06-30": {},
    }
    with running(home) as server:
        everything: list[float] = []
        for path, given in questions.items():
            taken = sorted(_asked(server, path, given) for _ in range(rounds))
            everything += taken
            print(f"  {path:<55} p50 {_at(taken, 0.5):5.0f} ms, p95 {_at(taken, 0.95):5.0f} ms")
        print(
            f"  {'all of them':<55} p50 {_at(everything, 0.5):5.0f} ms, p95 {_at(everything, 0.95):5.0f} ms"
        )
        with ThreadPoolExecutor(4) as pool:
            asked = [(path, given) for path, given in questions.items() for _ in range(rounds)]
            random.Random(1).shuffle(asked)
            together = list(pool.map(lambda one: _asked(server, *one), asked))
        print(f"  {'four at once':<55} p50 {_at(together, 0.5):5.0f} ms, p95 {_at(together, 0.95):5.0f} ms")


def everything(folder: Path, examples: int = 60) -> None:
    """The fuzz of the tests, for longer."""
    home = Home(folder / "home")
    published(home)
    with running(home, Settings(api_url="http://127.0.0.1:9"), wrong_keys_a_minute=10**6) as server:
        for name, operation in operations(server).items():
            if name != "POST /disconnect":  # its companies are signed in, and Intuit is not there
                for allowed in (True, False)[: 1 if "webhooks" in name else 2]:
                    number = int(time.time())
                    told = Counter(fuzz(server, operation, examples=examples, number=number, allowed=allowed))
                    print(f"fuzz: {name:<30} {'allowed' if allowed else 'not so':<8} {dict(told)}")


def published(home: Home) -> None:
    """Copies the embedded companies once."""
    command = [str(Path(sys.executable).with_name("quickduck")), "run"]
    subprocess.run(
        command,
        env=os.environ | {"QUICKDUCK_HOME": str(home.path)},
        cwd=home.path,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _server(home: Home, port: int, listener: socket.socket | None) -> subprocess.Popen[bytes]:
    """The server, as systemd starts it where it holds the socket."""
    command = f"{Path(sys.executable).with_name('quickduck')} serve --port {port} --every 86400"
    if listener:
        number = listener.fileno()
        command = f"exec 3<&{number}; export LISTEN_PID=$$ LISTEN_FDS=1; exec {command}"
    with open(home.path / "log", "ab") as output:
        return subprocess.Popen(
            ["bash", "-c", command if listener else f"exec {command}"],
            env=os.environ | {"QUICKDUCK_HOME": str(home.path)} | _nobody(),
            cwd=home.path,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()] if listener else [],
        )


def _asked(server: Running, path: str, given: dict[str, object]) -> float:
    begun = time.monotonic()
    answer = server.get(path, realm_id=big_books.REALM, **given)
    assert answer.status_code == 200, answer.text
    return time.monotonic() - begun


def _at(taken: list[float], share: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * share))] * 1000


def _nobody() -> dict[str, str]:
    return {"SOURCES__QUICKBOOKS__API_URL": "http://127.0.0.1:9", "SOURCES__QUICKBOOKS__REALM_IDS": REALM}


def _kept(home: Home) -> set[str]:
    with closing(sqlite3.connect(home.webhooks)) as inbox:
        return {id for (id,) in inbox.execute("select id from events")}


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def _cpu_seconds(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


PARTS = {"webhooks": webhooks, "kills": kills, "reads": reads, "fuzz": everything}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        with TemporaryDirectory() as folder:
            PARTS[name](Path(folder))
