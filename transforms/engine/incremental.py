"""From raw to staging: only documents that a new load brought or deleted are parsed again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.base import kept_tables
from pipelines.base.kept_tables import KeptTable
from pipelines.base.sqltext import identifier, tables
from pipelines.quickbooks.entities import CATALOGUE, Entity, Kind
from transforms.engine import current_versions, loads, models, other_fields, shapes
from transforms.engine.models import Model
from transforms.engine.shapes import Shape

PAGE = 100_000  # documents parsed at a time: about 500 MB of memory for invoices of five lines
CODE = [
    Path(file).read_text(encoding="utf-8")
    for file in (__file__, shapes.__file__, current_versions.__file__, other_fields.__file__)
]

SCHEMAS = """
create schema if not exists staging;
create schema if not exists documents;
"""
ENTITY = {"entity": ("varchar", "QuickBooks's name of the entity.")}
IDS = {
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "id": ("varchar", "QuickBooks id of the document."),
}
REJECTED = KeptTable(
    "checks.rejected",
    "One row per document that does not fit what we know of its fields, and is kept out of staging; an object of a "
    "list, such as a customer or an account, stands there without the amounts that do not fit.",
    {
        **ENTITY,
        "reason": (
            "varchar",
            "Why the document does not fit, with the path of the first field that does not.",
        ),
        **IDS,
    },
)
EXCESS_DECIMALS = KeptTable(
    "checks.excess_decimals",
    "One row per document with amounts of more than two decimals, which staging rounds.",
    {
        **ENTITY,
        "amount_count": ("bigint", "Number of amounts in the document with more than two decimals."),
        **IDS,
    },
)

BESIDE = (REJECTED, EXCESS_DECIMALS, other_fields.TABLE)
"""Tables that hold something of documents of every entity."""

Odd = tuple[str, str, str | None, str | None]
"""A document that does not fit: company, id, the amended document that does if there is one, and what is lost."""

NO_DOCUMENTS = """(
    select
        null::varchar as realm_id, null::varchar as id, null::bigint as sync_token,
        null::timestamptz as created_at, null::timestamptz as last_updated_at,
        null::timestamptz as answered_at, null::json as payload, null::varchar as load_id, 0 as rowid
    where false
)"""
NO_DELETIONS = """(
    select
        null::varchar as realm_id, null::varchar as entity, null::varchar as id,
        null::timestamptz as answered_at, null::varchar as load_id
    where false
)"""


@dataclass(frozen=True)
class Staged:
    """An entity with its shape, its staging files and its table in raw."""

    entity: Entity
    shape: Shape
    models: tuple[Model, ...]
    documents: str
    deletions: str

    @cached_property
    def fingerprint(self) -> str:
        """Changes with everything that decides the rows of staging: shape, SQL, and the code that applies them."""
        left_out = other_fields.signature(self.entity.name)
        texts = [*CODE, self.shape.structure, left_out, *(model.sql for model in self.models)]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def stage(connection: DuckDBPyConnection, *, full: bool) -> list[str]:
    """Brings every staging table up to date; gives back the entities in which something changed."""
    connection.execute(SCHEMAS)
    kept_tables.create(connection, BESIDE)
    loads.find(connection)
    entities = plan(connection)
    existing = tables(connection, "staging")
    anew = loads.outdated(connection, {staged.entity.name: staged.fingerprint for staged in entities})
    anew |= {staged.entity.name for staged in entities if {model.name for model in staged.models} - existing}
    changed = anew | loads.news(connection) if not full else {staged.entity.name for staged in entities}
    for staged in entities:
        if staged.entity.name in changed:
            refresh(connection, staged, full=full or staged.entity.name in anew)
    return sorted(changed)


def plan(connection: DuckDBPyConnection) -> list[Staged]:
    """Every entity with its staging files, found by the `documents` table they select from."""
    by_source: dict[str, list[Model]] = {f"documents.{entity.table}": [] for entity in CATALOGUE}
    for model in models.read("staging"):
        (source,) = model.sources
        by_source[source].append(model)
    raw = tables(connection, "raw")
    return [
        Staged(
            entity,
            shapes.read(entity.name),
            tuple(by_source[f"documents.{entity.table}"]),
            identifier("raw", entity.table) if entity.table in raw else NO_DOCUMENTS,
            "raw.deletions" if "deletions" in raw else NO_DELETIONS,
        )
        for entity in CATALOGUE
    ]


def refresh(connection: DuckDBPyConnection, staged: Staged, *, full: bool) -> None:
    """Parses the documents of one entity that changed, or all of them."""
    entity = staged.entity
    find_live(connection, staged, full=full)
    forget(connection, staged, full=full)
    pages = connection.execute("select coalesce(max(page), 0) + 1 from temp.live").fetchall()[0][0]
    for page in range(pages):
        parse(connection, staged, page)
        for model in staged.models:
            create = full and page == 0
            into = (
                f"create or replace table {model.table} as"
                if create
                else f"insert into {model.table} by name"
            )
            connection.execute(f"{into} {model.sql}")
    connection.execute(
        f"drop view {identifier('documents', entity.table)}; drop table temp.documents_{entity.table}"
    )
    loads.remember(connection, entity.name, staged.fingerprint)


def find_live(connection: DuckDBPyConnection, staged: Staged, *, full: bool) -> None:
    """Finds the touched keys, and for each the row of its current version unless it was deleted later."""
    name = staged.entity.name
    new = (
        "semi join (from temp.new_loads where entity = $name and source = '{0}s') as new_loads "
        "on new_loads.realm_id = {0}.realm_id and new_loads.load_id is not distinct from {0}.load_id"
    )
    connection.execute(
        f"""
        create or replace temp table touched as
        select realm_id, id from {staged.documents} as document {"" if full else new.format("document")}
        union
        select realm_id, id from {staged.deletions} as deletion {"" if full else new.format("deletion")}
        where deletion.entity = $name
        """,
        {"name": name},
    )
    only = "" if full else "semi join temp.touched using (realm_id, id)"
    live = current_versions.live(staged.entity, staged.documents, staged.deletions, only)
    connection.execute(
        f"""
        create or replace temp table live as
        select realm_id, id, version, (row_number() over (order by version) - 1) // {PAGE} as page
        from {live}
        """
    )


def forget(connection: DuckDBPyConnection, staged: Staged, *, full: bool) -> None:
    """Removes the touched documents from checks and, unless they are built anew, from staging."""
    touched = "in (select (realm_id, id) from temp.touched)"
    for table in BESIDE:
        only = "" if full else f"and (realm_id, id) {touched}"
        connection.execute(f"delete from {table.name} where entity = ? {only}", [staged.entity.name])
    for model in () if full else staged.models:
        connection.execute(f"delete from {model.table} where (realm_id, {staged.entity.table}_id) {touched}")


def parse(connection: DuckDBPyConnection, staged: Staged, page: int) -> None:
    """Turns one page of live documents into typed ones, setting aside those that do not fit the shape."""
    entity, shape = staged.entity, staged.shape
    connection.execute(
        "create or replace temp table odd (realm_id varchar, id varchar, amended json, reason varchar)"
    )
    odd, others = read_through(connection, staged, page)
    other_fields.insert(connection, others)
    if odd:
        columns = [list(column) for column in zip(*odd, strict=True)]
        connection.execute("insert into temp.odd select unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        connection.execute(
            """insert into checks.rejected by name
            select realm_id, ? as entity, id, reason from temp.odd where reason is not null""",
            [entity.name],
        )
    connection.execute(
        f"""
        create or replace temp table documents_{entity.table} as
        select
            realm_id, id, sync_token, created_at, last_updated_at,
            from_json(coalesce(odd.amended, payload), $shape) as document
        from {staged.documents} as document
        semi join (from temp.live where page = $page) as live on live.version = document.rowid
        left join temp.odd using (realm_id, id)
        where odd.id is null or odd.amended is not null
        """,
        {"shape": shape.structure, "page": page},
    )
    connection.execute(
        f"create or replace view {identifier('documents', entity.table)} as from temp.documents_{entity.table}"
    )
    connection.execute(
        f"""
        insert into checks.excess_decimals by name
        select realm_id, ? as entity, id, {shape.excess_decimals} as amount_count
        from temp.documents_{entity.table}
        where amount_count > 0
        """,
        [entity.name],
    )


def read_through(
    connection: DuckDBPyConnection, staged: Staged, page: int
) -> tuple[list[Odd], list[other_fields.Fields]]:
    """Documents of a page that do not fit, and what no column takes of the others."""
    rows = connection.execute(
        f"""
        select realm_id, id, payload::varchar
        from {staged.documents} as document
        semi join (from temp.live where page = ?) as live on live.version = document.rowid
        """,
        [page],
    )
    odd: list[Odd] = []
    others = []
    while batch := rows.fetchmany(10_000):
        fitting = []
        for realm_id, id, payload in batch:
            if staged.shape.fault(payload):
                amended, reason = _amended(staged, payload)
                odd.append((realm_id, id, amended, reason))
                if amended is None:
                    continue
            fitting.append((realm_id, id, payload))
        if found := other_fields.find(staged.entity.name, fitting):
            others.append(found)
    return odd, others


def _amended(staged: Staged, payload: str) -> tuple[str | None, str | None]:
    """The document in a form that fits, and why something of it is lost: only of lists is a part kept."""
    amended = staged.shape.amended(payload)
    reason = staged.shape.fault(amended)
    if reason is None or staged.entity.kind is not Kind.LIST:
        return (None if reason else amended), reason
    lessened = staged.shape.without_large_numbers(amended)
    return (None if staged.shape.fault(lessened) else lessened), reason
