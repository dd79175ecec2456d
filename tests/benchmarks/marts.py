"""How long core and marts take over many invoices: `python -m tests.benchmarks.marts 1000000`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from tests.benchmarks import big_books
from transforms import comments, models, runner

AS_OF = date(2026, 11, 23)


def main(invoices: int) -> None:
    """Builds everything once, which parses the documents, then again, which is what a night's marts take."""
    seconds: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(
            Path(folder) / "warehouse.duckdb", config={"memory_limit": "4GB", "threads": 2}
        ) as books,
    ):
        big_books.make(books, invoices)
        first = runner.build(books, as_of={big_books.REALM: AS_OF})
        describe = comments.describe
        last = time.perf_counter()

        def timed(connection: duckdb.DuckDBPyConnection, model: models.Table) -> None:
            nonlocal last
            describe(connection, model)
            seconds[model.table], last = time.perf_counter() - last, time.perf_counter()

        comments.describe = timed
        again = runner.build(books, as_of={big_books.REALM: AS_OF})
    for table, taken in sorted(seconds.items(), key=lambda found: -found[1])[:12]:
        print(f"{table:<40} {again.tables[table]:>12,} rows {taken:6.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{invoices:,} invoices: first build {first.seconds:.1f} s, core and marts again {again.seconds:.1f} s, "
        f"{peak:,.0f} MB at most"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
