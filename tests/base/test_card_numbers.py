"""Card numbers in text fields are found, and told from other long numbers."""

from __future__ import annotations

import duckdb
import pytest

from checks.rules.card_numbers import check
from pipelines.base.card_numbers import card_numbers, in_tables, masked


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Diners 3852 0000 0232 37", ["38520000023237"]),
        ("Mastercard 2223003122003222, JCB 3566002020360505", ["2223003122003222", "3566002020360505"]),
        ("old Visa 4222222222222", ["4222222222222"]),
        ("EAN 4051230000076 and 4006381333931", []),
        ("carton 36000000000081", []),
        ("card 36000000000081", ["36000000000081"]),
        ("no brand begins like 6911 1111 1111 1118", []),
        ("paid with 4111 1111 1111 1111, thanks", ["4111111111111111"]),
        ("Amex 3782-822463-10005", ["378282246310005"]),
        ("5555555555554444 and 4012888888881881", ["5555555555554444", "4012888888881881"]),
        ("Please charge 4111 1111 1111 1111.", ["4111111111111111"]),
        ("4111.1111.1111.1111 or 4111\u00a01111\u00a01111\u00a01111", ["4111111111111111"] * 2),
        ("order 4111 1111 1111 1112", []),
        ("a rate of 0.4111111111111111", []),
        ("tracking 9400111899223100001234", []),
        ("0000 0000 0000 0000", []),
        ("call 650-555-3311 or 650-555-3312", []),
    ],
)
def test_a_card_number_has_a_brands_digits_and_a_right_check_digit(text, numbers):
    """A number counts as a card only with a brand's digits and a valid check digit."""
    assert card_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "is_card"),
    [
        ("4222222222222", False),
        ("38520000023237", False),
        ("4051230000076", False),
        ("4111111111111111", True),
    ],
)
def test_where_barcodes_belong_a_short_number_is_none(text: str, is_card: bool) -> None:
    """An item's SKU of up to 14 digits is no card, whatever its check digit; one of 16 is masked."""
    assert bool(card_numbers(text, "sku")) is is_card
    assert masked(text, "sku") == (f"…{text[-4:]}" if is_card else text)


def test_the_place_is_named_and_the_number_is_not_repeated():
    """A finding names table, row and column, shows the last four digits, and skips unpublished columns."""
    with duckdb.connect() as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.invoices as select '9130' as realm_id, '57' as invoice_id, "
            "'card 4111111111111111' as private_note, '4111111111111111' as customer_id"
        )
        (place,) = check(connection, "9130").differences
        assert (place.entity, place.id, place.column) == ("staging.invoices", "57", "private_note")
        assert (place.actual, place.state) == ("one that ends in 1111", "warning")
        assert check(connection, "9130", stops=True).differences[0].is_error
        assert check(connection, "9130", withheld=["staging.invoices.private_note"]).differences == ()
        assert check(connection, "2").differences == ()


def test_every_text_column_that_is_published_is_looked_at():
    """A description travels into core, a country is free text, and a company has no id but its realm's."""
    with duckdb.connect() as connection:
        connection.execute(
            """create schema core; create schema raw;
            create table core.sales_lines as select '1' as realm_id, 'Invoice' as doc_type, '7' as doc_id,
                'card 4111 1111 1111 1111' as description;
            create table core.companies as select '1' as realm_id, '4111111111111111' as country;
            create table raw.invoice as select '1' as realm_id, '7' as id, '4111111111111111' as payload"""
        )
        assert [(place.table, place.id, place.column) for place in in_tables(connection, ["1"])] == [
            ("core.companies", "1", "country"),
            ("core.sales_lines", "7", "description"),
        ]


def test_masking_leaves_other_numbers_alone():
    """Masking leaves the last four digits of a card, as on a receipt, and does not touch other numbers."""
    text = "4111-1111-1111-1111, order 4111 1111 1111 1112, Tel. 650-555-3311"
    assert masked(text) == "…1111, order 4111 1111 1111 1112, Tel. 650-555-3311"
