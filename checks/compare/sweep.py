"""Every id, sync token and field of an entity, compared with QuickBooks: the deep check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from itertools import pairwise

import msgspec
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.compare import content
from checks.compare.content import Money
from checks.compare.money import Sums
from checks.evidence import Accuracy, Difference, Suspect
from checks.ours import raw_copy, volatile_fields
from checks.ours.raw_copy import Version
from checks.theirs.questions import Questions, changed_after
from pipelines.quickbooks.entities import Entity
from pipelines.quickbooks.rows import Row, read

FIELDS_NAMED = 5


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
    connection: DuckDBPyConnection,
    questions: Questions,
    realm_id: str,
    entity: Entity,
    cutoff: DateTime | None,
) -> Sweep:
    """The ids on both sides; one call per thousand."""
    copied_ids = raw_copy.ids(connection, realm_id, entity)
    listed_ids = set(questions.ids(entity))
    read_again = {row.id: row for row in questions.still_there(entity, listed_ids ^ copied_ids)}
    missing = [row for id, row in read_again.items() if id not in copied_ids]
    phantom = sorted(copied_ids - listed_ids - read_again.keys())
    differences = [_missing(entity, row, cutoff) for row in missing] + [
        _phantom(entity, id) for id in phantom
    ]
    late = sum(row.in_flight for row in differences)
    accuracy = Accuracy(
        entity.name,
        "ids",
        source_count=len((listed_ids & copied_ids) | read_again.keys()),
        warehouse_count=len(copied_ids),
        missing=len(missing) - late,
        phantom=len(phantom),
        in_flight=late,
    )
    return Sweep(accuracy, differences, _named_by(missing))


def contents(
    connection: DuckDBPyConnection,
    questions: Questions,
    realm_id: str,
    entity: Entity,
    cutoff: DateTime | None,
) -> Sweep:
    """Ids, sync tokens and fields on both sides; one call per thousand."""
    copy = raw_copy.versions(connection, realm_id, entity)
    source = _read(questions, entity, copy)
    texts = raw_copy.texts(
        connection, realm_id, entity, (source.unlike.keys() | copy.keys() - source.ids) & copy.keys()
    )
    phantom = sorted(copy.keys() - source.ids)
    volatile = _volatile(connection, realm_id, entity, source.unlike, texts)
    compared = [
        _Compared.missing(entity, row, cutoff)
        if id not in texts
        else _Compared.changed(entity, row, texts[id], copy[id].sync_token, cutoff, volatile)
        for id, row in source.unlike.items()
    ]
    counted = [one for one in compared if not one.in_flight]
    for one in compared:
        source.sums.take(one.source, one.source if one.in_flight else one.copy)
    for id in phantom:
        source.sums.take(None, content.money(entity, texts[id]))
    total = source.sums.amount
    accuracy = Accuracy(
        entity.name,
        "content",
        source_count=len(source.ids),
        warehouse_count=len(copy),
        missing=sum(one.kind == "missing" for one in counted),
        phantom=len(phantom),
        stale=sum(one.kind == "stale" for one in counted),
        content_diff=sum(one.kind == "content" for one in counted),
        money_diff=sum(any(row.is_money for row in one.differences) for one in counted),
        in_flight=len(compared) - len(counted),
        source_amount=total.source,
        warehouse_amount=total.copy,
        amount_diff=total.diff,
        cells=source.sums.cells(),
    )
    differences = [row for one in compared for row in one.differences]
    differences += [_phantom(entity, id) for id in phantom]
    lacking = [row for id, row in source.unlike.items() if id not in texts]
    return Sweep(accuracy, differences, _named_by(lacking))


def _volatile(
    connection: DuckDBPyConnection,
    realm_id: str,
    entity: Entity,
    unlike: Mapping[str, Row],
    texts: Mapping[str, bytes],
) -> set[str]:
    """Fields that are another text in every answer: those known, and those in which our own readings differ, too.

    A field is learned once an object that differs was read again under the stamp that it has in QuickBooks still.
    """
    known = volatile_fields.known(connection, realm_id, entity)
    doubtful: dict[str, set[str]] = {}
    for id in unlike.keys() & texts.keys():
        fields = content.differences(entity, unlike[id].payload, texts[id], known)
        if kinds := {one.kind for one in fields if one.is_text}:
            doubtful[id] = kinds
    learned: set[str] = set()
    if doubtful:
        held = volatile_fields.readings(connection, realm_id, entity, sorted(doubtful))
        for id, readings in held.items():
            if _stamp(entity, readings[-1]) != _stamp(entity, unlike[id].payload):
                continue
            for earlier, later in pairwise(readings):
                fields = content.differences(entity, earlier, later)
                learned |= {one.kind for one in fields if one.is_text} & doubtful[id]
        volatile_fields.learn(connection, realm_id, entity, learned)
    return known | learned


def _stamp(entity: Entity, payload: bytes) -> tuple[int, datetime | None]:
    (row,) = read(entity, [msgspec.Raw(payload)])
    return row.sync_token, row.last_updated_at


@dataclass
class _Source:
    """What QuickBooks has: ids, the rows whose text is not ours byte for byte, and the amounts of the others."""

    ids: set[str] = field(default_factory=set)
    unlike: dict[str, Row] = field(default_factory=dict)
    sums: Sums = field(default_factory=Sums)

    def take(self, entity: Entity, row: Row, version: Version | None) -> None:
        if row.id in self.ids:
            return
        self.ids.add(row.id)
        if version and version.digest == md5(row.payload, usedforsecurity=False).hexdigest():
            same = content.money(entity, row.payload)
            self.sums.take(same, same)
        else:
            self.unlike[row.id] = row.apart


def _read(questions: Questions, entity: Entity, copy: Mapping[str, Version]) -> _Source:
    source = _Source()
    for row in questions.objects(entity):
        source.take(entity, row, copy.get(row.id))
    for row in questions.still_there(entity, copy.keys() - source.ids):
        source.take(entity, row, copy.get(row.id))
    return source


@dataclass(frozen=True)
class _Compared:
    """One object compared: `kind` is missing, stale, content or same; `copy` is None if our copy lacks the object."""

    kind: str
    differences: list[Difference]
    source: Money
    copy: Money | None

    @property
    def in_flight(self) -> bool:
        return any(row.in_flight for row in self.differences)

    @classmethod
    def missing(cls, entity: Entity, row: Row, cutoff: DateTime | None) -> _Compared:
        return cls("missing", [_missing(entity, row, cutoff)], content.money(entity, row.payload), None)

    @classmethod
    def changed(
        cls,
        entity: Entity,
        row: Row,
        text: bytes,
        token: int,
        cutoff: DateTime | None,
        volatile: Collection[str],
    ) -> _Compared:
        differences = _fields(entity, row, text, token, cutoff, volatile)
        kind = "same" if not differences else "stale" if differences[0].column == "SyncToken" else "content"
        return cls(kind, differences, content.money(entity, row.payload), content.money(entity, text))


def _fields(
    entity: Entity,
    row: Row,
    text: bytes,
    sync_token: int,
    cutoff: DateTime | None,
    volatile: Collection[str],
) -> list[Difference]:
    """The fields of one object that differ, its sync token first; nothing where only punctuation does."""
    token = content.FieldDifference("SyncToken", str(row.sync_token), str(sync_token), None)
    fields = content.differences(entity, row.payload, text, {"SyncToken", *volatile})
    late = changed_after(row, cutoff)
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
            *sorted(fields, key=lambda one: not one.is_money),
        )
    ][:FIELDS_NAMED]


def _missing(entity: Entity, row: Row, cutoff: DateTime | None) -> Difference:
    return Difference("ids", entity.name, row.id, "Id", row.id, None, in_flight=changed_after(row, cutoff))


class _Ref(msgspec.Struct):
    value: str | None = None


class _Names(msgspec.Struct):
    CustomerRef: _Ref | None = None
    VendorRef: _Ref | None = None


_names = msgspec.json.Decoder(_Names)


def _named_by(rows: Iterable[Row]) -> list[Suspect]:
    """The customers and vendors that these objects name."""
    suspects = []
    for row in rows:
        names = _names.decode(row.payload)
        suspects += [
            Suspect(entity, ref.value)
            for entity, ref in (("Customer", names.CustomerRef), ("Vendor", names.VendorRef))
            if ref and ref.value
        ]
    return suspects


def _phantom(entity: Entity, id: str) -> Difference:
    return Difference("ids", entity.name, id, "Id", None, id)
