"""One row per customer, contact or conversation and telephone number or e-mail address that can be compared with
others. Contacts and conversations are those that people gave; what is no valid number or address is left out.

Numbers are read by libphonenumber in the country of the customer's or contact's own address, else in the company's;
fax numbers not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

SOURCE = """
    with values_given as (
        select
            realm_id,
            'Customer' as entity_type,
            customer_id as entity_id,
            field,
            value,
            billing_country,
            shipping_country,
        from staging.customers
        unpivot (value for field in (primary_phone, mobile, alternate_phone, email))

        union all

        select realm_id, 'Contact', contact_id, field, value, contacts.country, null
        from (from build.contacts unpivot (value for field in (phone, email))) as contacts
        cross join core.companies

        union all

        select
            realm_id,
            'Conversation',
            conversation_id,
            if(contains(number_or_address, '@'), 'email', 'phone'),
            number_or_address,
            null,
            null,
        from build.conversations
        cross join core.companies
    )

    select
        values_given.realm_id,
        entity_type,
        entity_id,
        field,
        value,
        concat_ws(' ', billing.country, shipping.country, companies.country) as countries,
    from values_given
    join core.companies using (realm_id)
    left join core.countries as billing
        on billing.realm_id = values_given.realm_id and billing.spelling = values_given.billing_country
    left join core.countries as shipping
        on shipping.realm_id = values_given.realm_id and shipping.spelling = values_given.shipping_country
    order by all
"""

COLUMNS = {
    "entity_type": (
        "varchar",
        "Who has the number or address: Customer, Contact of contacts.csv, or Conversation of conversations.csv.",
    ),
    "field": (
        "varchar",
        "Field that holds the number or address: primary_phone, mobile, alternate_phone or email of a customer, "
        "phone or email of a contact or conversation.",
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
    "entity_id": (
        "varchar",
        "QuickBooks id of the customer, id of the contact in contacts.csv, or number of the conversation in "
        "conversations.csv.",
    ),
}

KEY = ["realm_id", "entity_type", "entity_id", "phone", "email"]

PLAIN_NUMBER = re.compile(r"[\d\s().+-]+")
BETWEEN_NUMBERS = re.compile(r"[/;,|&\n](?!\s*(?:;?ext|x\.?\s*\d))|\b(?:or|and)\b", re.IGNORECASE)
DIALLED_ABROAD = re.compile(r"(?<![\d+])00[ .-]?(?=[1-9])")
FAX = re.compile(r"\bfax\W*$", re.IGNORECASE)
BETWEEN_ADDRESSES = re.compile(r"[\s,;:<>()\[\]|\"]+")
ADDRESS = re.compile(r"([^@]+@[^@?]+)(?:\?[^@]*)?")


def rows(given: pd.DataFrame) -> pd.DataFrame:
    """One row per key that a value holds."""
    found = [
        (entity_type, field, *key, realm_id, entity_id)
        for realm_id, entity_type, entity_id, field, value, countries in zip(
            *(given[name].tolist() for name in given), strict=True
        )
        for key in (
            ((None, None, email) for email in emails(value))
            if field == "email"
            else ((phone, extension, None) for phone, extension in phones(value, *regions(countries)))
        )
    ]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object).drop_duplicates(KEY)


def emails(text: str) -> list[str]:
    """The addresses in a text: `Ann <A@x.com>, mailto:b@x.com.` gives two."""
    parts = [part.lstrip(".'").rstrip(".'!?") for part in BETWEEN_ADDRESSES.split(text.lower())]
    whole = [one for part in parts for one in ([part] if part.count("@") < 2 else part.split("/"))]
    return [found[1] for part in whole if (found := ADDRESS.fullmatch(part))]


@cache
def phones(text: str, *regions: str) -> list[tuple[str, str | None]]:
    """The valid numbers of a field, each with its extension: `650.555.3311 x12` is +16505553311 and 12.

    A number is read in the first of the regions in which it is valid; without a region only numbers with their
    country code are. A possible number is not enough, because every number of seven digits is possible.
    """
    return next((found for region in regions or (None,) if (found := list(_phones(text, region)))), [])


def _phones(text: str, region: str | None) -> Iterator[tuple[str, str | None]]:
    """Most fields hold one number and nothing else. In others libphonenumber finds numbers among words; what it leaves
    is read part by part, where letters may stand for digits, and 00 for the plus of a country code."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    if PLAIN_NUMBER.fullmatch(text) and (key := _key(text, region)):
        yield key
        return
    rest, end = "", 0
    for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
        before = text[end : match.start]
        rest, end = f"{rest}{before};", match.end
        if not FAX.search(before):
            yield _named(match.number)
    for part in BETWEEN_NUMBERS.split(rest + text[end:]):
        if FAX.search(part.rstrip("0123456789()+-. ")):
            continue
        if key := _key(part, region) or _key(DIALLED_ABROAD.sub("+", part), region):
            yield key
        elif PLAIN_NUMBER.fullmatch(part):
            yield from _numbers_apart_by_spaces(part.split(), region)


def _numbers_apart_by_spaces(words: list[str], region: str | None) -> Iterator[tuple[str, str | None]]:
    """The valid numbers that words of digits make, each as long as it can be."""
    while words:
        ends = range(len(words), 0, -1)
        end, key = next(
            ((end, key) for end in ends if (key := _key(" ".join(words[:end]), region))), (1, None)
        )
        if key:
            yield key
        del words[:end]


def _key(text: str, region: str | None) -> tuple[str, str | None] | None:
    """The number that a text is, if it is a valid one."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return _named(number) if phonenumbers.is_valid_number(number) else None


def _named(number: PhoneNumber) -> tuple[str, str | None]:
    import phonenumbers

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), number.extension


@cache
def regions(countries: str) -> tuple[str, ...]:
    """Those of several countries, apart by spaces, that libphonenumber knows."""
    import phonenumbers

    return tuple(code for code in dict.fromkeys(countries.split()) if code in phonenumbers.SUPPORTED_REGIONS)
