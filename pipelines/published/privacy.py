"""Columns that people keep out of the published file, or publish as keyed hashes.

The warehouse keeps everything. A name is `column`, `table.column` or `schema.table.column` of staging, core,
marts or history, and `*` stands for anything; `ops` and `checks` repeat nothing of what is named here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.base.errors import ConfigurationError
from pipelines.base.files import write_durably
from pipelines.base.sqltext import columns, identifier
from pipelines.published.plain_types import plain_kind

SCHEMAS = ("staging", "core", "marts", "history")
KEY = re.compile(r"(^|_)(id|no)$|^(doc|source|target|payment|entity|linked_txn)_type$|^period$")
MARK = "hashed:"
HASHED = "Hashed by a setting: equal values have equal hashes"
"""What the comment of a published column says that is hashed."""
BLOCK = 64  # bytes that SHA-256 takes at once, which HMAC pads its key to


@dataclass(frozen=True)
class Column:
    """One column that would be published."""

    schema: str
    table: str
    name: str
    kind: str
    comment: str

    @property
    def is_key(self) -> bool:
        """Whether joins and counts go over it, so that it has to be published as it is."""
        return bool(KEY.search(self.name))

    @property
    def is_text(self) -> bool:
        return self.kind == "VARCHAR"

    @property
    def is_flag(self) -> bool:
        """Whether it says only yes or no: that there is an e-mail address, say, not which."""
        return self.kind == "BOOLEAN"

    def is_meant_by(self, pattern: str) -> bool:
        """Whether a name in the settings means this column."""
        parts = pattern.split(".")
        own = (self.schema, self.table, self.name)[-len(parts) :]
        return all(fnmatchcase(name, part) for name, part in zip(own, parts, strict=True))

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"


@dataclass(frozen=True)
class Withheld:
    """The columns that are not published, and those that are published as hashes.

    A column named in both lists is left out.
    """

    left_out: frozenset[Column] = frozenset()
    hashed: frozenset[Column] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def all(self) -> frozenset[Column]:
        return self.left_out | self.hashed

    @property
    def names(self) -> frozenset[str]:
        """Columns that no reader of the published file sees as they are, as `schema.table.column`."""
        return self.left_out_names | self.hashed_names

    @cached_property
    def left_out_names(self) -> frozenset[str]:
        """Columns that are not published, as `schema.table.column`."""
        return frozenset(map(str, self.left_out))

    @cached_property
    def hashed_names(self) -> frozenset[str]:
        """Columns published as hashes, as `schema.table.column`."""
        return frozenset(map(str, self.hashed))

    def filled(self, statement: str) -> str:
        """A macro's statement with null for each column that is left out, for it selects its tables whole."""
        if not statement.startswith("create"):
            return statement
        lacking: dict[str, list[str]] = {}
        for column in sorted(self.left_out, key=str):
            lacking.setdefault(f"{column.schema}.{column.table}", []).append(
                f"null::{plain_kind(column.name, column.kind)} as {identifier(column.name)}"
            )
        for table, nulls in lacking.items():
            filled = f"(select *, {', '.join(nulls)} from {table})"
            statement = re.sub(rf"\b{re.escape(table)}\b(?!\()", filled, statement)
        return statement


def withheld_columns(
    warehouse: DuckDBPyConnection,
    leave_out_columns: Collection[str] = (),
    hash_columns: Collection[str] = (),
    readers: Iterable[str] = (),
) -> Withheld:
    """The columns that the settings name; `readers` are statements that must go on working.

    Raises ConfigurationError for a name that is no column's, and for a column that cannot be withheld.
    """
    if not leave_out_columns and not hash_columns:
        return Withheld()
    candidates = _columns(warehouse)
    readers = list(readers)
    left_out = frozenset(
        column
        for name in leave_out_columns
        for column in _meant(candidates, name, "leave_out_columns", readers)
    )
    hashed = frozenset(
        column for name in hash_columns for column in _meant(candidates, name, "hash_columns", readers)
    )
    return Withheld(left_out, hashed - left_out)


def shown_columns(
    published: DuckDBPyConnection,
    leave_out_columns: Collection[str] = (),
    hash_columns: Collection[str] = (),
) -> list[str]:
    """Columns of a published file that it shows and that these settings withhold, as `schema.table.column`."""
    open_columns = [column for column in _columns(published) if not column.is_key]
    bare = [column for column in open_columns if column.is_text and HASHED not in column.comment]
    return [str(column) for column in open_columns if any(map(column.is_meant_by, leave_out_columns))] + [
        str(column) for column in bare if any(map(column.is_meant_by, hash_columns))
    ]


def hash_key(path: Path) -> Mapping[str, bytes]:
    """HMAC's two keys, out of the secret kept at `path`, which is made on first use and never changes.

    With another secret the same value would get another hash.
    """
    if not path.exists():
        write_durably(path, secrets.token_hex(32).encode())
    padded = path.read_bytes().ljust(BLOCK, b"\0")
    return {
        "inner": bytes(byte ^ 0x36 for byte in padded),
        "outer": bytes(byte ^ 0x5C for byte in padded),
    }


def hash_of(text: str) -> str:
    """SQL for HMAC-SHA256 of a text, over the parameters of `hash_key`; null stays null."""
    return f"'{MARK}' || sha256($outer || unhex(sha256($inner || encode({text}))))"


def hash_once(text: str) -> str:
    """SQL that hashes a text unless it was hashed on an earlier night."""
    return f"case when regexp_full_match({text}, '{MARK}[0-9a-f]{{64}}') then {text} else {hash_of(text)} end"


def _columns(warehouse: DuckDBPyConnection) -> list[Column]:
    return [Column(*column) for column in sorted(columns(warehouse, SCHEMAS))]


def _meant(candidates: list[Column], name: str, setting: str, readers: list[str]) -> list[Column]:
    """The columns that one name in the settings means.

    A pattern passes over keys, and over flags where it would hash them; a key's own name is refused.
    """
    named = f"sources.quickbooks.{setting} names {name}"
    matching = [column for column in candidates if column.is_meant_by(name)]
    if not matching:
        raise ConfigurationError(f"{named}, but no published column is called so. {_near(candidates, name)}")
    keys = [column for column in matching if column.is_key]
    withheld = [column for column in matching if not column.is_key]
    if keys and (not withheld or "*" not in name):
        raise ConfigurationError(
            f"{named}, but {keys[0]} is a key: joins and counts need it, so it is published as it is."
        )
    if setting == "hash_columns":
        if "*" in name:
            withheld = [column for column in withheld if not column.is_flag] or withheld
        for column in withheld:
            if not column.is_text:
                raise ConfigurationError(
                    f"{named}, but {column} is no text ({column.kind}), and only text can be hashed. "
                    "Name it in leave_out_columns, or name the text columns alone."
                )
    for column in withheld:
        if not column.is_text and any(_computes_with(statement, column) for statement in readers):
            raise ConfigurationError(
                f"{named}, but the figures of quickduck's own macros and closing screen need {column}. "
                "Name the other columns alone."
            )
    return withheld


def _computes_with(statement: str, column: Column) -> bool:
    return f"{column.schema}.{column.table}" in statement and bool(
        re.search(rf"\b{re.escape(column.name)}\b", statement)
    )


def _near(candidates: list[Column], name: str) -> str:
    """Names that may have been meant, in the form that was used."""
    depth = name.count(".") + 1
    names = {".".join(str(column).split(".")[-depth:]) for column in candidates if not column.is_key}
    near = get_close_matches(name, sorted(names), n=5, cutoff=0.6)
    within = sorted(one for one in names if name.strip("*") and name.strip("*") in one)[:5]
    listed = list(dict.fromkeys([*near, *within]))[:5]
    if listed:
        return f"Near it are {', '.join(listed)}."
    return "A name is column, table.column or schema.table.column of staging, core, marts or history; * is anything."
