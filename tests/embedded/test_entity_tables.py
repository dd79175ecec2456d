"""Two tables of the API's facts, the client's and the emulator's, judged by a third that knows neither."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.embedded.api import entities as emulator
from pipelines.embedded.api.properties import STAMPS, default_order, properties
from pipelines.embedded.books.edits import KEPT_LISTS, VOIDABLE
from pipelines.embedded.books.profile import SPACES
from pipelines.embedded.webhooks.events import FEWER, NAMES, OPERATIONS
from pipelines.quickbooks.entities import CATALOGUE, Kind
from tests.embedded.api_facts import API_FACTS, EntityFacts

Facts = dict[str, object]

RULE_ALONE = "the documentation's rule for all entities covers it, but no answer of this one was recorded"
NO_REFUSAL = "documented with MetaData alone, but no refusal of anything else was recorded"
IN_THE_BROWSER = "the API only reads it; people delete it in the browser, whose edits the books imitate"
SUPPORTING = ("Attachable", "CompanyInfo", "ExchangeRate", "Preferences")
UNSETTLED: dict[tuple[str, str, str], str] = {
    **{(table, name, "has_cdc"): RULE_ALONE for table in ("client", "emulator") for name in SUPPORTING},
    **{(table, "ExchangeRate", "sorts_by_time"): RULE_ALONE for table in ("client", "emulator")},
    ("emulator", "Preferences", "filters_by_id"): NO_REFUSAL,
    ("emulator", "ReimburseCharge", "supports_delete"): IN_THE_BROWSER,
}
"""Where a table differs from the facts and no source decides, with the reason."""

FACTS = {facts.name: facts for facts in API_FACTS}


def of_client() -> dict[str, Facts]:
    """What the client's catalogue says, in the words of the facts."""
    return {
        entity.name: {
            "kind": Kind.SUPPORTING.value if entity.kind is Kind.SINGLETON else entity.kind.value,
            "is_singleton": entity.kind is Kind.SINGLETON,
            "has_cdc": entity.cdc,
            "has_active_filter": entity.active,
            "key": "Id" if entity.keyed_by_id else entity.key,
            "wrapped": entity.wrapped,
            "sorts_by_time": entity.sortable,
        }
        for entity in CATALOGUE
    }


def of_emulator() -> dict[str, Facts]:
    """What the emulator's tables say, in the words of the facts."""
    return {
        entity.name: {
            "kind": entity.kind.value,
            "is_singleton": entity.singleton,
            "has_cdc": entity.cdc,
            "has_active_filter": entity.active,
            "key": "Id" if entity.has_id else None,
            "wrapped": entity.wrapped,
            "has_total_count": entity.total_count,
            "absent_from_queries": entity.only_in_reads,
            "absent_from_reads": entity.only_in_queries,
            "default_order": ordered_by(entity.name),
            "id_space": SPACES.get(entity.name, entity.name).lower(),
            "supports_delete": entity.name not in KEPT_LISTS,
            "supports_void": entity.name in VOIDABLE,
            "webhooks": webhooks_of(entity.name),
            **queried_by(entity.name),
        }
        for entity in emulator.ENTITIES
    }


def ordered_by(entity: str) -> str:
    return ", ".join(
        f"{name} {'DESC' if descending else 'ASC'}" for name, descending in default_order(entity)
    )


def queried_by(entity: str) -> Facts:
    allowed = properties(entity)
    filters, sorts = set(allowed.filters.values()), set(allowed.sorts.values())
    return {
        "filters_by_id": "Id" in filters,
        "filters_by_time": set(STAMPS) <= filters,
        "sorts_by_id": "Id" in sorts,
        "sorts_by_time": set(STAMPS) <= sorts,
        "not_queryable": tuple(name for name in refused_of(entity) if name not in filters),
    }


def refused_of(entity: str) -> tuple[str, ...]:
    return FACTS[entity].not_queryable if entity in FACTS else ()


def webhooks_of(entity: str) -> tuple[str, ...]:
    name = NAMES.get(entity, entity)
    own = [operation for operation in ("Create", "Update", "Delete") if operation in OPERATIONS.get(name, ())]
    return (*own, *(operation for operation in ("Void", "Merge") if name in FEWER[operation]))


def differences(table: dict[str, Facts]) -> Iterator[tuple[str, str, object, object]]:
    """Entity, fact, what the table says and what the facts say; entities and facts they leave open are passed over."""
    for name, says in table.items():
        if name not in FACTS:
            continue
        for fact, ours in says.items():
            theirs = getattr(FACTS[name], fact)
            if theirs is not None and ours != theirs:
                yield name, fact, ours, theirs


TABLES = {"client": of_client, "emulator": of_emulator}


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_name_the_same_entities(table: str) -> None:
    """Client, emulator and facts know the same entities by the same names."""
    where = "an entity stands in both tables called entities.py and in api_facts.py"
    assert set(TABLES[table]()) == set(FACTS), where
    assert {facts.name for facts in API_FACTS if facts.api_name} == set()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_what_the_facts_say(table: str) -> None:
    """Every fact of every entity is as transcribed, but for those that no source settles."""
    wrong = [
        f"{name}: the {table} has {fact} = {ours!r}, the facts say {theirs!r}"
        for name, fact, ours, theirs in differences(TABLES[table]())
        if (table, name, fact) not in UNSETTLED
    ]
    assert wrong == []


def test_what_is_unsettled_still_differs() -> None:
    """An entry of the list goes when the tables have come to agree."""
    differing = {
        (table, name, fact) for table, of in TABLES.items() for name, fact, _, _ in differences(of())
    }
    assert set(UNSETTLED) - differing == set()


def test_every_fact_is_judged() -> None:
    """A field that the facts gain is compared with the emulator or named here as told of elsewhere."""
    elsewhere = {
        "name",
        "api_name",
        "has_active",
        "has_metadata",
        "queryable",
        "countable",
        "paged",
        "void_call",
        "volatile",
    }
    judged = {fact for says in of_emulator().values() for fact in says}
    assert judged | elsewhere == set(EntityFacts.__dataclass_fields__)
