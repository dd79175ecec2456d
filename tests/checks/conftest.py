"""A copied company whose copy a test may damage, and the embedded company it was copied from."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from checks.collect.gather import gather
from checks.evidence import Evidence
from checks.rules import drift
from checks.theirs.questions import Asks
from checks.verdict.judge import judge_by_counts
from checks.verdict.verdict import Verdict
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE
from tests.conftest import once
from tests.support.books import Books, money
from tests.support.harness import Installation
from tests.support.odd_company import USD, Company, account
from transforms.engine import models
from transforms.engine.current_versions import live
from transforms.engine.dates import as_of_dates
from transforms.engine.runner import build

REALM = "9130350000000001"
COUNTS = "counts.json"
NAMED = re.compile(r"\b(?:core|marts)\.\w+")


def tables_gathered_from() -> frozenset[str]:
    """Tables of core and marts that a pass reads: those that the checks name anywhere but in the suites."""
    files = [
        file
        for room in ("collect", "compare", "ours", "rules")
        for file in (Path(__file__).parents[2] / "checks" / room).rglob("*")
        if file.suffix in (".py", ".sql")
    ]
    return frozenset(name for file in files for name in NAMED.findall(file.read_text(encoding="utf-8")))


GATHERED = tables_gathered_from()
EVERYTHING = frozenset(model.table for model in models.read_all("core", "marts"))


@dataclass
class Copied:
    """One night's copy; `counts` are what QuickBooks said that night."""

    installation: Installation
    counts: dict[str, int]

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.installation.warehouse() as connection:
            yield connection

    @contextmanager
    def with_own_copy(self, folder: Path) -> Iterator[Copied]:
        """Another copy in `folder`, of the same company; it goes again.

        Its warehouse is held open throughout, so that DuckDB need not write it out and read it in at each step.
        """
        home = folder / "home"
        shutil.copytree(self.installation.home.path, home)
        copied = Copied(Installation(self.installation.server, home), dict(self.counts))
        with copied.warehouse() as connection:
            connection.execute("pragma disable_checkpoint_on_shutdown")  # nobody opens it again
            yield copied
        shutil.rmtree(home)

    @contextmanager
    def with_own_books(self, folder: Path) -> Iterator[Copied]:
        """Another copy in `folder`, of a company of its own, which may be edited."""
        self.installation.server.world.save(folder / "books")
        with self.with_own_copy(folder) as copied, EmbeddedServer(World.load(folder / "books")) as server:
            server.throttle.limits.enabled = False
            yield Copied(Installation(server, copied.installation.home.path), copied.counts)

    def build(self, only: Collection[str] = EVERYTHING) -> None:
        """Brings the tables up to what was stored: all of them, or `only` these and what they select from."""
        with self.warehouse() as connection:
            build(connection, as_of=as_of_dates(connection), only=only)

    def gather(self, **options: Any) -> Evidence:
        """The evidence of one pass, the tables it reads brought up to date before.

        The others stay as they were: build them all where a verdict on them is to pass.
        """
        self.build(GATHERED)
        return self.look(**options)

    def look(self, client: Asks | None = None, **options: Any) -> Evidence:
        """The evidence of one pass over the tables as they stand; `client` answers instead of the company."""
        with self.warehouse() as connection:
            return gather(
                connection,
                REALM,
                client or self.installation.client(REALM),
                run_id="night",
                as_of=as_of_dates(connection)[REALM],
                counts=self.counts,
                **options,
            )

    def judged(self, evidence: Evidence) -> Verdict:
        """The verdict on it, by the counts alone."""
        with self.warehouse() as connection:
            return judge_by_counts(connection, {REALM: evidence})[REALM]

    def execute(self, statement: str, **values: Any) -> None:
        """Damages a table as it stands."""
        with self.warehouse() as connection:
            connection.execute(statement, values or None)

    @property
    def company(self) -> Any:
        """The company's own books."""
        return self.installation.server.world.companies[REALM]

    def heal(self, evidence: Evidence) -> None:
        """Reads the suspects again, a minute after the damage, and loads them."""
        self.company.clock.advance(seconds=60)
        self.installation.company(REALM).read_again(evidence.to_heal)

    def ids(self, query: str) -> list[str]:
        """The first column of a query on the tables as the last build left them."""
        with self.warehouse() as connection:
            return [str(row[0]) for row in connection.execute(query, {"realm": REALM}).fetchall()]

    def store(
        self, entity: str, id: str, change: Callable[[dict[str, Any]], None], as_id: str | None = None
    ) -> None:
        """Stores another version of an object, as if QuickBooks had sent it."""
        table = BY_NAME[entity].table
        with self.warehouse() as connection:
            ((text,),) = connection.execute(
                f"select payload::varchar from {live(BY_NAME[entity])} where realm_id = ? and id = ?",
                [REALM, id],
            ).fetchall()
            found = json.loads(text, parse_float=Decimal)
            change(found)
            connection.execute(
                f"""insert into raw.{table} by name
                select * replace (answered_at + interval 1 second as answered_at, $id as id, $payload as payload,
                    'damage' as load_id)
                from raw.{table} where realm_id = $realm and id = $old
                qualify row_number() over (order by answered_at desc) = 1""",
                {"realm": REALM, "old": id, "id": as_id or id, "payload": json.dumps(found, default=float)},
            )

    def forget(self, entity: str, id: str) -> None:
        """Takes an object away, as if QuickBooks had said that it is deleted."""
        with self.warehouse() as connection:
            connection.execute(
                f"""insert into raw.deletions by name
                select realm_id, $entity as entity, id, max(answered_at) + interval 1 second as answered_at,
                    'cdc' as found_by, 'damage' as load_id
                from raw.{BY_NAME[entity].table} where realm_id = $realm and id = $id group by all""",
                {"realm": REALM, "entity": entity, "id": id},
            )


@pytest.fixture(scope="session")
def copied_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books, a data folder that holds them, and what QuickBooks said that there is of each entity."""

    def make(folder: Path) -> None:
        with EmbeddedServer(World.create(size=0.05, years=2)) as server:
            installation = Installation(server, folder / "home")
            company = installation.company(REALM)
            extraction = company.extract(CATALOGUE)
            company.repair(extraction)
            copied = Copied(installation, extraction.counts)
            copied.build()
            with copied.warehouse() as connection:
                drift.check(
                    connection, REALM
                )  # the fields are known: else each copy would look at all of them
            server.world.save(folder / "books")
        (folder / COUNTS).write_text(json.dumps(extraction.counts), encoding="utf-8")

    return once(tmp_path_factory, "copied_once", make)


@pytest.fixture(scope="session")
def server(copied_once: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(World.load(copied_once / "books")) as server:
        server.throttle.limits.enabled = False
        yield server


@pytest.fixture(scope="session")
def night(copied_once: Path, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """The copy that every test starts from."""
    home = tmp_path_factory.mktemp("night") / "home"
    shutil.copytree(copied_once / "home", home)
    counts = json.loads((copied_once / COUNTS).read_text(encoding="utf-8"))
    return Copied(Installation(server, home), counts)


@pytest.fixture
def living(night: Copied, tmp_path: Path) -> Iterator[Copied]:
    """A copy of one's own beside books of one's own, which may be edited."""
    with night.with_own_books(tmp_path) as copied:
        yield copied


@pytest.fixture
def copied(night: Copied, tmp_path: Path) -> Iterator[Copied]:
    """A copy of one's own."""
    with night.with_own_copy(tmp_path) as copied:
        yield copied


@pytest.fixture(scope="session")
def written() -> Iterator[Books]:
    """A warehouse for the companies of all these tests, built once; each test has its own company in it."""
    written = Books()
    written.put("CompanyInfo", "1", CompanyName="Even")
    written.build_all("02-01")
    yield written
    written.close()


@pytest.fixture
def odd(written: Books) -> Company:
    """Customer C owes 100 on one invoice; whatever is put again replaces it."""
    company = Company(written, str(len(written.realms) + 1), GATHERED)
    company.put("CompanyInfo", "1", CompanyName="Odd")
    company.customer("C", Balance=money(100), **USD)
    company.invoice("1", 100, "01-10", Balance=money(100), **USD)
    account(company, "AR", 100)
    return company
