"""How long the check step takes over many invoices: `python -m tests.benchmarks.checks 1000000 [FOLDER]`.

With a folder, the books made there are used again. QuickBooks is not asked: its reports are made of our own figures, so
that reading them counts and waiting for them does not.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from checks.gather import gather
from checks.judge import judge
from checks.report_figures import BUCKETS
from pipelines.quickbooks.entities import CATALOGUE
from tests.benchmarks import big_books
from transforms import runner
from transforms.live import census

AS_OF = date(2026, 11, 23)
REALM = big_books.REALM
TITLES = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total")

# The books are made without balances; these are what QuickBooks would say of them.
BALANCED = """
create temp table open_of_customers as
    select customer_id, sum(amount) as balance from core.receivable_movements group by all;
create temp table open_of_documents as
    select doc_type, doc_id, sum(amount) as balance from core.receivable_movements group by all;
update core.customers set balance = coalesce(found.balance, 0)
    from open_of_customers as found where found.customer_id = customers.customer_id;
update staging.customers set balance = found.balance, balance_with_jobs = found.balance
    from open_of_customers as found where found.customer_id = customers.customer_id;
update core.receivables set qbo_open_amount = found.balance
    from open_of_documents as found where found.doc_type = receivables.doc_type and found.doc_id = receivables.doc_id;
update staging.accounts set current_balance = (select sum(balance) from open_of_customers);
create table raw._dlt_loads as select '1' as load_id;
"""


class Mirror:
    """Answers the two reports of a night out of our own tables."""

    def __init__(self, books: duckdb.DuckDBPyConnection) -> None:
        self._books = books

    def query(self, statement: str) -> Any:
        raise AssertionError(f"a quiet night asks nothing more, but: {statement}")

    batch = query

    def report(self, name: str, **params: str) -> dict[str, Any]:
        if name == "AgedReceivables":
            rows = self._books.execute(
                f"select customer_id, {', '.join(BUCKETS)}, total_open from marts.ar_aging_by_customer "
                "where total_open <> 0 or current <> 0 or d1_30 <> 0"
            ).fetchall()
            return _report(name, TITLES, [(id, *map(str, amounts)) for id, *amounts in rows])
        ((total,),) = self._books.execute("select sum(open_home) from core.open_receivables").fetchall()
        return _report(name, ("Debit", "Credit"), [("1", str(total), ""), ("2", "", str(total))])


def _report(name: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> dict[str, Any]:
    return {
        "Header": {"ReportName": name, "Time": "2026-11-23T20:00:00-08:00"},
        "Columns": {
            "Column": [{"ColTitle": "", "ColType": "Customer"}]
            + [{"ColTitle": title, "ColType": "Money"} for title in titles]
        },
        "Rows": {
            "Row": [
                {"ColData": [{"value": "", "id": id}, *({"value": value} for value in values)]}
                for id, *values in rows
            ]
        },
    }


def main(invoices: int, folder: Path) -> None:
    """The first check sees every field for the first time; the second is what a night takes."""
    warehouse = folder / f"books_{invoices}.duckdb"
    is_new = not warehouse.exists()
    with duckdb.connect(warehouse, config={"memory_limit": "4GB", "threads": 2}) as books:
        if is_new:
            big_books.make(books, invoices)
            built = runner.build(books, as_of={REALM: AS_OF})
            print(f"built in {built.seconds:.1f} s")
            books.execute(BALANCED)
        for night in ("first", "second"):
            counts = {name: one.live for name, one in census(books, REALM, CATALOGUE).items()}
            started, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
            found = gather(books, REALM, Mirror(books), run_id=night, as_of=AS_OF, counts=counts)  # type: ignore[arg-type]
            gathered = time.perf_counter() - started
            verdict = judge(books, {REALM: found}, reports_folder=folder / "reports")[REALM]
            taken = time.perf_counter() - started
            user = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{invoices:,} invoices, {night} check: {taken:.1f} s ({gathered:.1f} s to gather), "
                f"{user:.1f} s of CPU, {peak:,.0f} MB at most; {verdict.passed=}, "
                f"{len(verdict.differences)} differences"
            )
            for error in verdict.errors:
                print(f"  {error}")


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(many, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(many, Path(made))
