"""Every id, sync token and field of an entity, compared with QuickBooks: the deep check.

Pages go by position in the order of ids, unlike the extractor's: what its way of reading loses is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from typing import Protocol

import msgspec
import pendulum
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.compare import content
from checks.compare.content import Money
from checks.compare.money import Sums
from checks.evidence import Accuracy, Difference, Suspect
from checks.ours import raw_copy as copy
from pipelines.quickbooks import statements
from pipelines.quickbooks.answers import QueryAnswer
from pipelines.quickbooks.entities import Entity
from pipelines.quickbooks.rows import Row, read

FIELDS_NAMED = 5


class Asks(Protocol):
    """The part of the client that a sweep uses."""

    def query(self, statement: str) -> QueryAnswer: ...


@dataclass
class Sweep:
    """What comparing one entity brought: its accuracy, what differs, and what to read again."""

    accuracy: Accuracy
    differences: list[Difference] = field(default_factory=list)

    named: list[Suspect] = field(default_factory=list)

    @property
    def suspects(self) -> list[Suspect]:
        """What differs, and the customers and vendors of objects that our copy lacks: their balances moved too."""
        return list(dict.fromkeys([*(Suspect(row.entity, row.id) for row in self.differences), *self.named]))


def ids(
    connection: DuckDBPyConnection, client: Asks, realm_id: str, entity: Entity, cutoff: DateTime | None
) -> Sweep:
    """The ids on both sides; one call per thousand."""
    ours = copy.ids(connection, realm_id, entity)
    theirs = {row.id for row in _pages(client, entity, ids_only=entity.key == ("Id",))}
    found = {row.id: row for row in _again(client, entity, theirs ^ ours)}
    missing = [row for id, row in found.items() if id not in ours]
    phantom = sorted(ours - theirs - found.keys())
    differences = [_missing(entity, row, cutoff) for row in missing] + [
        _phantom(entity, id) for id in phantom
    ]
    late = sum(row.in_flight for row in differences)
    accuracy = Accuracy(
        entity.name,
        "ids",
        source_count=len((theirs & ours) | found.keys()),
        warehouse_count=len(ours),
        missing=len(missing) - late,
        phantom=len(phantom),
        in_flight=late,
    )
    return Sweep(accuracy, differences, _named_by(missing))


def contents(
    connection: DuckDBPyConnection, client: Asks, realm_id: str, entity: Entity, cutoff: DateTime | None
) -> Sweep:
    """Ids, sync tokens and fields on both sides; one call per thousand."""
    ours = copy.held(connection, realm_id, entity)
    theirs = _read(client, entity, ours)
    texts = copy.texts(
        connection, realm_id, entity, (theirs.unlike.keys() | ours.keys() - theirs.ids) & ours.keys()
    )
    phantom = sorted(ours.keys() - theirs.ids)
    found = [
        _Found.missing(entity, row, cutoff)
        if id not in texts
        else _Found.changed(entity, row, texts[id], ours[id].sync_token, cutoff)
        for id, row in theirs.unlike.items()
    ]
    counted = [one for one in found if not one.in_flight]
    for one in found:
        theirs.sums.take(one.theirs, one.theirs if one.in_flight else one.ours)
    for id in phantom:
        theirs.sums.take(None, content.money(entity, texts[id]))
    total = theirs.sums.amount
    accuracy = Accuracy(
        entity.name,
        "content",
        source_count=len(theirs.ids),
        warehouse_count=len(ours),
        missing=sum(one.kind == "missing" for one in counted),
        phantom=len(phantom),
        stale=sum(one.kind == "stale" for one in counted),
        content_diff=sum(one.kind == "content" for one in counted),
        money_diff=sum(any(row.is_money for row in one.differences) for one in counted),
        in_flight=len(found) - len(counted),
        source_amount=total.source,
        warehouse_amount=total.ours,
        amount_diff=total.diff,
        cells=theirs.sums.cells(),
    )
    differences = [row for one in found for row in one.differences] + [_phantom(entity, id) for id in phantom]
    lacking = [row for id, row in theirs.unlike.items() if id not in texts]
    return Sweep(accuracy, differences, _named_by(lacking))


@dataclass
class _Pages:
    """What QuickBooks has: ids, the rows whose text is not ours byte for byte, and the amounts of the others."""

    ids: set[str] = field(default_factory=set)
    unlike: dict[str, Row] = field(default_factory=dict)
    sums: Sums = field(default_factory=Sums)

    def take(self, entity: Entity, row: Row, held: copy.Held | None) -> None:
        if row.id in self.ids:
            return
        self.ids.add(row.id)
        if held and held.digest == md5(row.payload, usedforsecurity=False).hexdigest():
            same = content.money(entity, row.payload)
            self.sums.take(same, same)
        else:
            self.unlike[row.id] = row.apart


def _read(client: Asks, entity: Entity, ours: Mapping[str, copy.Held]) -> _Pages:
    pages = _Pages()
    for row in _pages(client, entity):
        pages.take(entity, row, ours.get(row.id))
    for row in _again(client, entity, ours.keys() - pages.ids):
        pages.take(entity, row, ours.get(row.id))
    return pages


@dataclass(frozen=True)
class _Found:
    """One object compared: `kind` is missing, stale, content or same; `ours` is None of one that our copy lacks."""

    kind: str
    differences: list[Difference]
    theirs: Money
    ours: Money | None

    @property
    def in_flight(self) -> bool:
        return any(row.in_flight for row in self.differences)

    @classmethod
    def missing(cls, entity: Entity, row: Row, cutoff: DateTime | None) -> _Found:
        return cls("missing", [_missing(entity, row, cutoff)], content.money(entity, row.payload), None)

    @classmethod
    def changed(cls, entity: Entity, row: Row, ours: bytes, token: int, cutoff: DateTime | None) -> _Found:
        differences = _fields(entity, row, ours, token, cutoff)
        kind = "same" if not differences else "stale" if differences[0].column == "SyncToken" else "content"
        return cls(kind, differences, content.money(entity, row.payload), content.money(entity, ours))


def _fields(
    entity: Entity, row: Row, ours: bytes, sync_token: int, cutoff: DateTime | None
) -> list[Difference]:
    """The fields of one object that differ, its sync token first; nothing where only punctuation does."""
    token = content.FieldDifference("SyncToken", str(row.sync_token), str(sync_token), None)
    found = [one for one in content.differences(entity, row.payload, ours) if one.path != "SyncToken"]
    late = _moved(row, cutoff)
    return [
        Difference(
            "content",
            entity.name,
            row.id,
            one.path,
            one.expected,
            one.actual,
            one.amount_diff,
            is_money=one.is_money,
            in_flight=late,
        )
        for one in (
            *([token] if token.expected != token.actual else ()),
            *sorted(found, key=lambda one: not one.is_money),
        )
    ][:FIELDS_NAMED]


def _missing(entity: Entity, row: Row, cutoff: DateTime | None) -> Difference:
    return Difference("ids", entity.name, row.id, "Id", row.id, None, in_flight=_moved(row, cutoff))


class _Ref(msgspec.Struct):
    value: str | None = None


class _Names(msgspec.Struct):
    CustomerRef: _Ref | None = None
    VendorRef: _Ref | None = None


_names = msgspec.json.Decoder(_Names)


def _named_by(rows: Iterable[Row]) -> list[Suspect]:
    """The customers and vendors that these objects name."""
    found = []
    for row in rows:
        names = _names.decode(row.payload)
        found += [
            Suspect(entity, ref.value)
            for entity, ref in (("Customer", names.CustomerRef), ("Vendor", names.VendorRef))
            if ref and ref.value
        ]
    return found


def _phantom(entity: Entity, id: str) -> Difference:
    return Difference("ids", entity.name, id, "Id", None, id)


def _moved(row: Row, cutoff: DateTime | None) -> bool:
    """Changed after the cut-off, so that the copy cannot know yet; without a stamp or a cut-off nothing has."""
    stamp: datetime | None = row.last_updated_at
    return stamp is not None and cutoff is not None and pendulum.instance(stamp) > cutoff


def _pages(client: Asks, entity: Entity, ids_only: bool = False) -> Iterator[Row]:
    position = 1
    while True:
        if ids_only:
            statement = statements.ids(entity, position=position)
        else:
            statement = statements.changed(entity, position=position, order="Id")
        rows = read(entity, client.query(statement).rows)
        yield from rows
        position += len(rows)
        if len(rows) < statements.MOST_OBJECTS:
            return


def _again(client: Asks, entity: Entity, wanted: Set[str]) -> Iterator[Row]:
    """The objects among `wanted` that QuickBooks still has: a page may have skipped them."""
    if entity.key != ("Id",) and wanted:
        yield from (row for row in _pages(client, entity) if row.id in wanted)
        return
    listed = sorted(wanted)
    for start in range(0, len(listed), statements.MOST_OBJECTS):
        some = listed[start : start + statements.MOST_OBJECTS]
        yield from read(entity, client.query(statements.by_id(entity, some)).rows)
