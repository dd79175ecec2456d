"""One row per customer or contact and telephone number or e-mail address that can be compared with others.
The contacts are those that people gave; what is no valid number or address is left out.

Numbers are read by libphonenumber in the country of the company, and fax numbers not at all.
"""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

SOURCE = """
    with values_given as (
        select realm_id, 'Customer' as entity_type, customer_id as entity_id, field, value
        from staging.customers
        unpivot (value for field in (primary_phone, mobile, alternate_phone, email))

        union all

        select realm_id, 'Contact', contact_id, field, value
        from build.contacts
        unpivot (value for field in (phone, email))
        cross join core.companies
    )

    select realm_id, entity_type, entity_id, field, value, upper(trim(country)) as country
    from values_given
    join core.companies using (realm_id)
    order by all
"""

COLUMNS = {
    "entity_type": ("varchar", "Who has the number or address: Customer, or Contact of contacts.csv."),
    "field": (
        "varchar",
        "Field that holds the number or address: primary_phone, mobile, alternate_phone or email of a customer, "
        "phone or email of a contact.",
    ),
    "phone": (
        "varchar",
        "Valid telephone number with country code, such as +16505553311; null for an address.",
    ),
    "extension": (
        "varchar",
        "Extension typed with the number, by which numbers are not compared; mostly null.",
    ),
    "email": ("varchar", "E-mail address in lower case; null for a number."),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "entity_id": ("varchar", "QuickBooks id of the customer, or id of the contact in contacts.csv."),
}

KEY = ["realm_id", "entity_type", "entity_id", "phone", "email"]

BETWEEN_NUMBERS = re.compile(r"[/;,\n](?!\s*(?:;?ext|x\.?\s*\d))", re.IGNORECASE)
BETWEEN_ADDRESSES = re.compile(r"[,;\n]")
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def rows(given: pd.DataFrame) -> pd.DataFrame:
    """One row per key that a value holds."""
    found = [
        (entity_type, field, *key, realm_id, entity_id)
        for realm_id, entity_type, entity_id, field, value, country in zip(
            *(given[name].tolist() for name in given), strict=True
        )
        for key in (
            ((None, None, email) for email in emails(value))
            if field == "email"
            else ((phone, extension, None) for phone, extension in phones(value, region(country)))
        )
    ]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object).drop_duplicates(KEY)


def emails(text: str) -> list[str]:
    """The addresses in a list: `A@x.com, b@x.com` gives two."""
    parts = (part.strip().lower() for part in BETWEEN_ADDRESSES.split(text))
    return [part for part in parts if ADDRESS.fullmatch(part)]


@cache
def phones(text: str, region: str | None) -> list[tuple[str, str | None]]:
    """The valid numbers of a field, each with its extension: `650.555.3311 x12` is +16505553311 and 12.

    Without a region only numbers with their country code are valid. A possible number is not enough, because
    every number of seven digits is possible.
    """
    import phonenumbers

    found = []
    for part in BETWEEN_NUMBERS.split(text):
        try:
            number = phonenumbers.parse(part, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            found.append((key, number.extension))
    return found


@cache
def region(country: object) -> str | None:
    """The region of a company's country, or None if libphonenumber does not know it."""
    import phonenumbers

    return country if isinstance(country, str) and country in phonenumbers.SUPPORTED_REGIONS else None
