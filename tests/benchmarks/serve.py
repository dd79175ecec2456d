"""How `quickduck serve` bears load: `python -m tests.benchmarks.serve [webhooks] [kills] [reads]`.

Prints figures and asserts none; each part starts servers of its own, in folders of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pipelines.home import Home
from pipelines.serve.signature import sign
from tests.serve.running import TOKEN, legacy, process

REALM = "9130350000000001"
SENDERS = 32


@dataclass
class Sent:
    """What became of each webhook; `late` are seconds from when it was due to its answer."""

    answered: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    tries: int = 0

    def percentile(self, share: float) -> float:
        return sorted(self.late)[min(len(self.late) - 1, int(len(self.late) * share))] * 1000


class Sender:
    """One connection, kept alive and opened anew where it broke."""

    def __init__(self, port: int, sent: Sent, *, patience: float = 0) -> None:
        self._port, self._sent, self._patience = port, sent, patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, id: str, due: float) -> None:
        """Sends it until it is answered 200, or for as long as patience lasts, as QuickBooks does."""
        body = msgspec.json.encode(legacy(REALM, ("Invoice", id, "Update")))
        head = (
            f"POST /webhooks/quickbooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"intuit-signature: {sign(body, TOKEN)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begun = time.monotonic()
        while True:
            self._sent.tries += 1
            try:
                status = await asyncio.wait_for(self._ask(head.encode() + body), 10)
                if status == 200:
                    self._sent.answered.add(id)
                    self._sent.late.append(time.monotonic() - due)
                    return
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                status = type(error).__name__
                self._streams = None
            self._sent.refused[str(status)] = self._sent.refused.get(str(status), 0) + 1
            if time.monotonic() - begun >= self._patience:
                return
            await asyncio.sleep(0.2)

    async def _ask(self, request: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        return int(head.split()[1])


async def flood(
    port: int, sent: Sent, *, rate: float, seconds: float, prefix: str, patience: float = 0
) -> None:
    """So many a second, each at its moment, whether those before are answered or not."""
    queue: asyncio.Queue[tuple[str, float] | None] = asyncio.Queue()

    async def work() -> None:
        sender = Sender(port, sent, patience=patience)
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
    """A minute of webhooks, with the runs that they cause going on at the same time."""
    home = Home(folder / "home")
    published(home)
    sent = Sent()
    with process(home.path, folder / "log", "--every", "10") as (server, pid):
        asyncio.run(flood(_port(server.url), sent, rate=rate, seconds=seconds, prefix="load"))
        cpu = _cpu_seconds(pid)
    kept = _kept(home)
    runs = (folder / "log").read_text().count("A run for the webhooks of")
    print(
        f"webhooks: {sent.tries:,} sent in {seconds:.0f} s, {len(sent.answered):,} answered 200, refused {sent.refused}"
    )
    print(
        f"  kept {len(kept):,}; answered and lost: {len(sent.answered - kept)}; {runs} runs began meanwhile"
    )
    print(
        f"  p50 {sent.percentile(0.5):.1f} ms, p95 {sent.percentile(0.95):.1f} ms, p99 {sent.percentile(0.99):.1f} ms, "
        f"most {sent.percentile(1):.1f} ms; the server took {cpu:.1f} s of CPU"
    )


def kills(folder: Path, rate: float = 100, seconds: float = 60, every: float = 12) -> None:
    """Killed outright again and again among webhooks, which are sent again as QuickBooks does."""
    home = Home(folder / "home")
    sent, killed = Sent(), 0
    choose = random.Random(1)

    async def story() -> None:
        nonlocal killed
        with TemporaryDirectory() as logs:
            opened = process(home.path, Path(logs) / "log", "--every", "86400", **_nobody())
            server, pid = opened.__enter__()
            port = _port(server.url)
            flooding = asyncio.create_task(
                flood(port, sent, rate=rate, seconds=seconds, prefix="kills", patience=60)
            )
            child = None
            while not flooding.done():
                await asyncio.wait([flooding], timeout=every * choose.uniform(0.5, 1.5))
                if flooding.done():
                    break
                os.kill(pid, signal.SIGKILL)
                killed += 1
                if child:
                    child.wait()
                child = _again(home, port, Path(logs) / "log")
                pid = child.pid
            await flooding
            if child:
                child.kill()
                child.wait()
            opened.__exit__(None, None, None)

    asyncio.run(story())
    kept = _kept(home)
    print(f"kills: {killed} kills in {seconds:.0f} s at {rate:.0f} webhooks a second, {sent.tries:,} tries")
    print(f"  {len(sent.answered):,} answered 200 in the end, first tries refused {sent.refused}")
    print(
        f"  answered and lost: {len(sent.answered - kept)}; never answered: {int(rate * seconds) - len(sent.answered)}"
    )


def published(home: Home) -> None:
    """Copies the companies in a box once."""
    command = [str(Path(sys.executable).with_name("quickduck")), "run"]
    subprocess.run(
        command,
        env=os.environ | {"QUICKDUCK_HOME": str(home.path)},
        cwd=home.path,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _again(home: Home, port: int, log: Path) -> subprocess.Popen[bytes]:
    command = [
        str(Path(sys.executable).with_name("quickduck")),
        "serve",
        "--port",
        str(port),
        "--every",
        "86400",
    ]
    with open(log, "ab") as output:
        return subprocess.Popen(
            command,
            env=os.environ | {"QUICKDUCK_HOME": str(home.path)} | _nobody(),
            cwd=log.parent,
            stdout=output,
            stderr=output,
        )


def _nobody() -> dict[str, str]:
    return {"SOURCES__QUICKBOOKS__API_URL": "http://127.0.0.1:9", "SOURCES__QUICKBOOKS__REALM_IDS": REALM}


def _kept(home: Home) -> set[str]:
    with sqlite3.connect(home.webhooks) as inbox:
        return {id for (id,) in inbox.execute("select id from events")}


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def _cpu_seconds(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


PARTS = {"webhooks": webhooks, "kills": kills}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        with TemporaryDirectory() as folder:
            PARTS[name](Path(folder))
