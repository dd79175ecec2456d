"""Change data capture: what changed since a moment, capped and without pages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..books.state import State
from ..faults.switches import Switches
from ..wire.encoding import encode, group, instant, stamp
from ..wire.fault_codes import Fault
from .entities import BY_NAME
from .query import resolve
from .tables import Order, Tables

MAX_OBJECTS = 1000
LOOK_BACK_DAYS = 30
OLDEST_FIRST: Order = (("MetaData.LastUpdatedTime", False),)


@dataclass
class Change:
    """A row of a table, or a tombstone."""

    moment: float
    entity: str
    position: int = -1
    tombstone: bytes = b""


def answer_cdc(
    company: State,
    tables: Tables,
    params: Mapping[str, str],
    switches: Switches,
    called_deleted: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The list inside CDCResponse; raises `Fault`. Hold `company.lock`.

    `called_deleted`: live objects, as (entity, id), that this answer wrongly reports as deleted.
    """
    entities = _entities(company, params.get("entities", ""), switches)
    since = _since(company, params.get("changedSince", ""), switches)
    changes: dict[str, list[Change]] = {}
    for entity in entities:
        changes[entity] = _changes(company, tables, entity, since, switches)
        for name, id in called_deleted:
            if name == entity:
                _bury(changes[entity], tables, entity, id, stamp(company.clock.now()))
    if switches.cdc_cap == "entity":
        reported = {entity: _cut(rows, switches) for entity, rows in changes.items()}
    else:
        reported = {entity: [] for entity in changes}
        for change in _cut([change for rows in changes.values() for change in rows], switches):
            reported[change.entity].append(change)
    groups = []
    for entity in entities:
        group_changes = reported[entity]
        rows = [
            tables.table(entity).encoded(change.position) for change in group_changes if not change.tombstone
        ]
        rows += [change.tombstone for change in group_changes if change.tombstone]
        groups.append(group(entity, rows, 1, len(rows), len(rows) if BY_NAME[entity].total_count else None))
    return b'[{"QueryResponse":[%b]}]' % b",".join(groups)


def _entities(company: State, listed: str, switches: Switches) -> list[str]:
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if not names:
        raise Fault("2020", "Required parameter entities is missing in the request", "entities")
    entities = []
    for name in names:
        entity = resolve(company, name, switches)
        has_cdc = BY_NAME[entity].cdc or (entity == "TimeActivity" and switches.cdc_time_activity)
        if not has_cdc:
            raise Fault("500", f"Operation cdc for entity {entity} is not supported.")
        entities.append(entity)
    return entities


def _since(company: State, text: str, switches: Switches) -> float:
    if not text:
        raise Fault("2020", "Required parameter changedSince is missing in the request", "changedSince")
    try:
        since = instant(text)
    except ValueError:
        raise Fault("2060", f"Invalid date format. Supplied value:{text}", "changedSince") from None
    oldest = company.clock.now().subtract(days=LOOK_BACK_DAYS).timestamp()
    if since < oldest and switches.cdc_too_old == "refuse":
        raise Fault(
            "500",
            f"Operation cdc with changedSince date {text} which is older than fixed days is not supported.",
        )
    return since


def _changes(company: State, tables: Tables, entity: str, since: float, switches: Switches) -> list[Change]:
    table = tables.table(entity)
    rows = table.ordered(OLDEST_FIRST, hidden=True)
    stamps = table.ordered_stamps(OLDEST_FIRST, hidden=True)
    first = (bisect_left if switches.cdc_inclusive else bisect_right)(stamps, since)
    changes = [Change(stamps[place], entity, rows[place]) for place in range(first, len(rows))]
    for tombstone in company.tombstones():
        if tombstone.entity != entity:
            continue
        deleted = tombstone.deleted_at.set(microsecond=0)
        moment = deleted.timestamp()
        if moment > since or (switches.cdc_inclusive and moment == since):
            changes.append(Change(moment, entity, tombstone=_deleted(tombstone.id, stamp(deleted))))
    changes.sort(key=lambda change: change.moment)
    return changes


def _cut(changes: list[Change], switches: Switches) -> list[Change]:
    changes = sorted(changes, key=lambda change: change.moment)
    return changes[:MAX_OBJECTS] if switches.cdc_cut == "newest" else changes[-MAX_OBJECTS:]


def _bury(changes: list[Change], tables: Tables, entity: str, id: str, now: str) -> None:
    position = tables.table(entity).positions.get(id)
    changes[:] = [change for change in changes if change.position != position or change.tombstone]
    changes.append(Change(instant(now), entity, tombstone=_deleted(id, now)))


def _deleted(id: str, when: str) -> bytes:
    return encode({"domain": "QBO", "status": "Deleted", "Id": id, "MetaData": {"LastUpdatedTime": when}})
