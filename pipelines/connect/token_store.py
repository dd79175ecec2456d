"""The connections of one data folder, encrypted on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.base.files import locked, write_durably
from pipelines.connect.token_endpoint import Grant


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One company's tokens. An expiry is None while it is unknown: a token taken from the settings has no dates."""

    realm_id: str
    refresh_token: str
    signed_in_at: datetime
    access_token: str = ""
    access_expires_at: datetime | None = None
    previous_refresh_token: str = ""
    refresh_expires_at: datetime | None = None
    hard_expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Connection(realm_id={self.realm_id!r}, signed_in_at={self.signed_in_at:%Y-%m-%d})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("realm_id", self.realm_id)]

    def renewed(self, grant: Grant, now: DateTime) -> Connection:
        """This connection with the tokens of a grant; the refresh token it replaces is kept as previous."""
        rotated = grant.refresh_token != self.refresh_token
        return msgspec.structs.replace(
            self,
            access_token=grant.access_token,
            access_expires_at=now.add(seconds=grant.expires_in),
            refresh_token=grant.refresh_token,
            previous_refresh_token=self.refresh_token if rotated else self.previous_refresh_token,
            refresh_expires_at=_later(now, grant.x_refresh_token_expires_in) or self.refresh_expires_at,
            hard_expires_at=_later(now, grant.x_refresh_token_hard_expires_in) or self.hard_expires_at,
        )


class _Contents(msgspec.Struct):
    companies: dict[str, Connection] = {}
    handed_over: dict[str, str] = {}


class _File(msgspec.Struct):
    """The file on disk. Its environment can be read without the key; `encrypted` is empty before a sign-in."""

    environment: str
    encrypted: str


class TokenStore:
    """The token file of a data folder, mode 0600; it belongs to one environment and refuses another.

    Every change happens under a lock that other processes respect, and is on disk before it counts.
    """

    def __init__(
        self, path: Path, key: MultiFernet | Fernet | str | bytes, environment: str = "embedded"
    ) -> None:
        self.path = path
        self.environment = str(environment)
        self._fernet = Fernet(key) if isinstance(key, str | bytes) else key
        require_environment(path, self.environment)

    def realm_ids(self) -> tuple[str, ...]:
        """Companies that are signed in."""
        return tuple(sorted(self._read().companies))

    def get(self, realm_id: str) -> Connection | None:
        """A company's connection as it is on disk now, or None."""
        return self._read().companies.get(realm_id)

    def put(self, connection: Connection) -> None:
        """Stores a connection; the caller holds the lock. When this returns, it survives a power cut."""
        contents = self._read()
        contents.companies[connection.realm_id] = connection
        self._write(contents)

    def forget(self, realm_id: str) -> None:
        """Removes a company's connection; the caller holds the lock."""
        contents = self._read()
        contents.companies.pop(realm_id, None)
        self._write(contents)

    def take_over(self, realm_id: str, refresh_token: str, now: DateTime) -> bool:
        """Takes a refresh token from the settings, once per value. It is False if this one was taken before.

        A token belongs to one company. Handed over again under another id, its connection, which may have been rotated
        since, moves to that id.
        """
        digest = hashlib.sha256(refresh_token.encode()).hexdigest()
        with self.lock():
            contents = self._read()
            if contents.handed_over.get(realm_id) == digest:
                return False
            old = contents.companies.get(realm_id)
            connection = Connection(realm_id=realm_id, refresh_token=refresh_token, signed_in_at=now)
            for other in [other for other, value in contents.handed_over.items() if value == digest]:
                del contents.handed_over[other]
                if moved := contents.companies.pop(other, None):
                    connection = msgspec.structs.replace(moved, realm_id=realm_id)
            contents.handed_over[realm_id] = digest
            contents.companies[realm_id] = msgspec.structs.replace(
                connection,
                previous_refresh_token=old.refresh_token if old else connection.previous_refresh_token,
            )
            self._write(contents)
            return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lets one thread of one process change tokens at a time. It is not re-entrant."""
        with locked(self.path.with_name(f"{self.path.name}.lock")):
            yield

    def __repr__(self) -> str:
        return f"TokenStore({str(self.path)!r}, environment={self.environment!r})"

    def _read(self) -> _Contents:
        require_environment(self.path, self.environment)
        file = _file(self.path)
        if file is None or not file.encrypted:
            return _Contents()
        try:
            return msgspec.json.decode(self._fernet.decrypt(file.encrypted), type=_Contents)
        except InvalidToken:
            raise ConfigurationError(
                f"{self.path} was encrypted with another key. Set QUICKDUCK_KEY to the key it was made with, "
                "or delete the file and sign in again with `quickduck login`."
            ) from None

    def _write(self, contents: _Contents) -> None:
        sealed = self._fernet.encrypt(msgspec.json.encode(contents, enc_hook=_stamp)).decode()
        write_durably(self.path, msgspec.json.encode(_File(self.environment, sealed)))


def environment_of(path: Path) -> str | None:
    """The environment of a token file, which can be read without a key; None when there is no file."""
    file = _file(path)
    return file.environment if file else None


def require_environment(path: Path, environment: str) -> None:
    """Raises ConfigurationError when the token file belongs to another environment."""
    stored = environment_of(path)
    if stored not in (None, str(environment)):
        raise ConfigurationError(
            f"The data folder {path.parent} holds a company of environment {stored!r}, and the "
            f"settings say {str(environment)!r}. Give each environment its own folder with QUICKDUCK_HOME."
        )


def remember_environment(path: Path, environment: str) -> None:
    """Makes a token file without a sign-in where there is none, so that the data folder has its environment."""
    if not path.exists():
        write_durably(path, msgspec.json.encode(_File(str(environment), "")))


def _file(path: Path) -> _File | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise ConfigurationError(
            f"{path} is no token file. Move it away and sign in again with `quickduck login`."
        ) from None


def _stamp(moment: DateTime) -> str:
    """msgspec writes a datetime, but none of the classes that inherit from it."""
    return moment.isoformat()


def _later(now: DateTime, seconds: int | None) -> datetime | None:
    return now.add(seconds=seconds) if seconds is not None else None
