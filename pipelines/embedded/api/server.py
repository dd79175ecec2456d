"""The embedded company's HTTP server: one thread per connection, on loopback only."""

from __future__ import annotations

import itertools
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from ..faults.counters import Counters
from ..faults.script import Faults
from ..faults.switches import Switches
from ..faults.throttle import Throttle
from ..offer import OFFER
from ..webhooks.sender import Delivery
from ..wire.encoding import to_xml
from ..wire.messages import Answer, Request
from ..world import World
from .connections import Connections
from .oauth import OAuth
from .router import Api

HOST = "127.0.0.1"
GZIP_FROM = 1024


class EmbeddedServer:
    """QuickBooks on loopback, over the books of `world`; a context manager that serves from a thread.

    `folder` keeps the connections and, at the end and after `advance`, the books; without it all is forgotten.
    `notify` is called when `advance` over HTTP is done, as `Webhooks.send` over the same world.
    """

    client_id = OFFER.client_id
    client_secret = OFFER.client_secret

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        switches: Switches | None = None,
        folder: Path | None = None,
        notify: Callable[[], Delivery] | None = None,
    ) -> None:
        self.world = world
        self.switches = switches or Switches()
        self.counters = Counters()
        self.faults = Faults(self.counters)
        self.throttle = Throttle(self.counters)
        self.oauth = OAuth(world, self.switches, Connections(folder / "connections.json" if folder else None))
        self._folder = folder
        self._api = Api(world, self.oauth, self.faults, self.throttle, self.counters, self.switches)
        self._api.saved = self.save
        self._api.notify = notify
        self._http = _HttpServer((HOST, port), _Handler)
        self._http.api = self._api
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Scheme, host and port: what `api_url` is set to."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    @property
    def token_url(self) -> str:
        return OFFER.token_url(self.url)

    @property
    def authorize_url(self) -> str:
        return OFFER.authorize_url(self.url)

    @property
    def revoke_url(self) -> str:
        return OFFER.revoke_url(self.url)

    @property
    def between_requests(self) -> Callable[[Request], None] | None:
        """Called before each request for a company is answered: edit the books between two pages here."""
        return self._api.between_requests

    @between_requests.setter
    def between_requests(self, hook: Callable[[Request], None] | None) -> None:
        self._api.between_requests = hook

    @property
    def errors(self) -> list[Exception]:
        """What went wrong inside the server itself: bugs. Leaving the block raises the first."""
        return self._http.errors

    def grant(self, realm_id: str | None = None) -> dict[str, Any]:
        """A token answer for a company, without the sign-in dance."""
        return self.oauth.connect(realm_id or next(iter(self.world.companies)))

    def save(self) -> None:
        """Writes the books to the folder, if there is one."""
        if self._folder:
            self.world.save(self._folder)

    def start(self) -> EmbeddedServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answers no more, closes every connection and the port."""
        self._http.shutdown()
        self._thread.join()
        self._http.close_connections()
        self._http.server_close()
        self.save()

    def __enter__(self) -> EmbeddedServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.errors and error is None:
            raise self.errors[0]


class _HttpServer(ThreadingHTTPServer):
    api: Api
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.errors: list[Exception] = []
        self.serial = itertools.count(1)
        self._open: set[socket.socket] = set()
        self._opened = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._opened:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._opened:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Ends connections that clients keep alive."""
        with self._opened:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        started = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers, body)
        try:
            answer = self.server.api.answer(request)
        except Exception as error:  # the client gets an answer, and whoever runs the server the error
            self.server.errors.append(error)
            answer = Answer(
                b'{"Fault":{"Error":[{"Message":"bug","code":"10000"}],"type":"SystemFault"}}', 500
            )
        if (
            not request.wants_json
            and answer.content_type.startswith("application/json")
            and _is_data(request)
        ):
            answer.body, answer.content_type = to_xml(answer.body), "application/xml;charset=utf-8"
        if answer.reset:
            self._reset()
        else:
            self._send(request, answer, started)

    do_POST = do_GET
    do_PUT = do_GET
    do_DELETE = do_GET

    def _send(self, request: Request, answer: Answer, started: float) -> None:
        body = answer.body
        self.send_response_only(answer.status)
        if request.wants_gzip and len(body) >= GZIP_FROM:
            compressor = zlib.compressobj(1, wbits=31)
            body = compressor.compress(body) + compressor.flush()
            self.send_header("Content-Encoding", "gzip")
        serial = next(self.server.serial)
        total = int((time.monotonic() - started) * 1000)
        self.send_header("Server", "nginx")
        self.send_header("Date", self.date_time_string())  # the gateway's clock, which is no company's
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("intuit_tid", f"1-{serial:08x}-{serial * 0x9E3779B97F4A7C15 & (1 << 96) - 1:024x}")
        self.send_header("Qbo-Version", "1944.190")
        self.send_header("Service-Time", f"total={total}, db={total // 3}")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.cut:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.end_headers()
        size = -(-len(body) // answer.pieces) or 1
        for start in range(0, len(body), size):
            time.sleep(answer.pause if start else 0)
            self.wfile.write(body[start : start + size])
            self.wfile.flush()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are counted, not logged."""


def _is_data(request: Request) -> bool:
    return request.realm_id is not None
