"""A server for tests: the real app on a real socket, in a thread or in a process of its own, and what it is sent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import requests
import uvicorn

from pipelines.connect.companies import ReadCompanies
from pipelines.embedded import OFFER
from pipelines.serve.access.callers import WRONG_KEYS_A_MINUTE, Access, Rate
from pipelines.serve.access.keys import Keys, Scope
from pipelines.serve.app import make_app
from pipelines.serve.server import config
from pipelines.serve.webhooks.child_run import Runs
from pipelines.serve.webhooks.events import sign
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Pace, Run, Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings
from tests.support.harness import Installation

TOKEN = OFFER.verifier_token
AT_ONCE = Pace(quiet=0.05, patience=1, every=0, again=0.1, longest=0.2)
HANDED_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
NEVER = Pace(quiet=3600, patience=3600)


@dataclass(frozen=True)
class Parts:
    """What the app of a test was made of."""

    home: Home
    settings: Settings
    inbox: Inbox
    worker: Worker
    access: Access

    @property
    def companies(self) -> ReadCompanies:
        """The companies whose webhooks are kept."""
        return ReadCompanies(self.home, self.settings)


@dataclass
class Running:
    """A server that answers at `url`; `key` opens its read endpoints."""

    url: str
    key: str = ""
    parts: Parts | None = field(default=None, repr=False)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def notify(self, body: Any, *, signature: str | None = None, **headers: str) -> requests.Response:
        """Posts a webhook, signed unless told otherwise; bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent_headers = {"intuit-signature": sign(raw, TOKEN) if signature is None else signature} | headers
        return self.session.post(f"{self.url}/webhooks/quickbooks", raw, headers=sent_headers, timeout=10)

    def get(self, path: str, *, key: str | None = None, **parameters: Any) -> requests.Response:
        """Asks as a program does, by a key."""
        bearer = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return self.session.get(
            f"{self.url}{path}", params=parameters, headers=bearer, timeout=30, allow_redirects=False
        )

    def settled(self, seconds: float = 60) -> None:
        """Returns once no event is waiting any more."""
        assert self.parts is not None
        wait_for(lambda: not self.parts.inbox.pending(), seconds)  # type: ignore[union-attr]


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Returns once it is so; fails when it is not for so long."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def nights(installation: Installation) -> Callable[[Sequence[str]], Mapping[str, int]]:
    """What the worker calls: the installation's own run, in this process."""

    def run(realm_ids: Sequence[str]) -> Mapping[str, int]:
        installation.night(*realm_ids, trigger="webhook", deep=False)
        assert installation.last is not None
        return {outcome.realm_id: int(outcome.exit) for outcome in installation.last.outcomes}

    return run


@contextmanager
def running(
    home: Home,
    settings: Settings | None = None,
    *,
    run: Run | None = None,
    pace: Pace = NEVER,
    reads_a_minute: float = 10**6,
    wrong_keys_a_minute: float = WRONG_KEYS_A_MINUTE,
) -> Iterator[Running]:
    """The app in a thread of this process."""
    keys = Keys(home)
    key = keys.new(scopes=(Scope.READ, Scope.MANAGE))
    inbox = Inbox(home.webhooks)
    worker = Worker(inbox, run or Runs(home).run, pace)
    parts = Parts(
        home,
        settings or Settings(),
        inbox,
        worker,
        Access(keys, Rate(reads_a_minute), Rate(wrong_keys_a_minute)),
    )
    app = make_app(home, parts.settings, inbox=inbox, worker=worker, access=parts.access)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_for(lambda: server.started or not thread.is_alive())
            with requests.Session() as session:
                # The server ends connections that are idle for seconds, perhaps just when a test asks again.
                session.headers["Connection"] = "close"
                yield Running(f"http://localhost:{listener.getsockname()[1]}", key, parts, session)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def process(home: Path, log: Path, *options: str, **variables: str) -> Iterator[tuple[Running, int]]:
    """`quickduck serve` as a process of its own, and its id; killed outright when the block ends.

    It takes over a socket that listens already, as from systemd, so that no port has to be found free.
    """
    with open(log, "ab") as output, requests.Session() as session:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            quickduck = str(Path(sys.executable).with_name("quickduck"))
            child = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    HANDED_OVER,
                    str(listener.fileno()),
                    quickduck,
                    "serve",
                    "--port",
                    str(port),
                ]
                + list(options),
                cwd=log.parent,
                env=os.environ | {"QUICKDUCK_HOME": str(home)} | variables,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(listener.fileno(),),
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(url) or child.poll() is not None)
            assert child.poll() is None, log.read_text()
            yield Running(url, session=session), child.pid
        finally:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def answers(url: str) -> bool:
    """Whether the server is up; its socket alone takes connections before."""
    try:
        return requests.get(f"{url}/openapi.json", timeout=10).ok
    except requests.RequestException:
        return False


def legacy(realm_id: str, *entities: tuple[str, str, str], at: str = "2026-11-20T10:00:00-08:00") -> Any:
    """A body of eventNotifications about objects, each as (name, id, operation)."""
    entries = [{"name": name, "id": id, "operation": what, "lastUpdated": at} for name, id, what in entities]
    return {"eventNotifications": [{"realmId": realm_id, "dataChangeEvent": {"entities": entries}}]}


def cloud(realm_id: str, entity: str, id: str, operation: str, **more: Any) -> dict[str, Any]:
    """One CloudEvent."""
    return {
        "specversion": "1.0",
        "id": f"{realm_id}-{entity}-{id}",
        "source": "intuit.hash=",
        "type": f"qbo.{entity.lower()}.{operation}.v1",
        "time": "2026-11-20T18:00:00.123456789Z",
        "intuitentityid": id,
        "intuitaccountid": realm_id,
        **more,
    }


def changes(
    installation: Installation, realm_id: str, happen: Callable[[], object]
) -> list[tuple[str, str, str]]:
    """What QuickBooks would notify of: (name, id, operation) of each object that differs after it happened."""
    before = installation.theirs(realm_id)
    happen()
    after = installation.theirs(realm_id)
    entries = [(*key, "Delete") for key in before.keys() - after.keys()]
    entries += [(*key, "Create") for key in after.keys() - before.keys()]
    return entries + [(*key, "Update") for key in after.keys() & before.keys() if after[key] != before[key]]
