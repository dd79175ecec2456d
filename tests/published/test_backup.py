"""A backup holds what cannot be fetched again; a restore puts back all of it or changes nothing."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import duckdb
import msgspec
import pendulum
import pytest
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.emulator import BooksInUse
from pipelines.connect.token_store import TokenStore, require_environment
from pipelines.embedded import locked_books
from pipelines.embedded.life.business import advance
from pipelines.published.archive import ArchiveRefused
from pipelines.published.backup import BackupFailed, backup
from pipelines.published.file import rollback_files
from pipelines.published.folder import hold
from pipelines.published.publish import publish
from pipelines.published.restore import FolderTaken, restore
from pipelines.quickbooks import quickbooks
from pipelines.quickbooks.entities import CATALOGUE
from pipelines.quickbooks.source import catalogue
from pipelines.quickbooks.visit import Visit
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation

pytestmark = pytest.mark.survives("Backup")

EMBEDDED, PRODUCTION = Environment.EMBEDDED, Environment.PRODUCTION


def raw_rows(installation: Installation) -> dict[str, int]:
    """Rows of every table of `raw`, versions, deletions and dlt's own."""
    with installation.warehouse() as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        return {
            table: connection.execute(f'select count(*) from raw."{table}"').fetchall()[0][0]
            for (table,) in tables
        }


def a_day_passes(installation: Installation) -> None:
    for company in installation.server.world.companies.values():
        advance(company, 1)


def test_the_night_after_a_restore_is_exact(copied: Installation, tmp_path: Path) -> None:
    """The data folder is lost, and what a killed run had read but not loaded: one plain night is exact again.

    No entity is read whole for it, and every version and deletion of before is there.
    """
    a_day_passes(copied)
    books = copied.server.world.companies[copied.realm_ids[0]]
    books.delete("Estimate", books.objects("Estimate")[0]["Id"])
    copied.company().copy()
    a_day_passes(copied)
    client = copied.client(books.realm_id)
    copied.company().pipeline.extract(quickbooks(client, visit=Visit(client, CATALOGUE)))
    made = backup(copied.home, EMBEDDED, tmp_path / "made.tar")
    before = raw_rows(copied)
    shutil.rmtree(copied.home.path)

    restore(Home(copied.home.path), made, EMBEDDED)
    assert raw_rows(copied) == before
    first, second = copied.realm_ids
    steps = ["extract", "transform", "check"]
    assert copied.night(first, steps=steps) is Exit.PUBLISHED, copied.findings()
    assert copied.company(second).copy().read_whole == []
    assert (copied.differences(first), copied.differences(second)) == ([], [])
    assert copied.last is not None
    extraction = copied.last.outcomes[0].extraction
    assert extraction is not None
    assert extraction.read_whole == []
    after = raw_rows(copied)
    assert before["deletions"] > 0
    assert all(after[table] >= rows for table, rows in before.items())


def test_a_restore_over_a_newer_folder_reads_again_what_lies_between(
    copied: Installation, tmp_path: Path
) -> None:
    """A restore takes dlt's cursors back with the rows, so that a later night's rows are read again."""
    made = backup(copied.home, EMBEDDED, tmp_path / "made.tar")
    a_day_passes(copied)
    names = ["Invoice", "Payment"]
    copied.company().copy(catalogue(names))
    restore(copied.home, made, EMBEDDED, force=True)
    assert copied.differences(entities=names) != []
    copied.company().copy(catalogue(names))
    assert copied.differences(entities=names) == []


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A small data folder with everything that one may hold."""
    return filled(Home(tmp_path / "home"), "old")


def filled(home: Home, word: str) -> Home:
    """Says `word` in the warehouse, in a schema that nobody here knows, in what is published and in the books."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            f"""create schema if not exists marts; create schema if not exists unheard_of;
            create or replace table marts.said as select '1' as realm_id, '{word}' as word;
            create or replace table unheard_of.days as select '{word}' as word"""
        )
        publish(warehouse, home, ["1"])
    books = home.embedded / f"books-{len(word):06d}" / "1"
    books.mkdir(parents=True)
    (books / "company.json").write_text(word)
    (home.embedded / "world.json").write_text(f'{{"books": "{books.parent.name}", "realms": ["1"]}}')
    (home.embedded / "connections.json").write_text("RT1-of-the-emulator")
    home.dlt.mkdir(exist_ok=True)
    (home.dlt / "state.json").write_text(word)
    home.tokens.write_text(f'{{"environment": "embedded", "encrypted": "sign-in, {word}"}}')
    home.tokens.with_name("tokens.key").write_text("the-key-of-the-tokens")
    return home


def said(home: Home) -> tuple[str, ...]:
    """What each part says, and then whether dlt's state is there."""
    pointer = msgspec.json.decode((home.embedded / "world.json").read_bytes())
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        words = [warehouse.execute("from unheard_of.days").fetchall()[0][0]]
    for file in (home.analytics, *rollback_files(home)):
        with duckdb.connect(str(file), read_only=True) as published:
            words.append(published.execute("select word from marts.said").fetchall()[0][0])
    words.append(duckdb.sql(f"select word from '{home.parquet}/said.parquet'").fetchall()[0][0])
    words.append((home.embedded / pointer["books"] / "1" / "company.json").read_text())
    words.append("dlt" if home.dlt.exists() else "no dlt")
    return tuple(words)


def everything(home: Home) -> dict[str, bytes]:
    """Every file's content, but for the empty ones that locks are held on."""
    return {
        str(path): path.read_bytes()
        for path in home.path.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


OLD = ("old", "old", "old", "old", "old", "no dlt")


def test_every_schema_the_published_files_and_the_books_come_back(home: Home, tmp_path: Path) -> None:
    """Sign-ins stay as they are; dlt's state, which may be ahead, goes; files are for their owner alone."""
    made = backup(home, EMBEDDED, tmp_path / "made.tar")
    filled(home, "newer")
    restore(home, made, EMBEDDED, force=True)
    assert said(home) == OLD
    assert home.tokens.read_text() == '{"environment": "embedded", "encrypted": "sign-in, newer"}'
    assert (home.embedded / "connections.json").read_text() == "RT1-of-the-emulator"
    placed = [home.warehouse, home.analytics, *home.published.iterdir(), *home.parquet.iterdir()]
    placed += [home.embedded / "world.json", home.embedded / "books-000003/1/company.json"]
    assert {path.stat().st_mode & 0o777 for path in placed} == {0o600}
    folders = [home.published, home.parquet, home.embedded / "books-000003", home.embedded / "books-000003/1"]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert not [path for path in home.path.iterdir() if path.name.startswith(".rest")]


def test_the_archive_holds_no_sign_in(home: Home) -> None:
    """Neither ours nor the emulator's, nor the key; any `tar` lists it, and its owner alone reads it."""
    made = backup(home, EMBEDDED, clock=lambda: pendulum.datetime(2026, 11, 24, 2, tz="America/New_York"))
    assert (made.parent, made.name) == (home.backups, "quickduck-20261124T070000.000Z.tar")
    assert (made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not [word for word in (b"sign-in", b"RT1-", b"the-key") if word in made.read_bytes()]
    listed = subprocess.run(["tar", "-tf", str(made)], capture_output=True, text=True, check=True)
    assert sorted(listed.stdout.split()) == sorted(
        ["manifest.json", "warehouse.duckdb", "analytics.duckdb", f"published/{rollback_files(home)[0].name}"]
        + ["embedded/world.json", "embedded/books-000003/1/company.json"]
    )


def test_a_backup_overwrites_nothing(home: Home) -> None:
    """Not even the warehouse, when somebody names it."""
    before = everything(home)
    with pytest.raises(ConfigurationError, match="overwrites nothing"):
        backup(home, EMBEDDED, home.warehouse)
    with pytest.raises(BackupFailed, match="No such file or directory"):
        backup(home, EMBEDDED, home.path / "nowhere" / "made.tar")
    home.warehouse.unlink()
    with pytest.raises(BackupFailed, match="`quickduck run` makes one"):
        backup(home, EMBEDDED)
    assert everything(home) == {name: content for name, content in before.items() if "warehouse" not in name}


def test_books_that_somebody_serves_are_not_backed_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would change while they are read; nothing is left of the archive."""
    with locked_books(home.embedded), pytest.raises(BooksInUse, match="Stop `quickduck embedded serve`"):
        monkeypatch.setattr("time.monotonic", iter(range(0, 1000, 20)).__next__)
        backup(home, EMBEDDED)
    assert list(home.backups.iterdir()) == []


@pytest.mark.parametrize("share", [0, 0.0005, 0.01, 0.5, 0.99, 1])
def test_a_damaged_archive_is_refused_and_nothing_changes(home: Home, tmp_path: Path, share: float) -> None:
    """One bit, anywhere: in a header, the manifest, the content, the padding or the seal; or a missing end."""
    made = backup(home, EMBEDDED, tmp_path / "made.tar")
    content = bytearray(made.read_bytes())
    position = int(share * (len(content) - 1))
    shorter = bytes(content[:position])
    content[position] ^= 1
    before = everything(home)
    for damaged in (bytes(content), shorter):
        made.write_bytes(damaged)
        with pytest.raises(ArchiveRefused, match="Nothing was changed"):
            restore(home, made, EMBEDDED, force=True)
    assert everything(home) == before


def sealed(path: Path, format: int, members: list[tuple[str, bytes, bytes]]) -> Path:
    """An archive with a right seal and right checksums, whatever it holds: name, type and content of each."""
    files = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, _, content in members
    }
    manifest = {
        "format": format,
        "quickduck": "9.9",
        "environment": "embedded",
        "made_at": "2026-11-24T07:00:00Z",
    }
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        first = ("manifest.json", tarfile.REGTYPE, msgspec.json.encode(manifest | {"files": files}))
        for name, kind, content in [first, *members]:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, "../tokens"
            tar.addfile(member, io.BytesIO(content))
    seal = hashlib.sha256(written.getvalue()).hexdigest()
    path.write_bytes(written.getvalue() + f"{seal}\n".encode())
    return path


@pytest.mark.parametrize(
    ("format", "name", "kind", "reason"),
    [
        (1, "../escaped", tarfile.REGTYPE, "which no backup holds"),
        (1, "/tmp/escaped", tarfile.REGTYPE, "which no backup holds"),
        (1, "published/../../escaped", tarfile.REGTYPE, "which no backup holds"),
        (1, "tokens", tarfile.REGTYPE, "which no backup holds"),
        (1, "warehouse.duckdb", tarfile.SYMTYPE, "which no backup holds"),
        (1, "warehouse.duckdb", tarfile.REGTYPE, "could not be unpacked"),
        (2, "warehouse.duckdb", tarfile.REGTYPE, "format 2, made by quickduck 9.9"),
    ],
)
def test_a_foreign_archive_is_refused(
    home: Home, tmp_path: Path, format: int, name: str, kind: bytes, reason: str
) -> None:
    """Even when every checksum is right: a name that leads elsewhere, a link, no warehouse, another format."""
    before = everything(home)
    with pytest.raises(ArchiveRefused, match=reason):
        restore(home, sealed(tmp_path / "foreign.tar", format, [(name, kind, b"!")]), EMBEDDED, force=True)
    assert everything(home) == before
    assert {path.name for path in tmp_path.iterdir()} == {"home", "foreign.tar"}


def test_a_folder_that_is_in_use_wants_force(home: Home, tmp_path: Path) -> None:
    """A warehouse, a published file or books: none is overwritten unasked."""
    made = backup(home, EMBEDDED, tmp_path / "made.tar")
    for last in (home.warehouse, home.analytics, home.embedded / "world.json"):
        with pytest.raises(FolderTaken, match=f"{last} is there already"):
            restore(home, made, EMBEDDED)
        last.unlink()
    restore(home, made, EMBEDDED)
    assert said(home) == OLD


def test_an_archive_of_another_environment_is_refused(home: Home, tmp_path: Path) -> None:
    """And a folder restored without a sign-in remembers its environment all the same, and takes one later."""
    home.tokens.unlink()
    made = backup(home, PRODUCTION, tmp_path / "made.tar")
    fresh = Home(tmp_path / "fresh")
    with pytest.raises(ConfigurationError, match="is of environment 'production', and the settings say"):
        restore(fresh, made, EMBEDDED)
    restore(fresh, made, PRODUCTION)
    with pytest.raises(ConfigurationError, match="holds a company of environment 'production'"):
        require_environment(fresh.tokens, EMBEDDED)
    assert TokenStore(fresh.tokens, Fernet.generate_key(), PRODUCTION).realm_ids() == ()
    assert not fresh.embedded.exists()


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from pipelines.workspace.home import Home
from pipelines.published.restore import restore
from pipelines.workspace.settings import Environment


source, made = Path(sys.argv[1]), Path(sys.argv[2])

def kill_at(number):
    def count(event, arguments):
        nonlocal number
        number -= event in ("os.rename", "shutil.rmtree")
        if not number:
            os.kill(os.getpid(), signal.SIGKILL)
    return count

for number in range(1, 100):
    home = Home(source.with_name(f"killed-{number}"))
    shutil.copytree(source, home.path, dirs_exist_ok=True)
    child = os.fork()
    if not child:
        sys.addaudithook(kill_at(number))
        with home.lock():
            restore(home, made, Environment.EMBEDDED, force=True)
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
print(number)
"""


def test_a_killed_restore_leaves_the_old_or_the_new(home: Home, tmp_path: Path) -> None:
    """Killed before each rename and each removal in turn: whoever locks the folder next finds all of one."""
    made = backup(home, EMBEDDED, tmp_path / "made.tar")
    filled(home, "newer")
    before = said(home)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(home.path), str(made)], capture_output=True, text=True, check=True
    )
    found = []
    for number in range(1, int(ran.stdout) + 1):
        killed = Home(tmp_path / f"killed-{number}")
        with hold(killed):
            found.append(said(killed))
        assert not killed.restored.exists()
    undecided = found.count(before)
    assert found == [before] * undecided + [OLD] * (len(found) - undecided)
    assert (undecided, len(found) > 10) == (2, True)
