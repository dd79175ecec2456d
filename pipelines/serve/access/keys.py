"""Keys for programs that ask over HTTP: each is shown once and stored as a hash.

A key is 256 random bits, so that nobody guesses it and a plain SHA-256 says nothing of it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from pipelines.base.errors import ConfigurationError
from pipelines.base.files import write_durably
from pipelines.workspace.home import Home

PREFIX = "qd_"
NUMBERED = re.compile(r"key (\d+)")


class Scope(StrEnum):
    """What a key opens: the published books, signing companies in and out, writing into QuickBooks."""

    READ = "read"
    MANAGE = "manage"
    WRITE = "write"


class Key(msgspec.Struct, frozen=True):
    """What is stored of one key; people and the rate limit know it by its `name`. No `realm_ids`: every company.

    A key of an older version has no scopes in the file, and may what it could then.
    """

    name: str
    sha256: str
    made_at: datetime
    scopes: tuple[Scope, ...] = (Scope.READ, Scope.MANAGE)
    realm_ids: tuple[str, ...] = ()

    def may_see(self, realm_id: str) -> bool:
        """Whether it is for this company."""
        return not self.realm_ids or realm_id in self.realm_ids


class Keys:
    """The keys of a data folder; the file is read again when it changes."""

    def __init__(self, home: Home) -> None:
        self._path = home.keys
        self._stamp: tuple[int, int] | None = None
        self._keys: list[Key] = []

    def new(
        self, name: str = "", scopes: Collection[Scope] = (Scope.READ,), realm_ids: Collection[str] = ()
    ) -> str:
        """Makes a key, stores its hash and returns the key, which is not stored.

        Without a name it gets a number. Raises ConfigurationError where another key has the name.
        """
        key = PREFIX + secrets.token_urlsafe(32)
        keys = self._read()
        numbers = (int(found[1]) for one in keys if (found := NUMBERED.fullmatch(one.name)))
        name = name or f"key {max(numbers, default=0) + 1}"
        if any(one.name == name for one in keys):
            raise ConfigurationError(
                f"A key named {name} exists. Take another name, or end it with `quickduck keys revoke '{name}'`."
            )
        made = Key(name, _hash(key), datetime.now(UTC), tuple(dict.fromkeys(scopes)), tuple(realm_ids))
        self._write([*keys, made])
        return key

    def revoke(self, name: str) -> None:
        """Forgets the key of this name. Raises ConfigurationError where none has it."""
        keys = self._read()
        kept = [one for one in keys if one.name != name]
        if len(kept) == len(keys):
            names = ", ".join(one.name for one in keys) or "none"
            raise ConfigurationError(f"No key is named {name}. There are: {names}.")
        self._write(kept)

    def all(self) -> list[Key]:
        """Every key, the oldest first."""
        return list(self._read())

    def find(self, key: str) -> Key | None:
        """What is stored of a key, None for a wrong one; it takes as long for either."""
        return self.find_by_hash(_hash(key))

    def find_by_hash(self, sha256: str) -> Key | None:
        """The key that has this hash, if it was not revoked."""
        found = [one for one in self._read() if hmac.compare_digest(one.sha256, sha256)]
        return found[0] if found else None

    def __bool__(self) -> bool:
        return bool(self._read())

    def _read(self) -> list[Key]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return []
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            try:
                self._keys = msgspec.json.decode(self._path.read_bytes(), type=list[Key])
            except msgspec.DecodeError:
                raise ConfigurationError(
                    f"{self._path} is no list of keys. Move it away and make new ones with `quickduck keys new NAME`."
                ) from None
            self._stamp = stamp
        return self._keys

    def _write(self, keys: list[Key]) -> None:
        write_durably(self._path, msgspec.json.encode(keys))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
