"""The check step over many invoices, in the books that `marts.py` built.

QuickBooks is not asked: its reports are made of our own figures, so that reading them counts and waiting for them does
not.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb

from checks.collect.gather import gather
from checks.evidence import BUCKETS
from checks.verdict.judge import judge
from pipelines.quickbooks.entities import CATALOGUE
from tests.benchmarks import big_books
from tests.benchmarks.marts import AS_OF, CONFIG
from tests.benchmarks.measure import Laps, Results, Work, in_turn
from transforms.engine.current_versions import census

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
update core.accounts set current_balance = (select sum(balance) from open_of_customers);
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


def check(laps: Laps, warehouse: str, reports: str, night: str) -> dict[str, Any]:
    """Gathers the evidence and judges it, as a quiet night does."""
    with duckdb.connect(warehouse, config=CONFIG) as books:
        if night == "first":
            books.execute(BALANCED)
        counts = {name: one.live for name, one in census(books, REALM, CATALOGUE).items()}
        laps.ready()
        found = gather(books, REALM, Mirror(books), run_id=night, as_of=AS_OF, counts=counts)  # type: ignore[arg-type]
        laps.lap("gather")
        verdict = judge(books, {REALM: found}, docs_folder=Path(reports) / "data_docs")[REALM]
        laps.lap("judge")
    if not verdict.passed:
        raise RuntimeError(f"the checks failed: {verdict.errors}")
    return {"differences": len(verdict.differences)}


def measured(invoices: int, folder: Path) -> Results:
    """The first check sees every field for the first time; the second is what a night takes."""
    checked = folder / f"checked-{invoices}.duckdb"  # a check writes in the books what it has seen
    shutil.copyfile(folder / f"books-{invoices}.duckdb", checked)
    given = {"warehouse": str(checked), "reports": str(folder / "reports")}
    return in_turn(
        [Work(f"{night} check", check, {**given, "night": night}) for night in ("first", "second")], 1
    )
