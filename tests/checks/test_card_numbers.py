"""Card numbers in text fields are found, and told from other long numbers."""

from __future__ import annotations

import duckdb
import pytest

from checks.card_numbers import card_numbers, found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("paid with 4111 1111 1111 1111, thanks", ["4111111111111111"]),
        ("Amex 3782-822463-10005", ["378282246310005"]),
        ("5555555555554444 and 4012888888881881", ["5555555555554444", "4012888888881881"]),
        ("order 4111 1111 1111 1112", []),
        ("tracking 9400111899223100001234", []),
        ("0000 0000 0000 0000", []),
        ("call 650-555-3311 or 650-555-3312", []),
    ],
)
def test_a_card_number_has_a_brands_digits_and_a_right_check_digit(text, numbers):
    assert card_numbers(text) == numbers


def test_the_place_is_named_and_the_number_is_not_repeated():
    with duckdb.connect() as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.invoices as select '9130' as realm_id, '57' as invoice_id, "
            "'card 4111111111111111' as private_note, '4111111111111111' as customer_id"
        )
        (place,) = found(connection, "9130")
        assert (place.entity, place.id, place.column) == ("invoices", "57", "private_note")
        assert place.actual == "ends in 1111"
        assert found(connection, "9130", unpublished=["invoices.private_note"]) == []
        assert found(connection, "2") == []
