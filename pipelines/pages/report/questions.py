"""The report's questions to the published file: one SQL file each in `questions/`, for one company."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from pipelines.published.file import HEADLINE

Row = dict[str, Any]
LACKING = re.compile(r'[Cc]olumn "(\w+)"')  # what DuckDB cannot find


@dataclass(frozen=True)
class Answer:
    """Rows by column name; `lacking` is the column that the published file has not, because of which there are none."""

    rows: Sequence[Row] = ()
    lacking: str = ""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    def column(self, name: str) -> list[Any]:
        """One column's values, in order."""
        return [row[name] for row in self.rows]

    def total(self, name: str) -> Any:
        """Their sum; nulls count as nothing."""
        return sum(value for value in self.column(name) if value is not None)


def answers(connection: duckdb.DuckDBPyConnection, realm_id: str) -> dict[str, Answer]:
    """Every question's answer, by the name of its file, and `headline`."""
    every_question = questions() | {"headline": HEADLINE}
    return {name: ask(connection, question, realm_id) for name, question in every_question.items()}


def ask(connection: duckdb.DuckDBPyConnection, question: str, realm_id: str) -> Answer:
    """What a setting left out of the published file makes one answer fail, not the report."""
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
