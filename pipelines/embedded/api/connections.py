"""The connections people granted: who may ask for which company, until when."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pendulum import DateTime

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 8_726_400
HARD_SECONDS = 5 * 365 * 86_400
ROTATION_SECONDS = 86_400
CODE_SECONDS = 600
KEPT = 20


@dataclass
class Connection:
    """One grant for one company; moments are seconds since 1970 by the company's clock.

    `access` and `replaced` map a token to the moment when it ends; `code` is the one it was exchanged for.
    """

    realm_id: str
    granted_at: float
    refresh_token: str
    valued_at: float
    refreshed_at: float
    code: str = ""
    access: dict[str, float] = field(default_factory=dict)
    replaced: dict[str, float] = field(default_factory=dict)
    revoked: bool = False

    @classmethod
    def grant(cls, realm_id: str, now: DateTime, code: str = "") -> Connection:
        moment = now.timestamp()
        return cls(realm_id, moment, _refresh_token(), moment, moment, code)

    def new_access_token(self, now: DateTime) -> str:
        """An access token for an hour; those given before stay good until they end."""
        token = f"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..{secrets.token_urlsafe(48)}"
        self.access = {earlier: end for earlier, end in self.access.items() if end > now.timestamp() - 86_400}
        self.access[token] = now.timestamp() + ACCESS_SECONDS
        return token

    def accepts(self, refresh_token: str, now: DateTime) -> bool:
        """Whether a refresh with this value works now."""
        moment = now.timestamp()
        if self.revoked or moment >= min(self.refreshed_at + REFRESH_SECONDS, self.granted_at + HARD_SECONDS):
            return False
        return refresh_token == self.refresh_token or moment < self.replaced.get(refresh_token, 0)

    def refresh(self, now: DateTime, rotate: bool, grace_seconds: float) -> None:
        """Extends the connection; a value older than 24 hours is replaced, at once dead but for the grace."""
        moment = now.timestamp()
        self.refreshed_at = moment
        if rotate or moment - self.valued_at >= ROTATION_SECONDS:
            self.replaced = {self.refresh_token: moment + grace_seconds}
            self.refresh_token, self.valued_at = _refresh_token(), moment


class Connections:
    """All grants; kept in a file when there is one, so that a restarted server still knows its tokens."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._all: list[Connection] = []
        if path and path.exists():
            self._all = msgspec.json.decode(path.read_bytes(), type=list[Connection])

    def add(self, connection: Connection) -> None:
        """Keeps one more; of each company only the latest, since every run of an embedded company grants anew."""
        others = [one for one in self._all if one.realm_id != connection.realm_id]
        same = [one for one in self._all if one.realm_id == connection.realm_id]
        self._all = [*others, *same[1 - KEPT :], connection]
        self.save()

    def by_access_token(self, token: str) -> Connection | None:
        return next((one for one in self._all if token in one.access), None)

    def by_refresh_token(self, token: str) -> Connection | None:
        """The connection that has or had this value."""
        return next((one for one in self._all if token == one.refresh_token or token in one.replaced), None)

    def by_code(self, code: str) -> Connection | None:
        return next((one for one in self._all if one.code == code), None)

    def expire_access(self) -> None:
        """Ends every access token."""
        for connection in self._all:
            connection.access = dict.fromkeys(connection.access, 0.0)

    def save(self) -> None:
        """Writes the file atomically, readable by its owner alone."""
        if self._path is None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._path.with_suffix(".new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self._all))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)


def _refresh_token() -> str:
    return f"RT1-{secrets.randbelow(1000)}-H0-{secrets.token_hex(20)}"
