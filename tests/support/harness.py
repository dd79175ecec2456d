"""An installation for tests: an embedded company on a socket, a data folder, and a second look at the books."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from checks.verdict.judge import judge_by_counts
from pipelines.base.sqltext import tables
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.api.views import View, in_query
from pipelines.nightly.choices import WHOLE, Choices, HouseRules, Step
from pipelines.nightly.extract import CompanyCopy
from pipelines.nightly.means import Judges, OpenCompany
from pipelines.nightly.run import Run
from pipelines.quickbooks.client import ALL_CUSTOM_FIELDS, QuickBooks
from pipelines.quickbooks.entities import Entity
from pipelines.quickbooks.limits import Limits
from pipelines.quickbooks.source import catalogue
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from tests.support.still import StillTime
from transforms.engine.dates import as_of_dates
from transforms.engine.runner import build

RULES = tuple(HouseRules.__dataclass_fields__)
Objects = dict[tuple[str, str], str]
"""Everything a company holds, by entity and id, in a form that can be compared."""

_JSON = msgspec.json.Encoder(decimal_format="number")


class Granted:
    """Tokens of a test: granted by the server, granted anew when it rejects one."""

    def __init__(self, server: EmbeddedServer, realm_id: str) -> None:
        self._server = server
        self._realm_id = realm_id
        self._token: str | None = None

    def access_token(self) -> str:
        if self._token is None:
            self._token = str(self._server.grant(self._realm_id)["access_token"])
        return self._token

    def refresh(self, rejected: str) -> str:
        self._token = None
        return self.access_token()


class Installation:
    """One data folder against one embedded server."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self.server = server
        self.server.throttle.limits.enabled = False
        self.home = Home(folder)
        self.last: Run | None = None

    @property
    def realm_ids(self) -> list[str]:
        return list(self.server.world.companies)

    def client(self, realm_id: str) -> QuickBooks:
        """The company's API, at once and without waiting: its naps last no time."""
        time = StillTime()
        return QuickBooks(
            realm_id,
            api_url=self.server.url,
            tokens=Granted(self.server, realm_id),
            limits=free(time),
            include=ALL_CUSTOM_FIELDS,
            sleep=time.sleep,
        )

    def company(self, realm_id: str | None = None) -> CompanyCopy:
        return CompanyCopy(self.client(realm_id or self.realm_ids[0]), self.home)

    def night(self, *realm_ids: str, **options: Any) -> Exit:
        """One run, whole or some of its `steps`; `last` tells more about it."""
        return self.run(*realm_ids, **options).carry_out()

    def run(
        self,
        *realm_ids: str,
        open_company: OpenCompany | None = None,
        judge: Judges = judge_by_counts,
        **options: Any,
    ) -> Run:
        """A run that has not begun; `options` are choices and rules of the house.

        It is judged by the counts alone, which come to the same verdicts without Great Expectations.
        """
        rules = HouseRules(**{name: options.pop(name) for name in RULES if name in options})
        steps = tuple(map(Step, options.pop("steps", WHOLE)))
        choices = Choices(realm_ids, steps, **{"pages": False} | options)
        self.last = Run(
            self.home, realm_ids or self.realm_ids, open_company or self.client, choices, rules, judge=judge
        )
        return self.last

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.home.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection

    def differences(self, realm_id: str | None = None, entities: Sequence[str] = ()) -> list[str]:
        """Every object of the company that our live rows lack, have too much, or hold otherwise."""
        realm_id = realm_id or self.realm_ids[0]
        theirs, ours = self.theirs(realm_id, entities), self.ours(realm_id, entities)
        return _phantoms(theirs, ours) + _lacking(theirs, ours)

    def lost(self, realm_id: str, before: Objects) -> list[str]:
        """What a run missed although nobody touched it meanwhile; `before` is the company when it began."""
        now, ours = self.theirs(realm_id), self.ours(realm_id)
        still = {key: found for key, found in now.items() if before.get(key) == found}
        return _phantoms(before | now, ours) + _lacking(still, ours)

    def theirs(self, realm_id: str, entities: Sequence[str] = ()) -> Objects:
        """The company as it stands, asked past its API."""
        company = self.server.world.companies[realm_id]
        with company.lock:
            return {
                (entity.name, _key(entity, found)): comparable(
                    _JSON.encode(in_query(entity.name, found, View(every_custom_field=True))).decode()
                )
                for entity in catalogue(entities)
                if company.supports(entity.name)
                for found in company.objects(entity.name)
            }

    def ours(self, realm_id: str, entities: Sequence[str] = ()) -> Objects:
        """Our live rows, found without the product's SQL. Raises AssertionError where one is live twice.

        Live is the version answered last, of several in one answer the last changed, unless a deletion was
        answered later still.
        """
        with self.warehouse() as connection:
            raw = tables(connection, "raw")
            held = [entity for entity in catalogue(entities) if entity.table in raw]
            if not held:
                return {}
            parts = [
                f"select '{entity.name}' as entity, id, answered_at, last_updated_at, sync_token, payload "
                f"from raw.{entity.table} where realm_id = $realm"
                for entity in held
            ]
            rows = connection.execute(
                f"""with version as ({" union all ".join(parts)}),
                newest as (
                    select entity, id, max((answered_at, last_updated_at, sync_token)) as stamps
                    from version group by all
                )
                select distinct entity, id, payload::varchar
                from version
                join newest using (entity, id)
                left join (
                    select entity, id, max(answered_at) as deleted_at
                    from raw.deletions where realm_id = $realm group by all
                ) using (entity, id)
                where stamps is not distinct from (answered_at, last_updated_at, sync_token)
                    and (deleted_at is null or deleted_at <= answered_at)""",
                {"realm": realm_id},
            ).fetchall()
        found = {(entity, id): comparable(payload) for entity, id, payload in rows}
        assert len(found) == len(rows), f"live twice: {Counter(row[:2] for row in rows).most_common(3)}"
        return found

    def findings(self) -> list[str]:
        """What the last night said about each company."""
        return [line for outcome in self.last.outcomes for line in outcome.findings] if self.last else []


def _phantoms(theirs: Objects, ours: Objects) -> list[str]:
    return [f"{entity} {id} is a phantom" for entity, id in ours.keys() - theirs.keys()]


def _lacking(theirs: Objects, ours: Objects) -> list[str]:
    missing = [f"{entity} {id} is missing" for entity, id in theirs.keys() - ours.keys()]
    return missing + [
        f"{entity} {id} is stale: {_first_difference(json.loads(found), json.loads(ours[entity, id]))}"
        for (entity, id), found in theirs.items()
        if (entity, id) in ours and ours[entity, id] != found
    ]


def rebuilt_differences(installation: Installation) -> list[str]:
    """Tables of staging, core and marts that a build from nothing makes otherwise than the nights did.

    Seven digits of a double must agree: sums of doubles depend on the order of their rows in the last one or two.
    """
    with installation.warehouse() as connection:
        tables = connection.execute(
            """select schema_name || '."' || table_name || '"', list(if(
                data_type = 'DOUBLE', '"' || column_name || '"::real', '"' || column_name || '"'
            ) order by column_index)
            from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)
            where schema_name in ('staging', 'core', 'marts') group by all order by all"""
        ).fetchall()
        for table, columns in tables:
            connection.execute(
                f"create temp table {_kept(table)} as select {', '.join(columns)} from {table}"
            )
        build(connection, as_of=as_of_dates(connection), full=True)
        return [
            f"{table} has {more} rows more and {fewer} fewer than rebuilt"
            for table, columns in tables
            for more, fewer in connection.execute(
                f"""with rebuilt as (select {", ".join(columns)} from {table})
                select
                    (select count(*) from (from {_kept(table)} except all from rebuilt)),
                    (select count(*) from (from rebuilt except all from {_kept(table)}))"""
            ).fetchall()
            if more or fewer
        ]


def _kept(table: str) -> str:
    return '"kept ' + table.replace('"', "") + '"'


def free(time: StillTime) -> Limits:
    """Limits that only a server's 429 makes wait."""
    return Limits(
        per_minute=10**9,
        per_second=10**9,
        in_flight=10,
        batches_per_minute=10**9,
        sleep=time.sleep,
        monotonic=time.monotonic,
    )


def _key(entity: Entity, found: dict[str, Any]) -> str:
    inner = next(iter(found.values())) if entity.wrapped else found
    return "|".join(str(inner[name]) for name in entity.key)


@lru_cache(maxsize=50_000)
def comparable(text: str) -> str:
    """An object's JSON, the same text for the same content, however its fields lie and its numbers are written.

    A Ref's copied name goes stale without a stamp and is left out. Most objects are the same night after night,
    so that few are parsed twice.
    """
    return json.dumps(_plain(json.loads(text, parse_float=Decimal)), sort_keys=True)


def _plain(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            kept = {name: _plain(part, name) for name, part in value.items()}
            if key.endswith("Ref") or "value" in value:
                kept.pop("name", None)
            return kept
        case list():
            return [_plain(part) for part in value]
        case bool() | None | str():
            return value
        case _:
            return {"number": f"{Decimal(value).normalize():f}"}


def _first_difference(expected: Any, actual: Any, path: str = "") -> str:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in expected.keys() | actual.keys():
            if expected.get(name) != actual.get(name):
                return _first_difference(expected.get(name), actual.get(name), f"{path}.{name}")
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for position, (left, right) in enumerate(zip(expected, actual, strict=True)):
            if left != right:
                return _first_difference(left, right, f"{path}[{position}]")
    return f"{path} should be {expected!r}, is {actual!r}"
