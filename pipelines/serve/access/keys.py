"""Keys for programs that read over HTTP: each is shown once and stored as a hash.

A key is 256 random bits, so that nobody guesses it and a plain SHA-256 says nothing of it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

import msgspec

from pipelines.base.errors import ConfigurationError
from pipelines.base.files import write_durably
from pipelines.workspace.home import Home

PREFIX = "qd_"


class Key(msgspec.Struct, frozen=True):
    """What is stored of one key; people and the rate limit know it by its `name`."""

    name: str
    sha256: str
    made_at: datetime


class Keys:
    """The keys of a data folder; the file is read again when it changes."""

    def __init__(self, home: Home) -> None:
        self._path = home.keys
        self._stamp: tuple[int, int] | None = None
        self._keys: list[Key] = []

    def new(self) -> str:
        """Makes a key, stores its hash and returns the key, which is not stored."""
        key = PREFIX + secrets.token_urlsafe(32)
        keys = self._read()
        name = f"key {max((int(one.name.split()[-1]) for one in keys), default=0) + 1}"
        self._write([*keys, Key(name, _hash(key), datetime.now(UTC))])
        return key

    def forget_all(self) -> int:
        """Forgets every key and returns how many there were."""
        count = len(self._read())
        self._write([])
        return count

    def name_of(self, key: str) -> str | None:
        """The name of a key, None for a wrong one; it takes as long for either."""
        sha256 = _hash(key)
        names = [one.name for one in self._read() if hmac.compare_digest(one.sha256, sha256)]
        return names[0] if names else None

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
                    f"{self._path} is no list of keys. Move it away and make new ones with `quickduck serve --new-key`."
                ) from None
            self._stamp = stamp
        return self._keys

    def _write(self, keys: list[Key]) -> None:
        write_durably(self._path, msgspec.json.encode(keys))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
