"""Numbers and addresses that can be compared, and customers not to write to because of what they owe."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.books import money
from transforms.core.contact_keys import emails, phones, regions
from transforms.core.countries import country
from transforms.engine.csv_inputs import Contact

PHONE_TEXT = st.text(st.sampled_from("0123456789+()-. x/;,ext"), max_size=30)
REGIONS = st.sampled_from([("US",), ("CA",), ("GB",), ("IT",), ("AU",), ()])


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("(650) 555-3311", [("+16505553311", None)]),
        ("1-650-555-3311", [("+16505553311", None)]),
        ("650.555.3311 x12", [("+16505553311", "12")]),
        ("650-555-3311, ext. 12", [("+16505553311", "12")]),
        ("650-555-3311;ext=12", [("+16505553311", "12")]),
        ("555-1212", []),  # possible, not valid: all numbers of seven digits would be keys
        ("020 7946 0958", []),
        ("+44 20 7946 0958", [("+442079460958", None)]),
        ("650-555-3311 / 650-555-3312", [("+16505553311", None), ("+16505553312", None)]),
        ("650-555-3311; nights 650-555-3312, 555-1212", [("+16505553311", None), ("+16505553312", None)]),
        ("650-263-0459 or 303-555-1212", [("+16502630459", None), ("+13035551212", None)]),
        ("6502630459/3035551212", [("+16502630459", None), ("+13035551212", None)]),
        ("650 263 0459 303 555 1212", [("+16502630459", None), ("+13035551212", None)]),
        ("650-263-0459 x12, 303-555-1212 ext. 5", [("+16502630459", "12"), ("+13035551212", "5")]),
        ("(650) 263-0459 (Ann)", [("+16502630459", None)]),
        ("617/669-2117", [("+16176692117", None)]),
        ("001 650 263 0459", [("+16502630459", None)]),
        ("00 44 20 7946 0958", [("+442079460958", None)]),
        ("650-263-0459, fax 650-263-0460", [("+16502630459", None)]),
        ("1-800-FLOWERS", [("+18003569377", None)]),
        ("111-111-1111", []),
        ("ask for Ann", []),
        ("", []),
    ],
)
def test_numbers_as_typed_in_the_united_states(typed, keys):
    """Numbers as people type them in the United States become keys in international form, and invalid ones none."""
    assert phones(typed, "US") == keys


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U. S. A.", "US"),
        ("United States of America (the)", "US"),
        ("GBR", "GB"),
        ("Scotland", "GB"),
        ("The Netherlands", "NL"),
        ("Österreich", "AT"),
        ("Tanzania", "TZ"),
        ("Trinidad & Tobago", "TT"),
        ("Virgin Islands", None),  # there are British and American ones
        ("Narnia", None),
        (".", None),
    ],
)
def test_countries_as_written(spelling, code):
    """A country is known by its code of two or three letters and by its names."""
    assert country(spelling) == code


def test_a_number_is_read_in_the_country_of_the_address_else_of_the_company(books):
    """A number without a country code is read in the address's country, else in the company's, else not at all."""
    assert phones("020 7946 0958", "GB") == [("+442079460958", None)]
    assert phones("650 263 0459", "GB", "US") == [("+16502630459", None)]
    assert phones("(650) 555-3311") == []
    assert phones("+1 650 555 3311") == [("+16505553311", None)]
    assert [regions("GB AQ US GB"), regions("Narnia"), regions("")] == [("GB", "US"), (), ()]
    for realm, said in {"1": "USA", "2": "Great Britain", "3": None}.items():
        books.realms.add(realm)
        books.realm_id = realm
        books.put("CompanyInfo", "1", CompanyName=realm, **({"Country": said} if said else {}))
        numbers = {
            "PrimaryPhone": {"FreeFormNumber": "(650) 555-3311"},
            "AlternatePhone": {"FreeFormNumber": "020 7946 0958"},
        }
        books.customer("C", **numbers)
        books.customer("D", **numbers, BillAddr={"Country": "England"})
    books.build(contacts=[Contact("7", phone="020 7946 0958", country="UK")])
    keys = "select realm_id, entity_id, phone from core.contact_keys order by all"
    assert books.rows(keys) == [
        ("1", "7", "+442079460958"),
        ("1", "C", "+16505553311"),
        ("1", "D", "+16505553311"),
        ("1", "D", "+442079460958"),
        ("2", "7", "+442079460958"),
        ("2", "C", "+442079460958"),
        ("2", "D", "+442079460958"),
        ("3", "7", "+442079460958"),
        ("3", "D", "+442079460958"),
    ]
    assert books.rows("select realm_id, country from core.companies order by all") == [
        ("1", "US"),
        ("2", "GB"),
        ("3", None),
    ]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("Ann@X.com", ["ann@x.com"]),
        (" a@x.com, B@x.com;c@x.com ", ["a@x.com", "b@x.com", "c@x.com"]),
        ("Ann Smith <ann@x.com>", ["ann@x.com"]),
        ('"Smith, Ann" <ann@x.com>; <bob@x.com>', ["ann@x.com", "bob@x.com"]),
        ("mailto:ann@x.com?subject=Bill", ["ann@x.com"]),
        ("a@x.com b@x.com/c@x.com.", ["a@x.com", "b@x.com", "c@x.com"]),
        ("ann@x.com (Ann), 'bob@x.com'", ["ann@x.com", "bob@x.com"]),
        ("a.b+news@x.com", ["a.b+news@x.com"]),  # another address than ab@x.com
        ("a@b@x.com, @x.com, a@, nobody", []),
    ],
)
def test_addresses_as_typed(typed, keys):
    """Addresses as people type them become lower-case keys, and what is no address gives none."""
    assert emails(typed) == keys


@settings(max_examples=300, deadline=None)
@given(text=PHONE_TEXT, place=REGIONS)
def test_a_number_taken_apart_again_is_itself(text, place):
    """A key of a phone number read again gives itself, for any text in any region."""
    for key, _ in phones(text, *place):
        assert phones(key, *place) == [(key, None)]


@settings(max_examples=200, deadline=None)
@given(digits=st.integers(2_000_000_000, 9_999_999_999), place=REGIONS)
def test_so_is_a_whole_number_of_any_region(digits, place):
    """A whole number of any region gives a key that is the same in that region and in none."""
    for key, _ in phones(str(digits), *place):
        assert phones(key, *place) == phones(key) == [(key, None)]


@settings(max_examples=200, deadline=None)
@given(text=st.lists(st.one_of(st.emails(), st.text(max_size=8))).map(", ".join))
def test_an_address_taken_apart_again_is_itself(text):
    """A key of an address read again gives itself."""
    for key in emails(text):
        assert emails(key) == [key]


def test_every_field_but_the_fax_gives_keys_and_each_key_stands_once(books):
    """Every field but the fax gives keys, and each key of a customer or contact stands once."""
    books.put("CompanyInfo", "1", Country="US")
    books.customer(
        "C",
        PrimaryPhone={"FreeFormNumber": "(650) 555-3311"},
        Mobile={"FreeFormNumber": "650-555-3312"},
        AlternatePhone={"FreeFormNumber": "1-650-555-3311 x7"},
        Fax={"FreeFormNumber": "650-555-3319"},
        PrimaryEmailAddr={"Address": "A@x.com,a@x.com"},
    )
    books.build(contacts=[Contact("7", "Ann", "650.555.3311", "ann@x.com")])
    keys = "select entity_type, entity_id, field, phone, extension, email from core.contact_keys order by all"
    assert books.rows(keys) == [
        ("Contact", "7", "email", None, None, "ann@x.com"),
        ("Contact", "7", "phone", "+16505553311", None, None),
        ("Customer", "C", "alternate_phone", "+16505553311", "7", None),
        ("Customer", "C", "email", None, None, "a@x.com"),
        ("Customer", "C", "mobile", "+16505553312", None, None),
    ]


REACHABLE = {"PrimaryEmailAddr": {"Address": "a@x.com"}}
JUDGED = """
    select customer_id, has_open, has_overdue, net_owing, needs_application, reason
    from marts.contactable_customers order by all
"""


def test_a_clean_parent_of_a_delinquent_job_is_not_contacted(books):
    """A job's overdue debt keeps its parent and its siblings from being contacted, because it counts at the root."""
    books.customer("P", **REACHABLE)
    for job in ("J", "K"):
        books.customer(job, ParentRef={"value": "P"}, **REACHABLE)
    books.customer("Z", **REACHABLE)
    books.invoice("1", 100, "01-10", "02-09", customer="J")
    books.build("03-01")
    owing = (True, True, True, False, "owes_overdue")
    assert books.rows(JUDGED) == [
        ("J", *owing),
        ("K", *owing),
        ("P", *owing),
        ("Z", False, False, False, False, None),
    ]


def test_an_overdue_invoice_covered_by_a_credit_needs_application(books):
    """A customer whose credit covers what is overdue may be contacted, and the credit waits to be applied."""
    books.customer("C", **REACHABLE)
    books.invoice("1", 200, "01-10", "02-09")
    books.payment("2", 200, "02-20")
    books.build("03-01")
    assert books.rows(JUDGED) == [("C", False, True, False, True, None)]
    assert books.row("select total_open_with_subs, overdue_with_subs from marts.contactable_customers") == (
        money(0),
        money(200),
    )


def test_owing_without_anything_overdue_is_no_reason(books):
    """A customer that owes money but has nothing overdue may be contacted."""
    books.customer("C", **REACHABLE)
    books.invoice("1", 200, "01-10", "02-09")
    books.build("02-09")
    assert books.rows(JUDGED) == [("C", True, False, True, False, None)]


def test_who_cannot_be_reached_and_who_is_gone(books):
    """Customers that are inactive or have neither number nor address are not contactable, with the reason."""
    books.put("CompanyInfo", "1", Country="US")
    books.customer("A", Active=False, **REACHABLE)
    books.customer("B", PrimaryPhone={"FreeFormNumber": "555-1212"})
    books.customer("C", PrimaryPhone={"FreeFormNumber": "650 555 3311"})
    books.build()
    assert books.rows("""
        select customer_id, has_phone, has_email, is_contactable, reason
        from marts.contactable_customers order by all
    """) == [
        ("A", False, True, False, "inactive"),
        ("B", False, False, False, "no_contact"),
        ("C", True, False, True, None),
    ]
