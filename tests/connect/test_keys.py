"""Where the key of the token file comes from."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.keys import find_key


def test_key_from_the_environment(tmp_path: Path) -> None:
    """QUICKDUCK_KEY wins, and several keys with commas allow its replacement."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = find_key(tmp_path / "tokens", embedded=False, environ={"QUICKDUCK_KEY": old}).encrypt(b"x")

    both = find_key(tmp_path / "tokens", embedded=False, environ={"QUICKDUCK_KEY": f"{new}, {old}"})

    assert both.decrypt(sealed) == b"x"
    assert Fernet(new).decrypt(both.encrypt(b"y")) == b"y"


def test_key_that_is_none(tmp_path: Path) -> None:
    """A pass phrase is refused as a key, and the message says how to make one without repeating it."""
    with pytest.raises(ConfigurationError, match="Fernet.generate_key") as caught:
        find_key(tmp_path / "tokens", embedded=True, environ={"QUICKDUCK_KEY": "correct horse"})
    assert "horse" not in str(caught.value)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A system keyring that forgets; what it keeps."""
    pytest.importorskip("keyring")
    from keyring import backend, core

    kept: dict[tuple[str, str], str] = {}

    class Memory(backend.KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

    monkeypatch.setattr(core, "_keyring_backend", Memory())
    return kept


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without one, as servers are."""
    try:
        from keyring import core
        from keyring.backends import fail
    except ImportError:
        return
    monkeypatch.setattr(core, "_keyring_backend", fail.Keyring())


def test_embedded_company_keeps_its_key_in_a_file(tmp_path: Path, no_keyring: None) -> None:
    """The embedded company keeps its key in a file, so that nobody has to set anything up."""
    first = find_key(tmp_path / "tokens", embedded=True, environ={})
    second = find_key(tmp_path / "tokens", embedded=True, environ={})

    assert second.decrypt(first.encrypt(b"x")) == b"x"
    assert stat.S_IMODE((tmp_path / "tokens.key").stat().st_mode) == 0o600


def test_real_company_needs_a_key(tmp_path: Path, no_keyring: None) -> None:
    """A real company without a key is refused, because a key beside its file would protect nothing."""
    with pytest.raises(ConfigurationError, match="(?s)Fernet.generate_key.*QUICKDUCK_KEY"):
        find_key(tmp_path / "tokens", embedded=False, environ={})


def test_key_in_the_system_keyring(tmp_path: Path, keyring: dict[tuple[str, str], str]) -> None:
    """Where there is a keyring, it keeps the key, made on first use."""
    first = find_key(tmp_path / "tokens", embedded=False, environ={})
    second = find_key(tmp_path / "tokens", embedded=False, environ={})

    assert second.decrypt(first.encrypt(b"x")) == b"x"
    assert list(keyring) == [("quickduck", "tokens")]


def test_keyring_that_appears_later(
    tmp_path: Path, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens written by cron, which has no keyring, still open at the desktop, which has one."""
    from keyring import core
    from keyring.backends import fail

    memory = core.get_keyring()
    monkeypatch.setattr(core, "_keyring_backend", fail.Keyring())
    sealed = find_key(tmp_path / "tokens", embedded=True, environ={}).encrypt(b"x")
    monkeypatch.setattr(core, "_keyring_backend", memory)

    assert find_key(tmp_path / "tokens", embedded=True, environ={}).decrypt(sealed) == b"x"
