"""The SQL of staging is the SQL that its mapping gives."""

from __future__ import annotations

import json

import pytest

from pipelines.quickbooks.entities import CATALOGUE
from tests.tools import staging
from transforms.engine import mapping, shapes


def test_the_sql_of_staging_is_that_of_the_mapping() -> None:
    """Each file equals what `make staging` writes from its mapping, and no other file is there."""
    written = {file.name: file.read_text(encoding="utf-8") for file in staging.FOLDER.glob("*.sql")}
    assert written == staging.files()


def test_every_entity_has_a_mapping_and_every_mapping_an_entity() -> None:
    """Each entity of the catalogue has a mapping and each mapping an entity, so that all reach staging."""
    assert {file.stem for file in mapping.FOLDER.glob("*.toml")} == {entity.name for entity in CATALOGUE}


def test_an_entity_without_a_mapping_is_named() -> None:
    """An entity that has no mapping yet is an error that names the file to write and the page that says how."""
    with pytest.raises(mapping.NoMapping, match=r"^Quote .*mapping/Quote\.toml .*docs/extend\.md"):
        mapping.read("Quote")


def test_every_shared_part_is_used() -> None:
    """Every shared column or table is named by some mapping."""
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
    """A line in a bundle has the fields of any line, but for the bundle's own."""
    (line,) = json.loads(shapes.read("Invoice").structure)["Line"]
    (inner,) = line.pop("GroupLineDetail")["Line"]
    assert inner == line


def test_a_wrapped_document_looks_the_same_in_each_wrapper() -> None:
    """A recurring template of one type has the fields of every other template."""
    inner = json.loads(shapes.read("RecurringTransaction").structure)
    assert len(inner) == 12
    assert all(fields == inner["Invoice"] for fields in inner.values())


@pytest.mark.parametrize(
    ("table", "column", "comment"),
    [
        ("invoice_links", "link_no", "Position of the link in the invoice, from 1."),
        ("invoice_line_links", "link_no", "Position of the link in the line, from 1."),
        (
            "exchange_rates",
            "exchange_rate_id",
            "Currency and date, joined by a bar: QuickBooks gives exchange rates no id.",
        ),
        ("employees", "home_state", "State or province of the home address of the employee."),
        ("sales_receipts", "txn_date", "Date of the sales receipt, as the company's calendar has it."),
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
    """Only copied columns name a field of QuickBooks, not those computed, cut off or picked out of an array."""
    assert list(mapping.tables()[table].columns[column].fields) == fields
