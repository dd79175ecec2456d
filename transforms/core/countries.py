"""One row per company and spelling of a country in its books and contacts: the country it means.

Codes of two and three letters and English names are those of ISO 3166; other names are listed here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import pandas as pd

SOURCE = """
    with addresses as (
        select realm_id, country as spelling from staging.company_info
        union all
        select realm_id, unnest([billing_country, shipping_country]) from staging.customers
        union all
        select realm_id, unnest([billing_country, shipping_country]) from staging.invoices
        union all
        select realm_id, unnest([billing_country, shipping_country]) from staging.sales_receipts
        union all
        select realm_id, unnest([billing_country, shipping_country]) from staging.credit_memos
        union all
        select realm_id, unnest([billing_country, shipping_country]) from staging.refund_receipts
        union all
        select realm_id, country
        from build.contacts
        cross join (select distinct realm_id from build.as_of_dates)
    )

    select distinct realm_id, spelling
    from addresses
    where spelling <> ''
    order by all
"""

COLUMNS = {
    "spelling": ("varchar", "Country as people or QuickBooks wrote it in an address."),
    "country": (
        "varchar",
        "Country that is meant, as an ISO 3166 code of two letters; null when no country is called so.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}

OTHER_NAMES = """
    AE: UAE, Emirates
    AT: Österreich
    BE: Belgique, België
    BN: Brunei
    BO: Bolivia
    BR: Brasil
    CD: DR Congo, Democratic Republic of the Congo, DRC
    CH: Schweiz, Suisse, Svizzera
    CI: Ivory Coast
    CV: Cape Verde
    CZ: Czech Republic, Česko
    DE: Deutschland, Allemagne, Alemania
    DK: Danmark
    ES: España, Espagne
    FI: Suomi
    GB: UK, United Kingdom, Great Britain, Britain, England, Scotland, Wales, Northern Ireland
    GR: Hellas
    IE: Republic of Ireland, Eire
    IR: Iran
    IT: Italia
    KP: North Korea
    KR: Korea, South Korea, Republic of Korea
    LA: Laos
    MK: Macedonia
    MM: Burma
    MO: Macau
    NL: Holland, Nederland, Netherlands
    NO: Norge
    PL: Polska
    RU: Russia
    SE: Sverige
    SY: Syria
    SZ: Swaziland
    TR: Turkey
    US: United States, America, Estados Unidos, États-Unis, EE UU
    VA: Vatican, Vatican City
    VN: Vietnam
"""


def rows(given: pd.DataFrame) -> pd.DataFrame:
    """Each spelling with its country."""
    return given.assign(country=given["spelling"].map(country))[list(COLUMNS)]


def country(spelling: str) -> str | None:
    """The code of a country by its code or name: `USA`, `u.s.`, `United States (US)` and `us` give US."""
    without_brackets = re.sub(r"\(.*?\)", " ", spelling)
    return _countries().get(_plain(spelling)) or _countries().get(_plain(without_brackets))


@cache
def _countries() -> dict[str, str]:
    """Codes by plain names. `Bolivia, Plurinational State of` is Bolivia too, where no other country begins so."""
    import iso3166

    whole: dict[str, str] = {}
    short: dict[str, set[str]] = {}
    for found in iso3166.countries:
        for name in (found.alpha2, found.alpha3, found.name, found.apolitical_name):
            whole[_plain(name)] = found.alpha2
            short.setdefault(_plain(re.split(r"[,(]", name)[0]), set()).add(found.alpha2)
    unique = {name: next(iter(codes)) for name, codes in short.items() if len(codes) == 1}
    others = {
        _plain(name): code.strip()
        for code, _, names in (line.partition(":") for line in OTHER_NAMES.strip().splitlines())
        for name in names.split(",")
    }
    return unique | whole | others


def _plain(name: str) -> str:
    """A name in capitals, without accents, punctuation and a leading article: `U. S. A.` is USA."""
    letters = unicodedata.normalize("NFKD", name.replace("&", " and ")).upper()
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"[.'’]|[\u0300-\u036f]", "", letters)).split()
    if words[:1] == ["THE"]:
        del words[0]
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)
