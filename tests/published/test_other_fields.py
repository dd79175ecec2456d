"""Which of the fields that no column takes are published, and how."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.base import kept_tables
from pipelines.published.privacy import withheld_columns
from pipelines.published.publish import publish
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse
from transforms.engine.other_fields import TABLE

ROWS = [
    ("Invoice", "BillAddr.Lat", "37.4", "1", "1"),
    ("Invoice", "Line[2].Note", "call 4111 1111 1111 1111", "1", "1"),
    ("Vendor", "Mobile.Area", "650", "1", "2"),
    ("Invoice", "BillAddr.Lat", "51.5", "2", "3"),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    with open_warehouse(found) as warehouse:
        kept_tables.create(warehouse, [TABLE])
        warehouse.executemany("insert into staging.other_fields values (?, ?, ?, ?, ?)", ROWS)
        warehouse.execute(
            "create table staging.invoices (realm_id varchar, invoice_id varchar, billing_line1 varchar);"
            "create table staging.vendors (realm_id varchar, vendor_id varchar, mobile varchar)"
        )
    return found


def shown(home: Home, *paths: str, realm_ids: tuple[str, ...] = ("1", "2"), out: str = "") -> list[str]:
    """The values that are published with these paths and columns left out."""
    with open_warehouse(home) as warehouse:
        withheld = withheld_columns(warehouse, out.split())
        publish(warehouse, home, realm_ids, (), withheld, other_paths=paths)
    with duckdb.connect(str(home.analytics), read_only=True) as file:
        rows = file.execute("select value from staging.other_fields order by all").fetchall()
    return [value for (value,) in rows]


def test_only_named_paths_are_published(home: Home) -> None:
    """Nothing is published by default; a path shows its rows of every company, also of one not published now."""
    assert shown(home) == []
    assert shown(home, "*.BillAddr.*", "Vendor.Mobile.Area") == ["37.4", "51.5", "650"]
    assert shown(home, "Invoice.BillAddr.Lat", realm_ids=("1",)) == ["37.4", "51.5"]
    assert shown(home, realm_ids=("1",)) == []


def test_card_numbers_are_masked(home: Home) -> None:
    """A card number in a field is cut down to its last four digits."""
    assert shown(home, "Invoice.Line.Note") == ["call …1111"]


def test_a_withheld_column_withholds_the_object_it_is_read_from(home: Home) -> None:
    """With a line of an address or a number left out, all fields of that object are."""
    assert shown(home, "*", out="*_line1 *mobile") == ["call …1111"]
