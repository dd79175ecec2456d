"""`quickduck marts` as people call it: out of the comments in the published file, never out of the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.published.privacy import withheld_columns
from pipelines.published.publish import publish
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation
from transforms.engine import models


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a data folder and a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))


def quickduck(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_every_mart_is_listed_with_its_purpose(copied: Installation) -> None:
    """Tables and macros are listed with their purpose, and --json says the same."""
    result = quickduck("marts")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].split() == ["mart", "what", "it", "is"]
    listed = {name: purpose.strip() for name, _, purpose in (line.partition(" ") for line in lines[1:])}
    purposes = {model.table: model.purpose for model in models.read_all("marts")}
    assert {name: listed[name] for name in purposes} == purposes
    assert set(listed) - set(purposes) == {"marts.ar_aging_as_of(d)", "marts.ar_aging_by_customer_as_of(d)"}
    as_json = json.loads(quickduck("marts", "--json").output)
    assert [mart["purpose"] for mart in as_json] == [line.partition(" ")[2].strip() for line in lines[1:]]
    assert {
        "schema": "marts",
        "name": "invoices",
        "kind": "table",
        "purpose": purposes["marts.invoices"],
    } in as_json


def test_columns_of_one_mart_with_types_and_comments(copied: Installation) -> None:
    """A mart's columns are listed in order with type and comment, with or without its schema's name."""
    (invoices,) = [model for model in models.read("marts") if model.name == "invoices"]
    result = quickduck("marts", "invoices")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[:3] == ["marts.invoices", invoices.purpose, ""]
    (due,) = [line for line in lines if line.startswith("balance_due ")]
    assert due.split(maxsplit=2) == [
        "balance_due",
        "DECIMAL(18,2)",
        "Amount still open, in the invoice's currency.",
    ]
    assert quickduck("marts", "marts.invoices").output == result.output
    as_json = json.loads(quickduck("marts", "invoices", "--json").output)
    assert {column["name"]: column["comment"] for column in as_json["columns"]} == invoices.columns
    assert [column["name"] for column in as_json["columns"]] == [line.split()[0] for line in lines[4:]]


def test_columns_of_a_macro_are_those_of_the_table_it_restates(copied: Installation) -> None:
    """A macro has the same columns and comments as the table that it restates."""
    result = quickduck("marts", "ar_aging_by_customer_as_of")
    assert result.exit_code == 0, result.output
    table = quickduck("marts", "ar_aging_by_customer")
    assert result.output.splitlines()[0] == "marts.ar_aging_by_customer_as_of(d)"
    assert result.output.splitlines()[2:] == table.output.splitlines()[2:]


def test_what_is_left_out_or_hashed_is_said_as_it_is_published(copied: Installation) -> None:
    """The file speaks, not the code: a column that is not published is not listed, a hash says what it is."""
    with open_warehouse(copied.home) as warehouse:
        withheld = withheld_columns(warehouse, ["invoices.bill_email"], ["invoices.customer_name"])
        publish(warehouse, copied.home, copied.realm_ids, withheld=withheld)
    output = quickduck("marts", "invoices").output
    assert "bill_email" not in output
    (name,) = [line for line in output.splitlines() if line.startswith("customer_name ")]
    assert "hash" in name.lower()


def test_a_table_of_another_schema_is_told_of_too(copied: Installation) -> None:
    """Comments of marts name them."""
    lines = quickduck("marts", "core.open_receivables").output.splitlines()
    assert lines[0] == "core.open_receivables"
    assert [line for line in lines if line.startswith("days_past_due ")]
    assert "core.open_receivables" not in quickduck("marts").output.split("as in")[0]


def test_an_unknown_mart_is_wrong_usage_and_names_the_nearest(copied: Installation) -> None:
    """An unknown mart is wrong usage, and the sentence names the nearest one if there is one."""
    result = quickduck("marts", "invoice")
    assert result.exit_code == 64
    assert result.output.startswith("There is no mart invoice. Did you mean invoices")
    result = quickduck("marts", "zzz")
    assert (result.exit_code, result.output) == (
        64, "There is no mart zzz; `quickduck marts` lists those there are.\n",
    )  # fmt: skip


def test_nothing_published_yet(tmp_path: Path) -> None:
    """No folder is made by asking."""
    result = quickduck("marts")
    assert result.exit_code == 1
    assert result.output == f"Nothing is published in {tmp_path / 'home'} yet: `quickduck run` does that.\n"
    assert not (tmp_path / "home").exists()
