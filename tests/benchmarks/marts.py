"""Core and marts over many invoices: built whole each night, out of columns only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.benchmarks import big_books
from tests.benchmarks.measure import Laps, Results, Work, in_turn
from transforms.engine import models, runner

AS_OF = date(2026, 11, 23)
CONFIG: dict[str, Any] = {"memory_limit": "4GB", "threads": 2}


def build(laps: Laps, warehouse: str, invoices: int) -> dict[str, Any]:
    """Builds everything there is to build, each table a step; the first time every document is parsed."""
    is_new = not Path(warehouse).exists()
    with duckdb.connect(warehouse, config=CONFIG) as books:
        if is_new:
            big_books.make(books, invoices)
        create = models.Table.create

        def created(model: models.Table, connection: duckdb.DuckDBPyConnection) -> None:
            create(model, connection)
            laps.lap(model.table)

        models.Table.create = created
        laps.ready()
        built = runner.build(books, as_of={big_books.REALM: AS_OF})
        laps.lap("commit")
        return {"rows": sum(runner.count(books, table) for table in built.tables)}


def measured(invoices: int, folder: Path, rounds: int) -> Results:
    """The first build, of new books, then those of later nights."""
    warehouse = folder / f"books-{invoices}.duckdb"
    warehouse.unlink(missing_ok=True)
    given = {"warehouse": str(warehouse), "invoices": invoices}
    first = in_turn([Work("first build", build, given)], 1)
    return first | in_turn([Work("core and marts again", build, given)], rounds)
