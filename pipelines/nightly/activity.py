"""What happened in QuickBooks since the last run, as a ledger of events: `ops.activity`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from duckdb import DuckDBPyConnection

from pipelines.base import kept_tables
from pipelines.base.sqltext import tables
from pipelines.nightly.extract import Extraction
from pipelines.nightly.ops_tables import ACTIVITY
from pipelines.quickbooks.entities import CATALOGUE, Entity
from transforms.engine.current_versions import OLDEST_FIRST, current, live

ROW = (
    "run_id, realm_id, happened_at, entity, id, doc_number, event, field, before, after, found_by, past_month"
)
"""The columns, as the queries below select them."""

NAME = "coalesce(payload->>'$.DocNumber', payload->>'$.DisplayName', payload->>'$.Name')"
FIELDS = {
    "Active": "$.Active",
    "DisplayName": "$.DisplayName",
    "Name": "$.Name",
    "TxnDate": "$.TxnDate",
    "DueDate": "$.DueDate",
    "DocNumber": "$.DocNumber",
    "TotalAmt": "$.TotalAmt",
    "Balance": "$.Balance",
    "UnappliedAmt": "$.UnappliedAmt",
    "RemainingCredit": "$.RemainingCredit",
    "TxnStatus": "$.TxnStatus",
    "CustomerRef": "$.CustomerRef.value",
    "VendorRef": "$.VendorRef.value",
}
UNPOSTED = ("Estimate", "PurchaseOrder", "TimeActivity")
"""Transactions that no account knows of: they change no month's figures."""

EVENT = """case
    when field = 'Active' and after = 'false' then 'inactivated'
    when field = 'Active' then 'reactivated'
    when field in ('DisplayName', 'Name') then 'renamed'
    when field = 'TotalAmt' and is_void then 'voided'
    when field = 'Balance' and try_cast(after as decimal(18, 2)) = 0 then 'became paid'
    when field = 'Balance' and try_cast(before as decimal(18, 2)) = 0 then 'reopened'
    when field in ('UnappliedAmt', 'RemainingCredit') and not is_void then
        if(try_cast(after as decimal(18, 2)) > try_cast(before as decimal(18, 2)), 'unapplied', 'applied')
    when past_month is not null then 'past month changed'
    else 'updated'
end"""


def _past(entity: Entity, changed: str, dates: str, happened_at: str = "last_updated_at") -> str:
    """SQL for the month of the earliest of these dates, if it was over when the event happened, time zones apart."""
    if entity.name in UNPOSTED:
        return "null::date"
    month = f"date_trunc('month', try_cast(left(least({dates}), 10) as date))::date"
    over = f"{month} + interval 1 month < ({happened_at} at time zone 'UTC')::date"
    return f"if({changed} and {over}, {month}, null)"


def record(connection: DuckDBPyConnection, run_id: str, extraction: Extraction) -> None:
    """Adds the events that this extraction's versions and deletions show.

    What an entity held when it was first read is no event.
    """
    kept_tables.create(connection, [ACTIVITY])
    parameters = {"run": run_id, "realm": extraction.realm_id, "loads": extraction.load_ids}
    raw = tables(connection, "raw")
    for entity in _touched(connection, parameters, raw):
        connection.execute(f"insert into ops.activity ({ROW}) {_changes(entity)}", parameters)
        if entity.name not in extraction.read_whole:
            connection.execute(f"insert into ops.activity ({ROW}) {_created(entity)}", parameters)
    for entity in _with_deletions(connection, parameters, raw):
        connection.execute(f"insert into ops.activity ({ROW}) {_deleted(entity)}", parameters)
    _name_winners(connection, parameters)


def _touched(
    connection: DuckDBPyConnection, parameters: Mapping[str, object], raw: Collection[str]
) -> list[Entity]:
    """Entities of which these loads brought versions; on most nights few did."""
    return _among(
        connection,
        parameters,
        [
            f"select '{entity.name}' where exists (select 1 from raw.{entity.table} "
            "where realm_id = $realm and list_contains($loads, load_id))"
            for entity in CATALOGUE
            if entity.table in raw
        ],
    )


def _with_deletions(
    connection: DuckDBPyConnection, parameters: Mapping[str, object], raw: Collection[str]
) -> list[Entity]:
    """Entities that had versions once, of which these loads brought deletions."""
    if "deletions" not in raw:
        return []
    deleted = "select entity from raw.deletions where realm_id = $realm and list_contains($loads, load_id)"
    return [entity for entity in _among(connection, parameters, [deleted]) if entity.table in raw]


def _among(
    connection: DuckDBPyConnection, parameters: Mapping[str, object], named: Sequence[str]
) -> list[Entity]:
    """The entities that these queries name, in the catalogue's order."""
    if not named:
        return []
    wanted = {"realm": parameters["realm"], "loads": parameters["loads"]}
    names = {name for (name,) in connection.execute(" union ".join(named), wanted).fetchall()}
    return [entity for entity in CATALOGUE if entity.name in names]


def _versions(entity: Entity) -> str:
    """Fresh versions beside the ones before them."""
    inner = "(payload->'$.*')[1]" if entity.wrapped else "payload"
    return f"""
    versions as (
        select id, last_updated_at, load_id, {inner} as payload,
            lag({inner}) over (
                partition by id order by {OLDEST_FIRST}
            ) as previous
        from raw.{entity.table}
        where realm_id = $realm and id in (
            select id from raw.{entity.table} where realm_id = $realm and list_contains($loads, load_id)
        )
    ),
    fresh as (select * from versions where list_contains($loads, load_id))"""


def _created(entity: Entity) -> str:
    received = (
        "try_cast(payload->>'$.TotalAmt' as decimal(18, 2)) <> 0" if entity.name == "Payment" else "false"
    )
    return f"""
    with {_versions(entity)}
    select $run, $realm, last_updated_at, '{entity.name}', id, {NAME},
        case when {received} then 'payment received' else 'created' end,
        null, null, payload->>'$.TotalAmt', 'changes', {_past(entity, "true", "payload->>'$.TxnDate'")}
    from fresh where previous is null"""


def _changes(entity: Entity) -> str:
    """`Balance` tells an event on invoices alone: elsewhere it moves with every posting."""
    paths = ", ".join(f"'{path}'" for path in FIELDS.values())
    names = ", ".join(f"'{name}'" for name in FIELDS)
    quiet = "false" if entity.name == "Invoice" else "field = 'Balance'"
    past = _past(entity, "field in ('TxnDate', 'TotalAmt')", "payload->>'$.TxnDate', old_date")
    return f"""
    with {_versions(entity)},
    fields as (
        select id, last_updated_at, payload, previous->>'$.TxnDate' as old_date,
            payload->>'$.PrivateNote' like 'Voided%'
                and try_cast(payload->>'$.TotalAmt' as decimal(18, 2)) = 0 as is_void,
            unnest([{names}]) as field,
            unnest(json_extract_string(previous, [{paths}])) as before,
            unnest(json_extract_string(payload, [{paths}])) as after
        from fresh where previous is not null and previous <> payload
    ),
    events as (
        select *, {past} as past_month, {EVENT} as event from fields
        where before is distinct from after and not ({quiet})
            and not (field = 'Balance' and (
                is_void or not (try_cast(before as decimal(18, 2)) = 0) <> (try_cast(after as decimal(18, 2)) = 0)
            ))
    )
    select $run, $realm, last_updated_at, '{entity.name}', id, {NAME}, event, field, before, after, 'changes',
        past_month
    from events"""


def _deleted(entity: Entity) -> str:
    past = _past(entity, "true", "payload->>'$.TxnDate'", "happened_at")
    last_versions = current(f"raw.{entity.table}", only="semi join deletion using (realm_id, id)")
    return f"""
    with deletion as (
        select realm_id, id, min(found_by) as found_by, max(coalesce(deleted_at, answered_at)) as happened_at
        from raw.deletions
        where realm_id = $realm and entity = '{entity.name}' and list_contains($loads, load_id)
        group by all
    ),
    deleted as (
        select id, found_by, happened_at, payload
        from deletion
        left join {last_versions} as last_version using (realm_id, id)
    )
    select $run, $realm, happened_at, '{entity.name}', id, {NAME}, 'deleted',
        null, payload->>'$.TotalAmt', null, found_by, {past}
    from deleted
    where id not in (select id from {live(entity)} where realm_id = $realm)
        and id not in (
            select id from ops.activity
            where realm_id = $realm and entity = '{entity.name}' and event in ('deleted', 'merged')
        )"""


def _name_winners(connection: DuckDBPyConnection, parameters: Mapping[str, object]) -> None:
    """A customer or vendor that disappeared while its transactions moved to another one was merged into it."""
    connection.execute(
        """update ops.activity as loser
        set event = 'merged', field = moved.field, after = moved.winner
        from (
            select field, before as loser, any_value(after) as winner from ops.activity
            where run_id = $run and realm_id = $realm and field in ('CustomerRef', 'VendorRef')
            group by all
        ) as moved
        where loser.run_id = $run and loser.realm_id = $realm and loser.id = moved.loser
            and loser.event in ('deleted', 'inactivated') and loser.entity || 'Ref' = moved.field""",
        {name: parameters[name] for name in ("run", "realm")},
    )
