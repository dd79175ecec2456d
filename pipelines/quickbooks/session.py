"""The HTTP session every request goes through."""

from __future__ import annotations

import ipaddress
import re
import threading
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from .errors import UnsafeAddress

CONNECTIONS = 10
TIMEOUT = (10.0, 120.0)  # to connect, to wait for bytes: QuickBooks itself gives up after 120 s
PIECE = 1 << 20
BODY_SECONDS = 600.0  # for a whole body, however steadily its bytes trickle in


class Bearer(AuthBase):
    """Puts the access token on a request; as an auth object it also keeps requests from reading ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def new_session(url: str = "") -> requests.Session:
    """A keep-alive, gzip session of ten connections that keeps no cookies and leaves retrying to us.

    For a `url` on this machine it ignores proxy variables: an embedded company is not behind the proxy.
    """
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.update({"Accept-Encoding": "gzip", "User-Agent": _agent()})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not is_loopback(url)
    return session


def read_whole(response: requests.Response, seconds: float) -> bytes:
    """A streamed answer's body. One that takes longer is cut off, and requests reports it as broken.

    It is read in pieces of a megabyte: the 10 kB pieces of `content` cost as much as all other work on a page.
    """

    def cut_off() -> None:
        with suppress(RuntimeError):  # the body was read to its end in the meantime
            response.raw.shutdown()

    watch = threading.Timer(seconds, cut_off)
    watch.start()
    try:
        return b"".join(response.iter_content(PIECE))
    finally:
        watch.cancel()


def safe_url(url: str, name: str) -> str:
    """The address without its last slash. Raises UnsafeAddress if a token would travel in the clear."""
    if not url:
        raise UnsafeAddress(f"sources.quickbooks.{name} is empty: there is nothing to ask.")
    if _plain_parts(url, name).scheme != "https" and not is_loopback(url):
        raise UnsafeAddress(
            f"sources.quickbooks.{name} is {url!r}: tokens travel over https only; plain http is for "
            "loopback addresses."
        )
    return url.rstrip("/")


def safe_redirect(url: str) -> str:
    """The address that a sign-in comes back to, if it is https, or http at `localhost` by that name.

    Raises UnsafeAddress for any other, to which the browser would carry the code in the clear.
    """
    parts = _plain_parts(url, "redirect_uri")
    if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "localhost"):
        raise UnsafeAddress(
            f"sources.quickbooks.redirect_uri is {url!r}: Intuit sends sign-ins back to https addresses, and to "
            "http://localhost by that name, not to one in numbers. Set it as it is registered for your app."
        )
    return url


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own, asked over http or https."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def _plain_parts(url: str, name: str) -> SplitResult:
    """The parts of an address that every program splits alike. The error does not repeat one with a password."""
    try:
        parts = urlsplit(url)
        odd = not parts.hostname or parts.port == 0 or re.search(r"[\s\\\x00-\x1f\x7f?#]", url)
    except ValueError:
        odd = True
    if "@" in url:
        raise UnsafeAddress(
            f"sources.quickbooks.{name} holds a user or password (an @): write the address without them."
        )
    if odd:
        raise UnsafeAddress(
            f"sources.quickbooks.{name} is {url!r}, which is no address of the form https://host/path."
        )
    return parts


def why(error: requests.RequestException) -> str:
    """What went wrong with a request, without the addresses in memory that urllib3 names."""
    text = re.sub(r"<[\w.]+ object at 0x[0-9a-f]+>(: )?|HTTPS?Connection\([^)]*\)(: )?", "", str(error))
    cause = re.search(r"Caused by (.*)\)$", text)
    return f"{type(error).__name__}: {cause[1] if cause else text}"


def _agent() -> str:
    try:
        return f"quickduck/{version('quickduck')}"
    except PackageNotFoundError:
        return "quickduck"
