"""The SQL files: folder is schema, file is table, the file's own comments describe it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp

FOLDER = Path(__file__).parent
SCHEMAS = ("staging", "core", "marts")


@dataclass(frozen=True)
class Model:
    """One SQL file, which is one table."""

    schema: str
    name: str
    sql: str

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

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
        """Comment of each column: what trails its line in the CTE `final`."""
        final = self.sql.partition("\nfinal as (")[2]
        described = (re.match(r"(.*?),?\s+-- (.+)$", line) for line in final.splitlines())
        return {re.split(r"\W", line[1])[-1]: line[2].strip() for line in described if line}


@cache
def _sources(sql: str) -> frozenset[str]:
    tables = sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Table)
    return frozenset(f"{table.db}.{table.name}" for table in tables if table.db)


def read(schema: str) -> list[Model]:
    """Every model of a schema."""
    files = sorted((FOLDER / schema).glob("*.sql"))
    return [Model(schema, file.stem, file.read_text(encoding="utf-8")) for file in files]


def in_order(models: list[Model]) -> list[Model]:
    """Models with each one after those it selects from; a circle or an unknown table is an error."""
    by_table = {model.table: model for model in models}
    schemas = {model.schema for model in models}
    graph = {}
    for model in models:
        built = {source for source in model.sources if source.split(".")[0] in schemas}
        if unknown := built - by_table.keys():
            raise ValueError(f"{model.table} selects from {', '.join(sorted(unknown))}, which no file builds")
        graph[model.table] = sorted(built)
    return [by_table[table] for table in TopologicalSorter(graph).static_order()]
