"""The files that make tables: the folder is the schema, the file is the table and describes it.

Nearly all are SQL. What SQL cannot express, such as the fit of a model, is a Python file with the same contract: its
docstring says what the table is, `SOURCE` selects the one frame that goes in, `rows(frame)` returns the frame that
comes out, and `COLUMNS` holds type and comment of each of its columns. With `KEEPS` it is `rows(frame, before)`, and
takes out of the table of the last build what was made of the same input; `before` is None in a build from scratch.
"""

from __future__ import annotations

import importlib
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from pipelines.base.errors import QuickduckError
from pipelines.base.sqltext import identifier, literals, tables

FOLDER = Path(__file__).parents[1]
SCHEMAS = ("staging", "core", "marts")
SOURCE = re.compile(r"\b(?:from|join)\s+(\w+\.\w+)\b(?!\()")
STAGING = re.compile(r"\b(from|join)\s+(staging\.\w+)\b(\s+as\s+\w+)?")

OPENING, CLOSING = re.compile(r"\(|\bcase\b"), re.compile(r"\)|\bend\b")
"""What a column's expression may begin and end; between them a comma ends no column."""


class ModelFailed(QuickduckError):
    """A file does not make its table."""


@dataclass(frozen=True)
class Table(ABC):
    """One table: how to build it, and its description."""

    SUFFIX: ClassVar[str]

    schema: str
    name: str

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def file(self) -> str:
        """The path of the file, as people name it."""
        return f"transforms/{self.schema}/{self.name}.{self.SUFFIX}"

    @property
    @abstractmethod
    def sources(self) -> frozenset[str]:
        """Tables it selects from, schema-qualified."""

    @property
    @abstractmethod
    def purpose(self) -> str:
        """What the table is and its grain."""

    @property
    @abstractmethod
    def columns(self) -> dict[str, str]:
        """Comment of each column."""

    def create(
        self, connection: DuckDBPyConnection, without: Collection[str] = (), *, from_scratch: bool = False
    ) -> None:
        """Builds the table anew, as if staging held nothing of the companies in `without`.

        From scratch, it takes nothing out of the table that there was.
        Raises ModelFailed, which names the file, if DuckDB refuses it.
        """
        try:
            self._create(connection, without, from_scratch)
        except (duckdb.ProgrammingError, duckdb.DataError) as error:
            lines = [line for line in str(error).splitlines() if line.strip(" ^")]
            raise ModelFailed(f"{self.file} makes no table. {' '.join(' '.join(lines).split())}") from error

    @abstractmethod
    def _create(
        self, connection: DuckDBPyConnection, without: Collection[str], from_scratch: bool
    ) -> None: ...


@dataclass(frozen=True)
class Model(Table):
    """One SQL file, which is one table."""

    SUFFIX = "sql"

    sql: str

    @property
    def sources(self) -> frozenset[str]:
        """Tables it selects from, schema-qualified; its own CTEs have no schema."""
        return _sources(self.sql)

    @property
    def purpose(self) -> str:
        """The comment the file begins with: what the table is and its grain."""
        lines = re.match(r"(--[^\n]*\n)+", self.sql)
        return " ".join(line.removeprefix("--").strip() for line in lines[0].splitlines()) if lines else ""

    @property
    def columns(self) -> dict[str, str]:
        """Comment of each column: what trails it in the CTE `final`, or stands on lines of its own above it."""
        comments: dict[str, str] = {}
        above: list[str] = []
        depth = 0
        for line in self.sql.partition("\nfinal as (")[2].splitlines():
            code, _, comment = (part.strip() for part in line.partition("-- "))
            if comment and not code:
                above.append(comment)
                continue
            depth += len(OPENING.findall(code)) - len(CLOSING.findall(code))
            if depth == 0 and (comment or (above and code.endswith(","))):
                comments[re.split(r"\W", code.removesuffix(","))[-1]] = " ".join([*above, comment]).strip()
                above = []
        return comments

    def _create(self, connection: DuckDBPyConnection, without: Collection[str], from_scratch: bool) -> None:
        connection.execute(f"create or replace table {self.table} as {_leaving_out(self.sql, without)}")


@dataclass(frozen=True)
class PythonModel(Table):
    """One Python file, which is one table."""

    SUFFIX = "py"

    code: ModuleType

    @property
    def sources(self) -> frozenset[str]:
        return _sources(self.code.SOURCE)

    @property
    def purpose(self) -> str:
        """The docstring's first paragraph."""
        return " ".join((self.code.__doc__ or "").partition("\n\n")[0].split())

    @property
    def columns(self) -> dict[str, str]:
        return {name: comment for name, (_, comment) in self.code.COLUMNS.items()}

    def _create(self, connection: DuckDBPyConnection, without: Collection[str], from_scratch: bool) -> None:
        """Raises ValueError unless the frame that comes out has exactly the columns described."""
        source = connection.execute(_leaving_out(self.code.SOURCE, without)).df()
        if getattr(self.code, "KEEPS", False):
            frame = self.code.rows(source, None if from_scratch else self._before(connection))
        else:
            frame = self.code.rows(source)
        if list(frame.columns) != list(self.code.COLUMNS):
            raise ValueError(
                f"{self.table} has columns {list(frame.columns)}, but describes {list(self.columns)}"
            )
        typed = ", ".join(
            f"{identifier(name)}::{kind} as {identifier(name)}"
            for name, (kind, _) in self.code.COLUMNS.items()
        )
        connection.register("frame", frame)
        try:
            connection.execute(f"create or replace table {self.table} as select {typed} from frame")
        finally:
            connection.unregister("frame")

    def _before(self, connection: DuckDBPyConnection) -> pd.DataFrame | None:
        """The table of the last build, unless there is none or it had other columns."""
        if self.name not in tables(connection, self.schema):
            return None
        before = connection.execute(f"from {self.table}").df()
        return before if list(before.columns) == list(self.code.COLUMNS) else None


def _sources(sql: str) -> frozenset[str]:
    """Tables that follow `from` or `join` with their schema, outside comments; sqlglot takes half a second for it."""
    return frozenset(SOURCE.findall(re.sub("--.*", "", sql)))


def _leaving_out(sql: str, without: Collection[str]) -> str:
    """The same SQL, in which tables of staging have no rows of these companies."""
    if not without:
        return sql

    def of_others(found: re.Match[str]) -> str:
        join, table, alias = found.groups()
        named = alias or f" as {table.partition('.')[2]}"
        return f"{join} (from {table} where realm_id not in ({literals(sorted(without))})){named}"

    return STAGING.sub(of_others, sql)


def read(schema: str) -> list[Model]:
    """Every SQL model of a schema."""
    files = sorted((FOLDER / schema).glob("*.sql"))
    return [Model(schema, file.stem, file.read_text(encoding="utf-8")) for file in files]


def read_python(schema: str) -> list[PythonModel]:
    """Every Python model of a schema."""
    names = sorted(file.stem for file in (FOLDER / schema).glob("*.py"))
    return [
        PythonModel(schema, name, importlib.import_module(f"transforms.{schema}.{name}")) for name in names
    ]


def read_all(*schemas: str) -> list[Table]:
    """Every model of these schemas, whatever it is written in."""
    models: list[Table] = []
    for schema in schemas:
        models += [*read(schema), *read_python(schema)]
    return models


def comments() -> dict[str, str]:
    """What the files say of their tables, by schema and table, and of their columns, by schema, table and column.

    They stand in the published file; nobody reads them in the warehouse, where each night would write them anew.
    """
    made = read_all(*SCHEMAS)
    return {model.table: model.purpose for model in made} | {
        f"{model.table}.{column}": comment for model in made for column, comment in model.columns.items()
    }


def making(models: Sequence[Table], tables: Collection[str]) -> list[Table]:
    """The models that make these tables, and the tables from which they select."""
    by_table = {model.table: model for model in models}
    wanted, made = set(tables) & by_table.keys(), set[str]()
    while wanted:
        made |= wanted
        wanted = {source for table in wanted for source in by_table[table].sources} & by_table.keys() - made
    return [by_table[table] for table in sorted(made)]


def in_order(models: Sequence[Table]) -> list[Table]:
    """Models, each after those from which it selects; a circle or an unknown table is an error."""
    by_table = {model.table: model for model in models}
    schemas = {model.schema for model in models}
    graph = {}
    for model in models:
        built = {source for source in model.sources if source.split(".")[0] in schemas}
        if unknown := built - by_table.keys():
            raise ValueError(f"{model.table} selects from {', '.join(sorted(unknown))}, which no file builds")
        graph[model.table] = sorted(built)
    return [by_table[table] for table in TopologicalSorter(graph).static_order()]
