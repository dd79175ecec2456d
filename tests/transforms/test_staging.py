"""The mapping of staging: what is written from it is what stands there."""

from __future__ import annotations

import json

import pytest

from pipelines.quickbooks.entities import CATALOGUE
from tests.tools import staging
from transforms.engine import mapping, shapes


def test_the_sql_of_staging_is_that_of_the_mapping() -> None:
    """Written anew by `make staging` after a mapping has changed; no file is there that no mapping makes."""
    written = {file.name: file.read_text(encoding="utf-8") for file in staging.FOLDER.glob("*.sql")}
    assert written == staging.files()


def test_every_entity_has_a_mapping_and_every_mapping_an_entity() -> None:
    """An entity of the catalogue without a mapping would never reach staging, nor a mapping without an entity."""
    assert {file.stem for file in mapping.FOLDER.glob("*.toml")} == {entity.name for entity in CATALOGUE}


def test_every_shared_part_is_used() -> None:
    """A shared column or table that no mapping names says something about no table."""
    text = "".join(file.read_text(encoding="utf-8") for file in mapping.FOLDER.glob("**/*.toml"))
    shared = {column for group in mapping.shared_columns().values() for column in group}
    shared |= {file.stem for file in mapping.FOLDER.glob("shared/*.toml")} - {"columns", "address", "frame"}
    assert {name for name in shared if f'"{name}"' not in text} == set()


def test_no_line_of_staging_is_wider_than_a_screen() -> None:
    """A column whose comment is long stands on several lines."""
    long = [
        line for text in staging.files().values() for line in text.splitlines() if len(line) > staging.WIDTH
    ]
    assert long == []


def test_a_line_in_a_bundle_has_the_fields_of_any_line() -> None:
    """All but those of a bundle, which does not lie in another one."""
    (line,) = json.loads(shapes.read("Invoice").structure)["Line"]
    (inner,) = line.pop("GroupLineDetail")["Line"]
    assert inner == line


def test_a_wrapped_document_looks_the_same_in_each_wrapper() -> None:
    """A template of any type has the fields of every template."""
    inner = json.loads(shapes.read("RecurringTransaction").structure)
    assert len(inner) == 12
    assert all(fields == inner["Invoice"] for fields in inner.values())


@pytest.mark.parametrize(
    ("table", "column", "comment"),
    [
        ("invoice_links", "link_no", "Position of the link in the invoice, from 1"),
        ("invoice_line_links", "link_no", "Position of the link in the line, from 1"),
        (
            "exchange_rates",
            "exchange_rate_id",
            "Currency and date, joined by a bar: QuickBooks gives exchange rates no id",
        ),
        ("employees", "home_state", "State or province of the home address of the employee"),
        ("sales_receipts", "txn_date", "Date of the sales receipt, as the company's calendar has it"),
    ],
)
def test_a_shared_comment_speaks_of_its_own_table(table: str, column: str, comment: str) -> None:
    """The words that a mapping leaves open are filled in by the entity and the part."""
    assert mapping.tables()[table].columns[column].comment == comment


@pytest.mark.parametrize(
    ("table", "column", "fields"),
    [
        ("invoices", "term_id", [("SalesTermRef", "value")]),
        ("invoice_lines", "quantity", [("SalesItemLineDetail", "Qty"), ("ReimburseLineDetail", "Qty")]),
        ("invoice_lines", "linked_txn_id", []),
        ("invoices", "is_voided", []),
        ("tax_rate_periods", "end_date", []),
    ],
)
def test_a_column_names_the_fields_it_is_copied_from(
    table: str, column: str, fields: list[tuple[str, ...]]
) -> None:
    """A value that was computed, cut off or picked out of an array is no field of QuickBooks."""
    assert list(mapping.tables()[table].columns[column].fields) == fields
