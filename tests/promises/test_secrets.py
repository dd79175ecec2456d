"""Nothing that a run leaves or says holds a secret, and nobody but the owner can read what it leaves."""

from __future__ import annotations

import base64
import gzip
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import duckdb
import msgspec
import pytest
from cryptography.fernet import Fernet

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.wire.messages import Answer, Request
from pipelines.embedded.world import World

pytestmark = [pytest.mark.survives("Secrets"), pytest.mark.xdist_group("secrets")]

REALM = "9130350000000002"
SECRET = "Oddly-Unique-Client-Secret-7Qx"
LOUD = """import logging, sys
logging.basicConfig(level=logging.DEBUG)
from pipelines.cli import main
main(sys.argv[1:])"""
"""The command with everybody's debug messages on, those of urllib3 and of dlt too."""
CASSETTES = Path(__file__).parents[1] / "cassettes"


@dataclass
class Told:
    """Every secret there was, and all that several runs printed."""

    home: Path
    secrets: set[str] = field(default_factory=set)
    printed: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    @property
    def needles(self) -> list[bytes]:
        """Both ends of the part of each secret that is its own, so that a shortened one is found too."""
        own = [secret.rpartition("..")[2].rpartition("-H0-")[2] for secret in self.secrets]
        return sorted({part.encode() for one in own for part in (one[:16], one[-16:])})

    def leaked(self, content: bytes) -> bool:
        return any(needle in content for needle in self.needles)


def remembering(server: EmbeddedServer, told: Told) -> None:
    """Adds every code and token that the server hands out to `told`."""
    answer = server.oauth.answer

    def remembered(request: Request) -> Answer:
        given = answer(request)
        if b"refresh_token" in given.body:
            tokens = msgspec.json.decode(given.body)
            told.secrets |= {tokens["access_token"], tokens["refresh_token"]}
        came = dict(parse_qsl(urlsplit(given.headers.get("Location", "")).query))
        told.secrets |= {came["code"]} if "code" in came else set()
        return given

    server.oauth.answer = remembered  # type: ignore[method-assign]


def quoting(server: EmbeddedServer, kind: str, path: str, **options: object) -> None:
    """A fault, for ever, that quotes the token or the refresh token of the request it answers."""

    def quote(request: Request) -> bool:
        said = request.headers.get("Authorization", "")
        fault.detail = f"The token is bad: {said}, and {said.removeprefix('Bearer ')} was seen before"
        fault.error = (
            f"invalid_grant {request.form.get('refresh_token', '')}" if kind == "token" else fault.error
        )
        return True

    fault = server.faults.add(kind, path, times=None, when=quote, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def told(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """One good run, and runs that fail by 401, by a refused refresh and by faults that quote tokens."""
    folder = tmp_path_factory.mktemp("secrets")
    told = Told(folder / "home")
    key = Fernet.generate_key().decode()
    told.secrets |= {key, SECRET, base64.b64encode(f"odd-client:{SECRET}".encode()).decode()}
    with EmbeddedServer(World.load(books)) as server:
        server.throttle.limits.enabled = False
        server.oauth.client_id, server.oauth.client_secret = "odd-client", SECRET
        remembering(server, told)
        environment = os.environ | {
            "QUICKDUCK_HOME": str(told.home),
            "QUICKDUCK_KEY": key,
            "RUNTIME__LOG_LEVEL": "DEBUG",
            "SOURCES__QUICKBOOKS__API_URL": server.url,
            "SOURCES__QUICKBOOKS__CLIENT_ID": "odd-client",
            "SOURCES__QUICKBOOKS__CLIENT_SECRET": SECRET,
        }

        def quickduck(*arguments: str) -> None:
            done = subprocess.run(
                [sys.executable, "-c", LOUD, *arguments],
                env=environment, cwd=folder, umask=0, capture_output=True, text=True, timeout=240,
            )  # fmt: skip
            told.printed += [done.stdout, done.stderr]
            told.codes.append(done.returncode)
            server.faults.clear()

        quickduck("run", "--realm", REALM)
        quoting(server, "fault", "cdc", code="3200", status=401)
        quickduck("extract", "--realm", REALM)
        quoting(server, "token", "token", after=2)
        quoting(server, "fault", "cdc", code="3200", status=401)
        quickduck("extract", "--realm", REALM)
        quoting(server, "fault200", "batch", code="4000")
        quickduck("extract", "--realm", REALM)
        shutil.copytree(books, told.home / "embedded")
        quickduck("embedded", "advance")
    yield told


def test_the_runs_ended_as_they_should(told: Told) -> None:
    """Good; sign-in needed, twice; failed; and the embedded company lived a day. Tokens and codes were handed out."""
    assert told.codes == [0, 3, 3, 1, 0], told.printed
    assert len(told.secrets) >= 3 + 3 * 4
    assert any("DEBUG" in text for text in told.printed)


def test_nothing_that_is_printed_holds_a_secret(told: Told) -> None:
    """Output and errors with debug messages on, with the faults in them."""
    said = "".join(told.printed)
    assert "The token is bad" in said and "invalid_grant" in said
    assert [text for text in told.printed if told.leaked(text.encode())] == []


def test_no_file_of_the_data_folder_holds_a_secret(told: Told) -> None:
    """Raw, decompressed, and by query of the databases and Parquet files, dlt's packed state included."""
    files = [path for path in told.home.rglob("*") if path.is_file()]
    assert {"warehouse.duckdb", "analytics.duckdb", "tokens", "trace.pickle"} <= {path.name for path in files}
    assert [str(path) for path in files for content in contents(path) if told.leaked(content)] == []


def test_a_secret_would_be_found(told: Told, tmp_path: Path) -> None:
    """The search itself: in a gzip file, in a table, and in state as dlt packs it."""
    secret = max(told.secrets, key=len)
    (tmp_path / "page.gz").write_bytes(gzip.compress(secret.encode()))
    packed = base64.b64encode(zlib.compress(secret.encode())).decode()
    with duckdb.connect(str(tmp_path / "some.duckdb")) as connection:
        connection.execute("create table found as select ? as token", [secret])
    with duckdb.connect(str(tmp_path / "packed.duckdb")) as connection:
        connection.execute("create table found as select ? as state", [packed])
    for path in tmp_path.iterdir():
        assert any(told.leaked(content) for content in contents(path)), path


def contents(path: Path) -> Iterator[bytes]:
    """What one file holds: its bytes, and what they say once unpacked."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
    if path.suffix == ".parquet":
        yield repr(duckdb.sql(f"from '{path}'").fetchall()).encode()
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall()
            for schema, table in tables:
                rows = repr(connection.execute(f'from "{schema}"."{table}"').fetchall())
                yield rows.encode()
                for packed in re.findall(r"'(eJ[\w+/=]{20,})'", rows):  # zlib in base64
                    yield zlib.decompress(base64.b64decode(packed))


def test_cassettes_hold_no_secret(told: Told) -> None:
    """Recorded answers have placeholders where tokens, codes and the client's password were."""
    for path in CASSETTES.iterdir():
        text = path.read_text()
        assert not told.leaked(text.encode()), path
        assert not re.search(
            r"RT1-|eyJ[\w-]{10}|AB1[0-9a-f]{20}|[Bb]earer [\w.-]{16}|Basic [\w+/=]{8}", text
        ), path


def test_only_the_owner_can_read_what_is_there(told: Told) -> None:
    """Files 0600 and folders 0700 under umask 0: dlt's, DuckDB's, Data Docs and the embedded books too."""
    found = {path: path.stat().st_mode & 0o777 for path in [told.home, *told.home.rglob("*")]}
    assert {str(path) for path, mode in found.items() if mode != (0o700 if path.is_dir() else 0o600)} == set()
    names = {path.name for path in found}
    assert {
        "data_docs",
        "trace.pickle",
        "parquet",
        "checks.html",
        "report.html",
        ".lock",
        "tokens.lock",
        "world.json",
    } <= names
