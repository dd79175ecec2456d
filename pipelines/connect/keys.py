"""The key the tokens are encrypted with: QUICKDUCK_KEY, the system keyring, or a file for a toy company."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from cryptography.fernet import Fernet, MultiFernet

from pipelines.base.errors import ConfigurationError
from pipelines.base.files import write_durably

VARIABLE = "QUICKDUCK_KEY"
KEYRING_ENTRY = ("quickduck", "tokens")
HOW_TO_MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


NO_KEY = (
    "There is no key to encrypt the QuickBooks tokens with, and no system keyring to keep one. "
    f"Make one with: {HOW_TO_MAKE_ONE} and set {VARIABLE} to it, now and for every run."
)


def find_key(tokens: Path, *, embedded: bool, environ: Mapping[str, str] = os.environ) -> MultiFernet:
    """The key to the token file at `tokens`. It is made on first use where a keyring or a file can keep it.

    QUICKDUCK_KEY may hold several keys with commas: the first encrypts, all decrypt, so one can be replaced.
    """
    if existing := existing_key(tokens, embedded=embedded, environ=environ):
        return existing
    if keyring := usable_keyring():
        return MultiFernet([_keep_in_keyring(keyring)])
    if embedded:
        return MultiFernet([_keep_in_file(_file_beside(tokens))])
    raise ConfigurationError(NO_KEY)


def existing_key(
    tokens: Path, *, embedded: bool, environ: Mapping[str, str] = os.environ
) -> MultiFernet | None:
    """The key to the token file, or None where there is no key yet; this makes none."""
    if variable := environ.get(VARIABLE):
        return MultiFernet([_fernet(part.strip()) for part in variable.split(",")])
    file, keyring = _file_beside(tokens), usable_keyring()
    texts = [keyring.get_password(*KEYRING_ENTRY)] if keyring else []
    if embedded and file.exists():
        texts.append(file.read_text().strip())
    keys = [_fernet(key) for key in texts if key]
    return MultiFernet(keys) if keys else None


def usable_keyring() -> ModuleType | None:
    """The keyring package if it is installed and has somewhere to keep a key."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        if keyring.get_keyring().priority <= 0:
            return None
        keyring.get_password(*KEYRING_ENTRY)
    except (KeyringError, RuntimeError):
        return None
    usable: ModuleType = keyring
    return usable


def _file_beside(tokens: Path) -> Path:
    return tokens.with_name(f"{tokens.name}.key")


def _fernet(key: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise ConfigurationError(
            f"{VARIABLE}, or the key that was kept, is no Fernet key. Make one with: {HOW_TO_MAKE_ONE}"
        ) from None


def _keep_in_keyring(keyring: ModuleType) -> Fernet:
    key = Fernet.generate_key().decode()
    keyring.set_password(*KEYRING_ENTRY, key)
    if keyring.get_password(*KEYRING_ENTRY) != key:
        raise ConfigurationError(
            f"The system keyring did not keep quickduck's key. Set {VARIABLE} instead; make one with: "
            f"{HOW_TO_MAKE_ONE}"
        )
    return Fernet(key)


def _keep_in_file(file: Path) -> Fernet:
    """The key in the file, which is made if need be. Two processes that start together agree on one."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    write_durably(aside, Fernet.generate_key())
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return _fernet(file.read_text().strip())
