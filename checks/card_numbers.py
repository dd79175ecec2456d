"""Payment card numbers that somebody typed into a text field: they must not be published.

A number counts when its length and first digits are those of a card brand and its check digit is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, TieOut

CANDIDATE = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])")
SQL_CANDIDATE = r"\d([ -]?\d){12,18}"
BRANDS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})|(5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[068]\d{12}|(6\d|35)\d{14,17}"
)
NOT_TEXT = re.compile(r"(_id|_type|currency|_status|country)$")


def found(
    connection: DuckDBPyConnection, realm_id: str, unpublished: Collection[str] = ()
) -> list[Difference]:
    """Where card numbers stand in staging, by table, key and column; the numbers themselves are not repeated.

    `unpublished` names columns, as `column` or `table.column`, that never reach the published file.
    """
    return [
        Difference("card_numbers", table, key, column, "no card number", f"ends in {number[-4:]}")
        for table, key_column, columns in _texts(connection, unpublished)
        for key, column, number in _in_table(connection, realm_id, table, key_column, columns)
    ]


def check(connection: DuckDBPyConnection, realm_id: str, unpublished: Collection[str] = ()) -> TieOut:
    """How many card numbers would be published, and where they stand."""
    places = found(connection, realm_id, unpublished)
    return TieOut("card_numbers", {"card_numbers": len(places)}, tuple(places))


def card_numbers(text: str) -> list[str]:
    """The card numbers in `text`, digits only."""
    candidates = (re.sub(r"[ -]", "", match.group()) for match in CANDIDATE.finditer(text))
    return [digits for digits in candidates if BRANDS.fullmatch(digits) and _checks_out(digits)]


def _texts(
    connection: DuckDBPyConnection, unpublished: Collection[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Tables of staging with their key and the columns in which people write."""
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) filter (data_type = 'VARCHAR') "
        "from duckdb_columns() where schema_name = 'staging' and database_name = current_database() "
        "group by table_name order by table_name"
    ).fetchall()
    for table, columns in rows:
        keys = [column for column in columns or [] if column.endswith("_id") and column != "realm_id"]
        texts = [
            column
            for column in columns or []
            if not NOT_TEXT.search(column) and not {column, f"{table}.{column}"} & set(unpublished)
        ]
        if keys and texts:
            yield table, keys[0], texts


def _in_table(
    connection: DuckDBPyConnection, realm_id: str, table: str, key: str, columns: list[str]
) -> Iterator[tuple[str, str, str]]:
    joined = "concat_ws(chr(10), " + ", ".join(f'"{column}"' for column in columns) + ")"
    selected = ", ".join(f'"{column}"' for column in (key, *columns))
    rows = connection.execute(
        f'select {selected} from staging."{table}" '
        f"where realm_id = $realm_id and regexp_matches({joined}, $candidate) order by 1",
        {"realm_id": realm_id, "candidate": SQL_CANDIDATE},
    ).fetchall()
    for id, *texts in rows:
        for column, text in zip(columns, texts, strict=True):
            for number in card_numbers(text or ""):
                yield str(id), column, number


def _checks_out(digits: str) -> bool:
    """Luhn's check digit; a run of one digit passes it and is no card."""
    total = 0
    for position, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and len(set(digits)) > 1
