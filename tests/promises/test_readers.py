"""What people publish for reads the same, whatever reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas
import pyarrow.parquet
import pytest

from pipelines.published.publish import publish
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation
from tests.support.readers import with_duckdb
from tests.tools.bi_check import questions

OWED = "select sum(total_open) from marts.ar_aging_by_customer"


@pytest.fixture
def file(copied: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(copied.home.analytics), read_only=True) as connection:
        yield connection


def test_frames_hold_what_the_file_holds(file: duckdb.DuckDBPyConnection) -> None:
    """Frames of Arrow hold the file's figures exactly, and those of pandas to the cent."""
    ((owed,),) = file.execute(OWED).fetchall()
    assert isinstance(owed, Decimal) and owed > 0
    arrow = file.sql("from marts.ar_aging_by_customer").to_arrow_table()
    assert sum(arrow["total_open"].to_pylist()) == owed
    frame = file.sql("from marts.ar_aging_by_customer").df()
    assert round(Decimal(float(frame["total_open"].sum())), 2) == owed
    assert frame["realm_id"].map(type).eq(str).all()


def test_parquet_files_hold_every_mart(copied: Installation, file: duckdb.DuckDBPyConnection) -> None:
    """The Parquet files hold the rows, columns and money of every mart, read without DuckDB."""
    marts = file.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    files = {f"marts.{one.stem}": one for one in copied.home.parquet.glob("*.parquet")}
    assert {name: pyarrow.parquet.read_metadata(one).num_rows for name, one in files.items()} == {
        f"marts.{name}": len(file.execute(f"from marts.{name}").fetchall()) for (name,) in marts
    }
    ((owed,),) = file.execute(OWED).fetchall()
    arrow = pyarrow.parquet.read_table(files["marts.ar_aging_by_customer"])
    assert sum(arrow["total_open"].to_pylist()) == owed
    assert arrow.column_names == file.sql("from marts.ar_aging_by_customer").columns
    frame = pandas.read_parquet(files["marts.ar_aging_by_customer"])
    assert sum(frame["total_open"]) == owed


def test_views_over_parquet_see_the_next_night_and_an_open_file_does_not(
    copied: Installation, file: duckdb.DuckDBPyConnection
) -> None:
    """Views over Parquet see what the next night publishes; a file that stays open does not, and is not in its way."""
    page = (Path(__file__).parents[2] / "docs/bi.md").read_text()
    views = page.split("```sql\n")[1].split("```")[0].replace("data/parquet", str(copied.home.parquet))
    with duckdb.connect() as kept:
        kept.execute(views)
        last = "select max(as_of_date) from marts.ar_aging_by_customer"
        before = kept.execute(last).fetchall()
        assert file.execute(last).fetchall() == before
        with open_warehouse(copied.home) as warehouse:
            warehouse.execute("update marts.ar_aging_by_customer set as_of_date = as_of_date + 3")
            publish(warehouse, copied.home, copied.realm_ids)
        assert kept.execute(last).fetchall() > before
        assert file.execute(last).fetchall() == before


def test_what_bi_check_runs_elsewhere_runs_here(copied: Installation) -> None:
    """The reader sees every schema that is published, the Parquet files say the same, and the macros answer."""
    asked = questions(copied.home)
    done = subprocess.run(
        [sys.executable, with_duckdb.__file__], input=json.dumps(asked), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = with_duckdb.seen(asked)
    assert json.loads(done.stdout) == found
    tables, rows, macros = found["tables"], found["rows"], found["macros"]
    assert isinstance(tables, dict) and isinstance(rows, dict) and isinstance(macros, dict)
    schemas = {name.split(".")[0] for name in tables}
    assert schemas == {"main", "staging", "core", "marts", "history", "checks", "ops"}
    assert found["parquet"] == {view: number for view, number in rows.items() if view != "about"}
    assert all(Decimal(amount) > 0 for amount in macros.values())
