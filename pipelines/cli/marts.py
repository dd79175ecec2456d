"""What people can ask: the tables of the published file and their columns, by the comments inside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches

from duckdb import DuckDBPyConnection

from pipelines.base.errors import WrongUsage
from pipelines.base.text import as_json, table
from pipelines.published.file import published
from pipelines.workspace.home import Home
from transforms.engine.macros import AS_OF

LISTED = """
select schema_name, table_name, 'table', coalesce(comment, '') from duckdb_tables()
where database_name = current_database()
union all
select distinct schema_name, function_name, 'macro', coalesce(comment, '') from duckdb_functions()
where database_name = current_database() and schema_name = 'marts' and function_type = 'table_macro'
order by all
"""
COLUMNS = """
select column_name, data_type, coalesce(comment, '') from duckdb_columns()
where database_name = current_database() and schema_name || '.' || table_name = ?
order by column_index
"""


@dataclass(frozen=True)
class Mart:
    """A table, or a macro that is called with a date, and what it is for; of any schema."""

    schema: str
    name: str
    kind: str
    purpose: str

    @property
    def called(self) -> str:
        return f"{self.schema}.{self.name}" + ("(d)" if self.kind == "macro" else "")


def marts_of(home: Home, *, to_json: bool = False) -> str:
    """Every mart and its purpose. Raises NothingPublished."""
    with published(home) as connection:
        marts = [mart for mart in _listed(connection) if mart.schema == "marts"]
    if to_json:
        return as_json([asdict(mart) for mart in marts])
    return "\n".join(table(("mart", "what it is"), ((mart.called, mart.purpose) for mart in marts)))


def mart_of(home: Home, name: str, *, to_json: bool = False) -> str:
    """The columns of a mart, or of another schema's table, with types and comments.

    Raises WrongUsage, with the nearest names, if there is no such mart or table.
    """
    plain = name.removeprefix("marts.").removesuffix("(d)")
    with published(home) as connection:
        by_name = {f"{mart.schema}.{mart.name}".removeprefix("marts."): mart for mart in _listed(connection)}
        if plain not in by_name:
            raise WrongUsage(_no_such(name, get_close_matches(plain.lower(), by_name, cutoff=0.5)))
        mart = by_name[plain]
        described = AS_OF[plain][0] if mart.kind == "macro" else f"{mart.schema}.{mart.name}"
        columns = connection.execute(COLUMNS, [described]).fetchall()
    if to_json:
        named = [dict(zip(("name", "type", "comment"), column, strict=True)) for column in columns]
        return as_json(asdict(mart) | {"columns": named})
    return "\n".join([mart.called, mart.purpose, "", *table(("column", "type", "what it is"), columns)])


def _listed(connection: DuckDBPyConnection) -> list[Mart]:
    return [Mart(*row) for row in connection.execute(LISTED).fetchall()]


def _no_such(name: str, nearest: list[str]) -> str:
    if nearest:
        return f"There is no mart {name}. Did you mean {' or '.join(nearest)}?"
    return f"There is no mart {name}; `quickduck marts` lists those there are."
