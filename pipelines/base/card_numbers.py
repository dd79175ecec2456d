"""Payment card numbers that somebody typed into a text field: they must not be published.

A number counts when its length and first digits are those of a card brand and its check digit is right. A barcode may
look so: it has a check digit of its own, and fields where it belongs.
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
    r"4(\d{12}|\d{15}|\d{18})"  # Visa
    r"|(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|220[0-4])\d{12}"  # Mastercard, Mir
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|09|[689]\d)\d{11}"  # Diners Club
    r"|35(2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|6(0\d\d|2\d\d|4[4-9]\d|5\d\d)\d{12,15}"  # Discover, RuPay, UnionPay
    r"|(5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"  # Maestro
)
"""First digits and lengths. https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)"""
BARCODE_FIELD = re.compile(r"(^|_)(sku|barcode|gtin|ean|upc|isbn|part_number|item_code)(_|$)")
BARCODE_LENGTHS = (8, 12, 13, 14, 17, 18)
"""Of GS1's numbers for goods (GTIN) and for what they are shipped in. https://www.gs1.org/services/check-digit"""
SHORTEST_TODAY = 15
"""Digits of the cards that are common now; shorter ones are old Visa, Diners Club and Maestro."""
OF_CARDS = re.compile(r"\b(card|visa|maestro|diners|cvv|cvc|exp)\b", re.IGNORECASE)
MASKED = "staging.other_fields"
"""The table that is published with its card numbers masked, if at all."""
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
    connection: DuckDBPyConnection,
    realm_ids: Collection[str],
    withheld: Collection[str] = (),
    schemas: Collection[str] = PUBLISHED,
) -> Iterator[Place]:
    """Where card numbers of these companies stand, by table, key and column; the numbers themselves are not repeated.

    Every text of staging, core and marts is looked at each night: a million rows take half a second.
    `withheld` names columns, as `schema.table.column`, that no reader of the published file sees.
    """
    looked_at = list(_texts(connection, withheld, schemas))
    if not looked_at:
        return
    rows = connection.execute(
        " union all ".join(starmap(_candidates, looked_at)) + " order by table_name, id",
        {"realm_ids": list(realm_ids), "candidate": SQL_CANDIDATE},
    ).fetchall()
    texts_of = {table: texts for table, _, texts in looked_at}
    for table, id, values in rows:
        for column, text in zip(texts_of[table], values, strict=True):
            for number in card_numbers(text or "", column):
                yield Place(table, str(id), column, number[-4:])


def card_numbers(text: str, field: str = "") -> list[str]:
    """The card numbers in `text`, digits only; `field` is the name of the column that it stands in."""
    numbers = map(_digits, CANDIDATE.finditer(text))
    return [digits for digits in numbers if _is_card(digits, text, field)]


def masked(text: str, field: str = "") -> str:
    """The text with each card number cut down to its last four digits."""
    return CANDIDATE.sub(
        lambda match: f"…{digits[-4:]}" if _is_card(digits := _digits(match), text, field) else match.group(),
        text,
    )


def is_for_barcodes(field: str) -> bool:
    """Whether a column of this name is where people write barcodes."""
    return bool(BARCODE_FIELD.search(field))


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())


def _is_card(digits: str, text: str, field: str) -> bool:
    return bool(BRANDS.fullmatch(digits)) and _checks_out(digits) and not _is_barcode(digits, text, field)


def _is_barcode(digits: str, text: str, field: str) -> bool:
    """Whether a number that could be a card's is rather a barcode.

    One in ten barcodes of a right length and beginning passes for a card, and one in ten cards for a barcode. No card
    of 13 digits has been issued for decades; of 14 digits it takes that the text does not speak of cards.
    """
    if is_for_barcodes(field) and len(digits) < SHORTEST_TODAY:
        return True
    if len(digits) not in BARCODE_LENGTHS or not _is_gs1(digits):
        return False
    return len(digits) == 13 or not OF_CARDS.search(text)


def _is_gs1(digits: str) -> bool:
    """Whether the last digit is the check digit of a barcode: the others weigh 3 and 1 in turn, from the right."""
    weighed = (int(digit) * (3 if position % 2 == 0 else 1) for position, digit in enumerate(digits[-2::-1]))
    return (sum(weighed) + int(digits[-1])) % 10 == 0


def _texts(
    connection: DuckDBPyConnection, withheld: Collection[str], schemas: Collection[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Tables with the column that names their rows and those that hold text; ids are QuickBooks's own."""
    by_table: dict[tuple[str, str], list[str]] = {}
    for column in columns(connection, schemas):
        if column.kind == "VARCHAR" and f"{column.schema}.{column.table}" != MASKED:
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
        f"from {table} where list_contains($realm_ids, realm_id) and regexp_matches({joined}, $candidate)"
    )


def _checks_out(digits: str) -> bool:
    """Luhn's check digit; a run of one digit passes it and is no card."""
    total = 0
    for position, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and len(set(digits)) > 1
