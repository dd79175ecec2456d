"""The report's questions to the published file: one SQL file each in `questions/`, for one company."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from pipelines.base.sqltext import identifier
from pipelines.published.file import HEADLINE

Row = dict[str, Any]
LACKING = re.compile(r'[Cc]olumn "(\w+)"')  # the column that DuckDB cannot find
WHY_EMPTY = re.compile(r"Empty .*?\.(?=\s|$)", re.DOTALL)  # the sentence of a table's comment that says why


@dataclass(frozen=True)
class Answer:
    """Rows by column name; `lacking` names the column whose absence from the published file left none."""

    rows: Sequence[Row] = ()
    lacking: str = ""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    def column(self, name: str) -> list[Any]:
        """The values of one column, in order."""
        return [row[name] for row in self.rows]

    def total(self, name: str) -> Any:
        """The sum of one column; nulls count as nothing."""
        return sum(value for value in self.column(name) if value is not None)


def answers(connection: duckdb.DuckDBPyConnection, realm_id: str) -> dict[str, Answer]:
    """The answers to all questions by the names of their files, to `headline` and to `empty_marts`."""
    every_question = questions() | {"headline": HEADLINE}
    asked = {name: ask(connection, question, realm_id) for name, question in every_question.items()}
    return asked | {"empty_marts": empty_marts(connection, realm_id)}


def empty_marts(connection: duckdb.DuckDBPyConnection, realm_id: str) -> Answer:
    """The marts without a row of the company: `mart`, and `reason`, the sentence of its comment that says why."""
    marts = connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() where schema_name = 'marts' order by table_name"
    ).fetchall()
    rows = []
    for mart, comment in marts:
        of_company = f"from {identifier('marts', mart)} where realm_id = $realm limit 1"
        if connection.execute(of_company, {"realm": realm_id}).fetchone() is None:
            why = WHY_EMPTY.search(comment)
            reason = why[0] if why else "The books hold nothing of this kind yet."
            rows.append({"mart": mart, "reason": reason})
    return Answer(rows)


def ask(connection: duckdb.DuckDBPyConnection, question: str, realm_id: str) -> Answer:
    """The answer to one question; a column that a setting left out of the file makes this one fail, not the report."""
    try:
        result = connection.execute(question, {"realm": realm_id})
    except duckdb.BinderException as error:
        lacking = LACKING.search(str(error))
        if lacking is None:
            raise
        return Answer(lacking=lacking[1])
    names = [column[0] for column in result.description or ()]
    return Answer([dict(zip(names, row, strict=True)) for row in result.fetchall()])


@cache
def questions() -> dict[str, str]:
    """The questions by the names of their files."""
    folder = files("pipelines.pages.report") / "questions"
    return {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
