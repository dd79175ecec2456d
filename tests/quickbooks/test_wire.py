"""The wire format, pinned by cassettes: played in one thread, without a network."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from cryptography.fernet import Fernet

from pipelines.connect.token_endpoint import TokenEndpoint
from pipelines.connect.tokens import Connection, Tokens, TokenStore
from pipelines.quickbooks.answers import BatchAnswer, CdcAnswer, QueryAnswer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import QuickBooksFault
from pipelines.quickbooks.limits import Limits
from pipelines.quickbooks.session import new_session
from pipelines.workspace.settings import DEFAULT_REDIRECT_URI
from tests.support.cassettes import FOLDER, player
from tests.support.scenes import SCENES, Wire, played
from tests.support.scrubbing import (
    API_URL,
    CLIENT_ID,
    CLIENT_SECRET,
    CODE,
    REALM_ID,
    REVOKE_URL,
    TOKEN_URL,
    Scrubber,
)
from tests.support.still import START, StillTime

CASSETTES = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture
def play(tmp_path: Path, time: StillTime, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plays a scene from its cassette; a request that is not in it is an error, and so is a socket."""

    def blocked(*_: object) -> None:
        raise AssertionError("a cassette test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", blocked)
    monkeypatch.setattr(socket, "getaddrinfo", blocked)
    store = TokenStore(tmp_path / "tokens", Fernet.generate_key())
    with store.lock():
        store.put(
            Connection(
                realm_id=REALM_ID,
                refresh_token="refresh-token-1",
                access_token="access-token-1",
                access_expires_at=START.add(hours=1),
                signed_in_at=START,
            )
        )

    def play_scene(scene: str) -> Any:
        with new_session(API_URL) as session, player().use_cassette(scene) as cassette:
            endpoint = TokenEndpoint(TOKEN_URL, CLIENT_ID, CLIENT_SECRET, session, REVOKE_URL)
            tokens = Tokens(store, REALM_ID, endpoint, time.now)
            client = QuickBooks(
                REALM_ID,
                api_url=API_URL,
                tokens=tokens,
                session=session,
                limits=Limits(sleep=time.sleep, monotonic=time.monotonic),
                sleep=time.sleep,
            )
            wire = Wire(client, endpoint, REALM_ID, DEFAULT_REDIRECT_URI, CODE, "refresh-token-1", START)
            result = played(scene, wire)
            assert cassette.all_played, f"{scene} left requests of its cassette unasked"
            return result

    return play_scene


def first_id(answer: QueryAnswer) -> str:
    return str(msgspec.json.decode(answer.rows[0])["Id"])


def test_every_scene_has_its_cassette() -> None:
    """Every scene has a cassette, and no cassette is without a scene."""
    assert {path.stem for path in CASSETTES} == set(SCENES)


def test_sign_in(play: Any) -> None:
    """A code becomes tokens with their lifetimes."""
    grant = play("sign_in")

    assert (grant.expires_in, grant.x_refresh_token_expires_in) == (3600, 8726400)
    assert grant.x_refresh_token_hard_expires_in > 8726400


def test_refresh_with_rotation(play: Any) -> None:
    """The refresh token that comes back is the one to use next."""
    first, second = play("refresh_with_rotation")

    assert (first.refresh_token, second.refresh_token) == ("refresh-token-2", "refresh-token-3")


def test_two_query_pages(play: Any) -> None:
    """Rows come as bytes, and the second page goes on where the first ended."""
    first, second = play("two_query_pages")

    assert (len(first.rows), len(second.rows)) == (3, 3)
    assert first_id(first) != first_id(second)
    assert all(bytes(row).startswith(b"{") for row in first.rows)


def test_count(play: Any) -> None:
    """A count answers in totalCount and without rows."""
    answer = play("count")

    assert answer.rows == []
    assert answer.total_count > 0


def test_cdc_with_a_tombstone_and_an_empty_group(play: Any) -> None:
    """The deleted payment is a row of four members; Budget's group has no name."""
    answer: CdcAnswer = play("cdc")

    assert answer.groups["Budget"] == []
    tombstone = msgspec.json.decode(answer.groups["Payment"][-1])
    assert sorted(tombstone) == ["Id", "MetaData", "domain", "status"]
    assert tombstone["status"] == "Deleted"


def test_batch_with_one_faulted_item(play: Any) -> None:
    """A batch with a faulted item answers with two results and one fault."""
    answer: BatchAnswer = play("batch")

    assert {name: type(item) for name, item in answer.items.items()} == {
        "terms": QueryAnswer,
        "misspelt": QuickBooksFault,
        "count": QueryAnswer,
    }


def test_refused_token_is_refreshed(play: Any) -> None:
    """The gateway's 401 leads to a refresh and to the same request again."""
    assert play("refused_token").total_count > 0


def test_throttled(play: Any, time: StillTime) -> None:
    """A 429 without Retry-After waits a minute and is asked again."""
    assert play("throttled").total_count > 0
    assert time.naps == [60]


def test_fault_in_http_200(play: Any) -> None:
    """A fault in HTTP 200 is raised like any other."""
    fault = play("fault_in_http_200")

    assert isinstance(fault, QuickBooksFault)
    assert (fault.code, fault.exchange.status) == ("6190", 200)


def test_aged_receivables(play: Any) -> None:
    """The aging report has buckets as columns, text as cells, and a grand total at the end."""
    report = play("aged_receivables")

    titles = [column["ColTitle"] for column in report["Columns"]["Column"]]
    assert titles == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert report["Rows"]["Row"][-1]["group"] == "GrandTotal"


def test_company_info(play: Any) -> None:
    """The company's row is the object within the answer, field by field, and tells name, country and time zone."""
    _, row = play("company_info")

    (asked,) = yaml.safe_load((FOLDER / "company_info.yaml").read_text())["interactions"]
    told = msgspec.json.decode(row)
    assert told == msgspec.json.decode(asked["response"]["body"]["string"])["CompanyInfo"]
    assert (
        told["CompanyName"] and re.fullmatch("[A-Z]{2}", told["Country"]) and "/" in told["DefaultTimeZone"]
    )


def test_revoke(play: Any) -> None:
    """A revocation succeeds with an empty body."""
    assert play("revoke") is True


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_cassette_says_where_it_was_recorded(path: Path) -> None:
    """Each cassette says whether the embedded company or a sandbox of Intuit's recorded it."""
    assert yaml.safe_load(path.read_text())["recorded_from"] in ("the embedded company", "an Intuit sandbox")


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_cassette_holds_nothing_secret(path: Path) -> None:
    """No cassette holds a token, a client, a company but the placeholders, or a header that carries one."""
    text = path.read_text()

    companies = set(re.findall(r"/company/(\d+)", text)) | set(re.findall(r"\b\d{16,}\b", text))
    tokens = set(re.findall(r'(?:access|refresh)_token(?:"\s*:\s*"|=)([^"&\s]+)', text))
    assert companies <= {REALM_ID}
    assert all(re.fullmatch(r"(access|refresh)-token-\d", token) for token in tokens), tokens
    assert set(re.findall(r"[?&]code=([^&\s]+)", text)) <= {CODE}
    shown = text.lower().replace('bearer realm="intuit"', "")
    for forbidden in ("authorization:", "bearer ", "basic ", "cookie", "embedded-", "127.0.0.1"):
        assert forbidden not in shown


def test_scrubber_learns_the_tokens_it_meets() -> None:
    """A token granted in one answer is gone from the next request too."""
    scrubber = Scrubber([("realm-9", REALM_ID)])
    granted = b'{"access_token":"AAA","refresh_token":"RRR","expires_in":3600}'

    response = scrubber.response({"body": {"string": granted}, "headers": {"Set-Cookie": ["id=1"]}})

    assert b"AAA" not in response["body"]["string"] and response["headers"] == {}
    assert scrubber.text("refresh_token=RRR of realm-9") == f"refresh_token=refresh-token-1 of {REALM_ID}"
