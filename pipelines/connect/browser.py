"""The page on this machine that Intuit sends the browser back to after a sign-in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from pipelines.base.errors import ConfigurationError
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.workspace.exits import ON_PURPOSE

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>quickduck</title>
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 5rem auto }</style>
<h1>{{ title }}</h1>
<p>{{ text }}</p>
</html>
"""

NOT_BEGUN = (
    "This is not the sign-in that was started",
    "Close this page, and begin again where you began: with the link that was opened last.",
)

Finish = Callable[[Mapping[str, str]], str]


class Awaited:
    """A sign-in that has begun. The answer that brings the right `state` ends it.

    `finish` turns the answer's parameters into a company id or raises. It runs once, however often the browser
    reloads, and before the page is shown, so that the page tells how it ended.
    """

    def __init__(self, state: str, finish: Finish) -> None:
        self.ended = threading.Event()
        self.realm_id = ""
        self.error: Exception | None = None
        self._state = state
        self._finish = finish
        self._lock = threading.Lock()

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, str, str]:
        """HTTP status, title and text for the parameters that a browser came back with."""
        if parameters.get("state") != self._state:
            return 400, *NOT_BEGUN
        with self._lock:
            if not self.ended.is_set():
                try:
                    self.realm_id = self._finish(parameters)
                except ON_PURPOSE as error:
                    self.error = error
                self.ended.set()
        if self.error:
            return 400, "Not signed in", str(self.error)
        return 200, "Signed in", f"quickduck may now read company {self.realm_id}. You can close this page."


class Callback:
    """Listens at a loopback `redirect_uri` until one sign-in with the right `state` came back."""

    def __init__(self, redirect_uri: str, state: str, finish: Finish) -> None:
        parts = urlsplit(redirect_uri)
        if (parts.scheme, parts.hostname) != ("http", "localhost"):
            raise ConfigurationError(
                f"sources.quickbooks.redirect_uri is {redirect_uri!r}, where nobody listens on this machine. "
                "Sign in with `quickduck login --paste`, which takes back the address the browser landed on."
            )
        self._path = parts.path or "/"
        self._awaited = Awaited(state, finish)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", parts.port or 80), _handler(self))
        except OSError as error:
            raise ConfigurationError(
                f"Port {parts.port or 80} of sources.quickbooks.redirect_uri is not free: {error.strerror}. "
                "Close what uses it, or sign in with `quickduck login --paste`."
            ) from None
        self._server.daemon_threads = True  # a browser keeps idle connections open, which must not hold us
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def wait(self, seconds: float) -> str:
        """The company that was signed in. Raises what went wrong, or SignInNeeded when nobody came."""
        if not self._awaited.ended.wait(seconds):
            raise SignInNeeded(
                f"Nobody signed in within {seconds / 60:.0f} minutes. Run `quickduck login` again; where no "
                "browser can reach this machine, add --paste."
            )
        if self._awaited.error:
            raise self._awaited.error
        return self._awaited.realm_id

    def answer(self, address: str) -> tuple[int, str]:
        """HTTP status and page for one address that a browser asked for."""
        parts = urlsplit(address)
        if parts.path != self._path:
            return 404, _page("Nothing here", "quickduck waits for a sign-in at another address.")
        status, title, text = self._awaited.answer(dict(parse_qsl(parts.query)))
        return status, _page(title, text)

    def __enter__(self) -> Callback:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _page(title: str, text: str) -> str:
    import jinja2  # only a sign-in in the browser shows a page, and every command imports this file

    template = jinja2.Environment(autoescape=True, keep_trailing_newline=True).from_string(PAGE)
    return template.render(title=title, text=text)


def _handler(callback: Callback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, page = callback.answer(self.path)
            body = page.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the address holds the code."""

    return Handler
