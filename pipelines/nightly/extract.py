"""One company from QuickBooks into `raw`: finish what was pending, read what changed, repair what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial

import dlt
import dlt.common.libs.pandas
import dlt.common.libs.pyarrow  # dlt imports both in whichever thread comes first, and two at once break it
import pyarrow
from dlt import Pipeline
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.normalizers.naming import NamingConvention
from dlt.destinations.impl.duckdb.configuration import DuckDbClientConfiguration
from dlt.sources import DltSource
from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import UNORDERED, session_settings
from pipelines.nightly.repairs import (
    found_gone,
    joined,
    miscounted,
    moved_by_merge,
    note_repaired,
    tombstoned,
    unrepaired,
    without,
)
from pipelines.quickbooks import quickbooks, quickbooks_again
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.entities import CATALOGUE, Entity
from pipelines.quickbooks.source import visited
from pipelines.quickbooks.visit import Visit
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse

# Its own pool keeps 100 MB of what dlt's threads have given back.
pyarrow.set_memory_pool(pyarrow.system_memory_pool())

LOADING = UNORDERED | {"force_compression": "zstd"}
"""Payloads are long and alike: so they take a fifth of the room that DuckDB's own choice gives them, and less time."""

Witness = Callable[[DuckDBPyConnection, "Extraction"], None]
Connect = Callable[[], AbstractContextManager[DuckDBPyConnection]]


class Warehouse(dlt.destinations.duckdb):
    """DuckDB as dlt knows it. What it is capable of depends on no setting, so that none is looked up for that.

    dlt asks it thirty times a load, and would look through all of its settings each time.
    """

    destination_type = "dlt.destinations.duckdb"

    def capabilities(
        self, config: DuckDbClientConfiguration | None = None, naming: NamingConvention | None = None
    ) -> DestinationCapabilitiesContext:
        """What it is capable of, whatever its settings."""
        return super().capabilities(config or self.spec(), naming)


@dataclass(frozen=True)
class Load:
    """What went into `raw` at once."""

    load_ids: list[str]
    rows: Counter[str]


@dataclass
class Extraction:
    """What one company's extraction did.

    `rows` counts versions stored per table of `raw`; `counts` is how many objects QuickBooks says there are. `missing`
    are entities that the company's plan lacks, with QuickBooks's words; those `no_longer_offered` were read before.
    `deleted` is how many objects that we held QuickBooks has no more.
    """

    realm_id: str
    answered_at: DateTime
    counts: dict[str, int]
    missing: dict[str, str]
    read_whole: list[str]
    no_longer_offered: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    load_ids: list[str] = field(default_factory=list)
    deleted: int = 0

    def add(self, load: Load) -> None:
        """Counts one more load package in."""
        self.rows += load.rows
        self.load_ids += load.load_ids


class CompanyCopy:
    """One company's way into `raw`: its client, its dlt pipeline and the lock on the warehouse.

    Companies extract side by side, but normalize and load one at a time: side by side, dlt mixes their rows.
    `connect` gives a connection on the warehouse for as long as a block lasts; without it, each opens the file.
    """

    def __init__(
        self,
        client: QuickBooks,
        home: Home,
        *,
        connect: Connect | None = None,
        writing: AbstractContextManager[object] | None = None,
    ) -> None:
        self.client = client
        self.home = home
        self.connect = connect or partial(open_warehouse, home)
        self.writing = writing or nullcontext()

    @cached_property
    def pipeline(self) -> Pipeline:
        """The dlt pipeline of this company; all companies load into the dataset `raw`."""
        return dlt.pipeline(
            pipeline_name=f"quickbooks_{self.client.realm_id}",
            destination=Warehouse(str(self.home.warehouse)),
            dataset_name="raw",
            pipelines_dir=str(self.home.dlt),
        )

    def copy(self, entities: Sequence[Entity] = CATALOGUE, witness: Witness | None = None) -> Extraction:
        """Brings `raw` up to date: extract, then repair. `witness` sees the warehouse once all is loaded.

        Loads are repaired until they are noted as such, so that a killed run's are repaired by the next.
        """
        extraction = self.extract(entities)
        with self.writing, self.connect() as warehouse:
            extraction.load_ids = unrepaired(warehouse, self.client.realm_id)
        self.repair(extraction)
        with self.writing, self.connect() as warehouse:
            if witness:
                witness(warehouse, extraction)
            note_repaired(warehouse, self.client.realm_id, extraction.load_ids)
        self.count_deleted(extraction)
        return extraction

    def extract(self, entities: Sequence[Entity]) -> Extraction:
        """Reads what changed since the last time; after a first reading, also what changed during it."""
        with self.writing:
            self.pipeline.run()  # a package left by a killed run; dlt would load it instead of extracting
        visit, load = self._visit(entities)
        loads = [load]
        if read_whole := visit.read_whole:
            visit, load = self._visit(entities)
            loads.append(load)
        extraction = Extraction(
            self.client.realm_id,
            visit.started_at,
            visit.counts,
            visit.missing,
            read_whole,
            visit.no_longer_offered,
        )
        for load in loads:
            extraction.add(load)
        return extraction

    def read_again(
        self,
        ids: Mapping[str, Collection[str]] | None = None,
        since: Mapping[str, DateTime | None] | None = None,
    ) -> Load:
        """Reads these rows once more and loads them, whatever the cursors say."""
        return self._load(quickbooks_again(self.client, ids=ids, since=since))

    def count_deleted(self, extraction: Extraction) -> None:
        """Counts anew what the loads of this extraction found deleted."""
        with self.writing, self.connect() as warehouse:
            extraction.deleted = found_gone(warehouse, self.client.realm_id, extraction.load_ids)

    def repair(self, extraction: Extraction) -> None:
        """Reads again what tombstones, merges and counts cast doubt on.

        The second round is for the customers that the first found gone.
        """
        realm_id, fresh = self.client.realm_id, extraction.load_ids
        with self.writing, self.connect() as warehouse:
            doubtful = joined(
                tombstoned(warehouse, realm_id, fresh),
                moved_by_merge(warehouse, realm_id, fresh),
                miscounted(warehouse, self.client, extraction.counts),
            )
        while doubtful:
            load = self.read_again(doubtful)
            extraction.add(load)
            with self.writing, self.connect() as warehouse:
                moved = moved_by_merge(warehouse, realm_id, load.load_ids)
            doubtful = without(moved, doubtful)

    def _visit(self, entities: Sequence[Entity]) -> tuple[Visit, Load]:
        visit = Visit(self.client, entities)
        visit.begin(visited(self.pipeline.state))
        return visit, self._load(quickbooks(self.client, visit=visit))

    def _load(self, source: DltSource) -> Load:
        self.pipeline.extract(source)
        with self.writing, self.connect() as warehouse, session_settings(warehouse, LOADING):
            normalized = self.pipeline.normalize()
            loaded = self.pipeline.load(credentials=warehouse)
            # Or the last rows of a table would be compressed later, as DuckDB likes.
            warehouse.execute("checkpoint")
        return Load(loaded.loads_ids, Counter(normalized.row_counts))
