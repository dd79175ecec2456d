"""A request as it arrived and the answer that will leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

from ..offer import OFFER

JSON = "application/json;charset=utf-8"

_KINDS = {
    OFFER.authorize_path: "authorize",
    OFFER.token_path: "token",
    OFFER.revoke_path: "revoke",
}
_COMPANY = re.compile(r"/v3/company/([^/]+)/(.+)")


@dataclass
class Request:
    """One HTTP request.

    `kind` is query, cdc, batch, report, read, write, token, authorize, revoke or other.
    """

    method: str
    target: str
    headers: Message
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def realm_id(self) -> str | None:
        match = _COMPANY.fullmatch(self.path)
        return match[1] if match else None

    @cached_property
    def resource(self) -> list[str]:
        """Path segments after the company: `["reports", "AgedReceivables"]`; empty outside a company."""
        match = _COMPANY.fullmatch(self.path)
        return match[2].split("/") if match else []

    @cached_property
    def kind(self) -> str:
        if not self.resource:
            return _KINDS.get(self.path, "other")
        first = self.resource[0].lower()
        if first in ("query", "cdc", "batch"):
            return first
        if first == "reports":
            return "report"
        return "write" if self.method == "POST" else "read"

    @cached_property
    def statement(self) -> str:
        """The query, sent as the `query` parameter or as the body of a POST."""
        if self.method == "POST":
            return self.body.decode("utf-8", "replace")
        return self.params.get("query", "")

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.headers.get("Accept", "")

    @property
    def wants_gzip(self) -> bool:
        return "gzip" in self.headers.get("Accept-Encoding", "")


@dataclass
class Answer:
    """One HTTP answer and, for tests, how its delivery goes wrong.

    `cut`: the connection closes in the middle of the body, although Content-Length promised all of it.
    `reset`: the connection is reset instead of any answer.
    `pieces`, `pause`: into how many pieces the body is cut, and seconds between two of them.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    reset: bool = False
    pieces: int = 1
    pause: float = 0
