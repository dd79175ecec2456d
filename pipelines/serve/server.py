"""The server as a process: one event loop that answers until the process is stopped."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from pipelines.connect.companies import prepare_dlt
from pipelines.quickbooks.session import is_loopback
from pipelines.serve.access.callers import Access
from pipelines.serve.access.keys import Keys
from pipelines.serve.app import make_app
from pipelines.serve.webhooks.child_run import Runs
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Pace, Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import settings

MOST_CONNECTIONS = 800
"""Fewer than the 1,024 files that a process may usually have open; an idle one is closed soon, for a sender that opens
one for each webhook leaves 200 a second behind."""
IDLE_SECONDS = 2
FIRST_DESCRIPTOR = 3


def serve(home: Home, host: str, port: int, *, every: float, say: Callable[[str], object]) -> None:
    """Serves until SIGTERM or Ctrl-C. Raises ConfigurationError for settings that cannot be used."""
    prepare_dlt()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    chosen_settings = settings()
    runs = Runs(home)
    inbox = Inbox(home.webhooks)
    worker = Worker(inbox, runs.run, Pace(every=every), end_run=runs.end)
    access = Access(Keys(home))

    def began() -> None:
        address = f"http://{'localhost' if is_loopback(f'http://{host}') else host}:{port}"
        say(f"quickduck serves {home.path} at {address} (Ctrl-C stops it)")
        if sys.stdout.isatty():
            say(f"Open {address}/enter?link={access.link}")
        elif not access.keys:
            say("No key is made yet: `quickduck keys new NAME` makes one, for programs and for browsers.")

    app = make_app(home, chosen_settings, inbox=inbox, worker=worker, access=access, began=began)
    inherited = socket_of_systemd()
    uvicorn.Server(config(app, host, port)).run(sockets=[inherited] if inherited else None)


def socket_of_systemd() -> socket.socket | None:
    """The listening socket of a `.socket` unit, which keeps callers waiting while the server is started again.

    https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=FIRST_DESCRIPTOR)


def config(app: FastAPI, host: str = "127.0.0.1", port: int = 8080) -> uvicorn.Config:
    """Settings of the HTTP server; there is no access log, since the address a sign-in comes back to holds its code."""
    logging.getLogger("uvicorn.access").disabled = True
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=10,
        server_header=False,
    )
