"""The HTTP session that webhooks are sent by."""

from __future__ import annotations

import ipaddress
import re
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests


def new_session(url: str) -> requests.Session:
    """A keep-alive session without cookies; for a `url` on this machine it ignores proxy variables."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not is_loopback(url)
    return session


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cause(error: requests.RequestException) -> str:
    """What went wrong on the way, without urllib3's addresses in memory."""
    text = re.sub(r"<[\w.]+ object at 0x[0-9a-f]+>(: )?|HTTPS?Connection\([^)]*\)(: )?", "", str(error))
    inner = re.search(r"Caused by (.*)\)$", text)
    return f"{type(error).__name__}: {inner[1] if inner else text}"
