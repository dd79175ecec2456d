"""The token file: who can read it, and what it remembers."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.connector import Connector
from pipelines.connect.sign_in import take_over
from pipelines.connect.token_endpoint import Grant
from pipelines.connect.tokens import Connection, TokenStore
from pipelines.workspace.settings import Settings
from tests.support.still import START, StillTime


def kept(store: TokenStore) -> Connection:
    connection = store.get("100")
    assert connection is not None
    return connection


def test_token_from_the_settings_is_taken_once(
    store: TokenStore, settings: Settings, time: StillTime
) -> None:
    """A token from the settings is taken once, and then the rotated one in the file wins over the same setting."""
    first = replace(settings, realm_ids=("100",), refresh_token="handed-over-1")
    second = replace(first, refresh_token="handed-over-2")

    assert take_over(Connector(first, store), clock=time.now)
    with store.lock():
        store.put(kept(store).renewed(Grant("access", "rotated", 3600), START))
    assert not take_over(Connector(first, store), clock=time.now)
    assert kept(store).refresh_token == "rotated"

    assert take_over(Connector(second, store), clock=time.now)
    assert (kept(store).refresh_token, kept(store).previous_refresh_token) == ("handed-over-2", "rotated")


def test_token_given_for_the_wrong_company_moves_to_the_right_one(
    store: TokenStore, settings: Settings, time: StillTime
) -> None:
    """A rotated token moves to the right company when the id in the settings is corrected."""
    wrong = replace(settings, realm_ids=("999",), refresh_token="handed-over")
    take_over(Connector(wrong, store), clock=time.now)
    with store.lock():
        used = store.get("999")
        assert used is not None
        store.put(used.renewed(Grant("access", "rotated", 3600), START))

    assert take_over(Connector(replace(wrong, realm_ids=("100",)), store), clock=time.now)
    assert (store.realm_ids(), kept(store).refresh_token) == (("100",), "rotated")
    assert not take_over(Connector(replace(wrong, realm_ids=("100",)), store), clock=time.now)


@pytest.mark.parametrize("realm_ids", [(), ("1", "2")])
def test_token_from_the_settings_belongs_to_one_company(
    store: TokenStore, settings: Settings, realm_ids: tuple[str, ...]
) -> None:
    """A token from the settings is refused unless exactly one company is set."""
    with pytest.raises(ConfigurationError, match="belongs to one company"):
        take_over(Connector(replace(settings, realm_ids=realm_ids, refresh_token="given"), store))


def test_file_is_unreadable_for_others_and_for_readers(store: TokenStore, connection: Connection) -> None:
    """The token file is encrypted with mode 0600, and nothing else is left beside it."""
    body = store.path.read_bytes()

    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert connection.refresh_token.encode() not in body
    assert connection.realm_id.encode() not in body
    assert sorted(path.name for path in store.path.parent.iterdir()) == ["tokens", "tokens.lock"]


def test_file_of_another_key(store: TokenStore, connection: Connection) -> None:
    """A token file of another key is an error that names the missing key and keeps the sign-in."""
    with pytest.raises(ConfigurationError, match="encrypted with another key"):
        TokenStore(store.path, Fernet.generate_key()).get("100")


def test_data_folder_remembers_its_environment(store: TokenStore, connection: Connection) -> None:
    """A data folder refuses a company of another environment, so that toy books and real ones never mix."""
    with pytest.raises(ConfigurationError, match="environment 'embedded'.*say 'production'.*QUICKDUCK_HOME"):
        TokenStore(store.path, Fernet.generate_key(), "production")


def test_damaged_file(store: TokenStore) -> None:
    """A damaged token file is named in the error and is not overwritten."""
    store.path.write_text("garbage")

    with pytest.raises(ConfigurationError, match="is no token file"):
        store.get("100")
