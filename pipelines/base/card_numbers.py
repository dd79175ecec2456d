"""Payment card numbers that somebody typed into a text field: they must not be published.

A number counts when its length and first digits are those of a card brand and its check digit is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import starmap

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import columns, identifier, identifiers, literal

BETWEEN = r"[ .\u00a0\u2010-\u2015-]?"
CANDIDATE = re.compile(rf"(?<!\d)(?<!\d\.)[0-9](?:{BETWEEN}[0-9]){{12,18}}(?!\d|\.\d)")
SQL_CANDIDATE = r"\d([ .\x{a0}\x{2010}-\x{2015}-]?\d){12,18}"
BRANDS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})|(5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[068]\d{12}|(6\d|35)\d{14,17}"
)
PUBLISHED = ("staging", "core", "marts")
ID = re.compile(r"(^|_)id$")


@dataclass(frozen=True)
class Place:
    """Where a card number stands: the table, the row's id, the column, and the number's last four digits."""

    table: str
    id: str
    column: str
    last_digits: str


def in_tables(
    connection: DuckDBPyConnection, realm_id: str, withheld: Collection[str] = ()
) -> Iterator[Place]:
    """Where card numbers stand, by table, key and column; the numbers themselves are not repeated.

    Every text of staging, core and marts is looked at each night: a million rows take half a second.
    `withheld` names columns, as `schema.table.column`, that no reader of the published file sees.
    """
    looked_at = list(_texts(connection, withheld))
    if not looked_at:
        return
    rows = connection.execute(
        " union all ".join(starmap(_candidates, looked_at)) + " order by table_name, id",
        {"realm_id": realm_id, "candidate": SQL_CANDIDATE},
    ).fetchall()
    texts_of = {table: texts for table, _, texts in looked_at}
    for table, id, values in rows:
        for column, text in zip(texts_of[table], values, strict=True):
            for number in card_numbers(text or ""):
                yield Place(table, str(id), column, number[-4:])


def card_numbers(text: str) -> list[str]:
    """The card numbers in `text`, digits only."""
    return [digits for match in CANDIDATE.finditer(text) if _is_card(digits := _digits(match))]


def masked(text: str) -> str:
    """The text with each card number cut down to its last four digits."""
    return CANDIDATE.sub(
        lambda match: f"…{digits[-4:]}" if _is_card(digits := _digits(match)) else match.group(), text
    )


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())


def _is_card(digits: str) -> bool:
    return bool(BRANDS.fullmatch(digits)) and _checks_out(digits)


def _texts(connection: DuckDBPyConnection, withheld: Collection[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Tables with the column that names their rows and those that hold text; ids are QuickBooks's own."""
    by_table: dict[tuple[str, str], list[str]] = {}
    for column in columns(connection, PUBLISHED):
        if column.kind == "VARCHAR":
            by_table.setdefault((column.schema, column.table), []).append(column.name)
    for (schema, table), names in by_table.items():
        ids = [name for name in names if ID.search(name)]
        texts = [name for name in names if not ID.search(name) and f"{schema}.{table}.{name}" not in withheld]
        if "realm_id" in ids and texts:
            yield f"{schema}.{table}", next((id for id in ids if id != "realm_id"), "realm_id"), texts


def _candidates(table: str, key: str, texts: list[str]) -> str:
    """A query for the rows whose texts hold so many digits: planned for all tables together in half the time."""
    joined = f"concat_ws(chr(10), {identifiers(texts)})"
    return (
        f"select {literal(table)} as table_name, {identifier(key)} as id, [{identifiers(texts)}] as texts "
        f"from {table} where realm_id = $realm_id and regexp_matches({joined}, $candidate)"
    )


def _checks_out(digits: str) -> bool:
    """Luhn's check digit; a run of one digit passes it and is no card."""
    total = 0
    for position, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and len(set(digits)) > 1
