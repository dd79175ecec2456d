"""Every column of every published table keeps to transforms/column_rules.toml."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.base.sqltext import TableColumn
from tests.tools.columns import (
    RULES,
    PublishedTable,
    of_abbreviations,
    of_column,
    of_order,
    of_rows,
    of_table,
    read,
    violations,
)

GRAIN = "One row per company."


def column(name: str, kind: str = "VARCHAR", comment: str = "Text that stands alone.") -> TableColumn:
    return TableColumn("marts", "owed", name, kind, comment)


@pytest.fixture(scope="session")
def found(after_one_night: Path) -> dict[str, list[str]]:
    """What is wrong with each published table."""
    with duckdb.connect(str(after_one_night / "home/analytics.duckdb"), read_only=True) as file:
        return {table.name: violations(table) + of_rows(file, table) for table in read(file)}


def test_published_tables_keep_to_the_rules(found: dict[str, list[str]]) -> None:
    """No published table breaks a rule."""
    assert len(found) > 150
    assert {table: wrong for table, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("rule", RULES["columns"], ids=lambda rule: rule["rule"])
def test_a_column_that_breaks_one_rule_is_found(rule: dict[str, Any]) -> None:
    """The example of each rule breaks this rule alone."""
    (broken,) = of_column(column(**rule["wrong"]))
    assert broken.startswith(rule["rule"])


@pytest.mark.parametrize("rule", RULES["tables"], ids=lambda rule: rule["rule"])
def test_a_table_that_breaks_one_rule_is_found(rule: dict[str, Any]) -> None:
    """The example of each rule about tables breaks this rule alone."""
    wrong = {"comment": GRAIN, **rule["wrong"]}
    table = PublishedTable(wrong["name"], wrong["comment"], tuple(map(column, wrong["columns"])))
    (broken,) = of_table(table)
    assert broken.startswith(rule["rule"])


@pytest.mark.parametrize("rule", RULES["rows"], ids=lambda rule: rule["rule"])
def test_a_row_that_breaks_one_rule_is_found(rule: dict[str, Any]) -> None:
    """The example of each rule about rows is found among rows, and a row of 1 is not."""
    name = rule["example"]
    with duckdb.connect() as connection:
        connection.execute(
            f"create table owed as select unnest([1, {rule['wrong']}]) as {name}, 1 as total_amount, 1 as balance"
        )
        assert of_rows(connection, PublishedTable("owed", GRAIN, (column(name, "DOUBLE"),))) == [
            f"{name}: {rule['rule']}: not in 1 rows"
        ]


IN_ORDER = [
    column("company_name"),
    column("customer_name"),
    column("rank", "INTEGER"),
    column("txn_date", "DATE"),
    column("created_at", "TIMESTAMP"),
    column("as_of_date", "DATE"),
    column("open_amount", "DECIMAL(18,2)"),
    column("is_open", "BOOLEAN"),
    column("realm_id"),
    column("customer_id"),
]


def test_columns_in_order_are_accepted() -> None:
    """Names, dates, amounts and ids in this order are as they should be."""
    assert list(of_order(PublishedTable("marts.owed", GRAIN, tuple(IN_ORDER)))) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for first, second in pairwise(IN_ORDER)
        if {first.name, second.name} not in ({"customer_name", "rank"}, {"txn_date", "created_at"})
        and first.name != "open_amount"
    ],
    ids=lambda column: column.name,
)
def test_columns_out_of_order_are_found(first: TableColumn, second: TableColumn) -> None:
    """Two columns of different kinds in the wrong order are found."""
    assert len(list(of_order(PublishedTable("marts.owed", GRAIN, (second, first))))) == 1


@pytest.mark.parametrize("part", [*RULES["abbreviations"], "zz", "xn", "qty"])
def test_an_abbreviation_that_is_not_spelled_is_found(part: str) -> None:
    """A part of a name that is no word is found unless its comment spells it."""
    assert len(list(of_abbreviations(column(f"mean_{part}", "DOUBLE", "Mean of a figure.")))) == 1
