"""Which contacts are which customers, and how people's decisions count."""

from __future__ import annotations

import shutil
from collections import defaultdict
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, money
from transforms.core.contact_keys import emails, phones
from transforms.engine.csv_inputs import Contact, ContactOverride

MATCHES = "select contact_id, customer_id, tier, status from marts.contact_matches order by all"
PHONES = [f"650-555-33{n:02d}" for n in range(6)]
EMAILS = [f"{name}@x.com" for name in "abcdef"]


def customer(books: Books, id: str, phone: str = "", email: str = "", parent: str = "", **fields) -> None:
    """A customer of an American company with these details."""
    if phone:
        fields["PrimaryPhone"] = {"FreeFormNumber": phone}
    if email:
        fields["PrimaryEmailAddr"] = {"Address": email}
    if parent:
        fields["ParentRef"] = {"value": parent}
    books.customer(id, **fields)


@pytest.fixture
def american(books):
    books.put("CompanyInfo", "1", CompanyName="One", Country="US")
    return books


def test_number_and_address_first_then_number_then_address(american):
    """Each contact goes to the customer who shares number and address, else the number, else the address."""
    customer(american, "A", PHONES[0], "a@x.com")
    customer(american, "B", PHONES[1], "b@x.com")
    american.build(
        contacts=[
            Contact("1", "both", "(650) 555-3300", "A@X.com"),
            Contact("2", "number of A, address of B", "1-650-555-3300", "b@x.com"),
            Contact("3", "address", "555-1212", "b@x.com"),
            Contact("4", "neither", PHONES[5], "z@x.com"),
            Contact("5", "nothing"),
        ]
    )
    assert american.rows(MATCHES) == [
        ("1", "A", 1, "matched"),
        ("2", "A", 2, "matched"),
        ("2", "B", 3, "outdone"),
        ("3", "B", 3, "matched"),
        ("4", None, None, "unmatched"),
        ("5", None, None, "unmatched"),
    ]
    assert american.rows(
        "select contact_id, matched_phone, matched_email from marts.contact_matches order by 1, 2 nulls last limit 3"
    ) == [
        ("1", "+16505553300", "a@x.com"),
        ("2", "+16505553300", None),
        ("2", None, "b@x.com"),
    ]


def test_what_several_families_share_is_listed_and_not_merged(american):
    """A number that two customers share decides nothing; an address that only one of them has still does."""
    for id in "AB":
        customer(american, id, PHONES[0], f"{id}@x.com")
    customer(american, "C", PHONES[2], "c@x.com")
    american.build(
        contacts=[
            Contact("1", "number", PHONES[0]),
            Contact("2", "number and B's address", PHONES[0], "b@x.com"),
            Contact("3", "number and C's address", PHONES[0], "c@x.com"),
            Contact("4", "A's and C's numbers", f"{PHONES[0]} / {PHONES[2]}"),
        ]
    )
    assert american.rows(
        "select contact_id, customer_id, tier, status, is_ambiguous from marts.contact_matches order by all"
    ) == [
        ("1", "A", 2, "ambiguous", True),
        ("1", "B", 2, "ambiguous", True),
        ("2", "A", 2, "outdone", True),
        ("2", "B", 1, "matched", False),
        ("3", "A", 2, "outdone", True),
        ("3", "B", 2, "outdone", True),
        ("3", "C", 3, "matched", False),
        ("4", "A", 2, "ambiguous", True),
        ("4", "B", 2, "ambiguous", True),
        ("4", "C", 2, "ambiguous", True),
    ]
    assert american.rows("select contact_id from marts.customer_contacts order by all") == [("2",), ("3",)]


def test_a_job_that_shares_its_parents_number_is_no_second_customer(american):
    """A parent and its job give one row, the parent's, unless only the job shares more."""
    customer(american, "P", PHONES[0])
    customer(american, "J", PHONES[0], "j@x.com", parent="P")
    american.build(contacts=[Contact("1", "", PHONES[0]), Contact("2", "", PHONES[0], "j@x.com")])
    assert american.rows(
        """select contact_id, customer_id, root_customer_id, tier, status, is_ambiguous
        from marts.contact_matches order by 1"""
    ) == [("1", "P", "P", 2, "matched", False), ("2", "J", "P", 1, "matched", False)]


def test_people_decide(american):
    """Confirmed pairs are matched whatever they share, and rejected pairs are no candidates."""
    for id in "AB":
        customer(american, id, PHONES[0])
    customer(american, "J", parent="B")
    customer(american, "Z")
    contacts = [Contact(str(n), "", PHONES[0]) for n in range(1, 6)]
    overrides = [
        ContactOverride("1", "A"),
        ContactOverride("2", "A", decision="reject"),
        ContactOverride("3", "Z"),
        ContactOverride("4", "A"),
        ContactOverride("4", "J"),
        ContactOverride("5", "A", decision="reject"),
        ContactOverride("5", "J", decision="reject"),
        ContactOverride("9", "A"),
        ContactOverride("1", "nobody"),
    ]
    expected = [
        ("1", "A", 2, "matched"),
        ("1", "B", 2, "outdone"),
        ("2", "A", 2, "rejected"),
        ("2", "B", 2, "matched"),
        ("3", "A", 2, "outdone"),
        ("3", "B", 2, "outdone"),
        ("3", "Z", None, "matched"),
        ("4", "A", 2, "matched"),
        ("4", "J", 2, "matched"),
        ("5", "A", 2, "rejected"),
        ("5", "B", 2, "rejected"),
    ]
    american.build(contacts=contacts, contact_overrides=overrides)
    assert american.rows(MATCHES) == expected
    american.invoice("1", 10, "01-01", customer="A")
    american.build(contacts=contacts, contact_overrides=overrides)
    assert american.rows(MATCHES) == expected, "another night"
    american.build(contacts=contacts)
    assert american.value("select count(*) from marts.contact_matches where status = 'matched'") == 0


def test_a_decision_may_be_of_one_company(american):
    """Of two decisions about one pair, the line that names the company wins over the line that does not."""
    american.realms.add("2")
    for realm in ("1", "2"):
        american.realm_id = realm
        for id in "AB":
            customer(american, id, "+1 650 555 3300")
    american.build(
        contacts=[Contact("1", "", "+1 650 555 3300")],
        contact_overrides=[
            ContactOverride("1", "A"),
            ContactOverride("1", "A", realm_id="2", decision="reject"),
        ],
    )
    assert american.rows(
        "select realm_id, customer_id, status, decision from marts.contact_matches order by all"
    ) == [
        ("1", "A", "matched", "confirm"),
        ("1", "B", "outdone", None),
        ("2", "A", "rejected", "reject"),
        ("2", "B", "matched", None),
    ]


def test_a_placeholder_says_nothing(american):
    """An address of 101 customers is ignored, while one of 100 customers is listed as ambiguous."""
    for n in range(101):
        customer(american, str(n), email="none@none.com" if n else "none@none.com, few@none.com")
        if n:
            american.customer(f"x{n}", PrimaryEmailAddr={"Address": "few@none.com"}) if n < 100 else None
    american.build(contacts=[Contact("1", "", None, "none@none.com"), Contact("2", "", None, "few@none.com")])
    assert american.rows(
        "select contact_id, status, count(*) from marts.contact_matches group by all order by all"
    ) == [
        ("1", "unmatched", 1),
        ("2", "ambiguous", 100),
    ]


def test_what_the_books_say_of_a_contact(american):
    """Sales and debts are the family's; terms, credit limit and tax exemption are the customer's own."""
    american.put("CustomerType", "T", Name="Trade")
    american.put("Term", "30", Name="Net 30", DueDays=30)
    customer(
        american, "P", PHONES[0], CustomerTypeRef={"value": "T"}, SalesTermRef={"value": "30"},
        CreditLimit=5000, Taxable=False,
    )  # fmt: skip
    customer(american, "J", parent="P")
    customer(american, "N", PHONES[1], Taxable=True)
    american.invoice("1", 1000, "01-10", customer="P")
    american.invoice("2", 300, "01-10", customer="J")
    american.invoice("3", 50, "03-01", customer="J")
    american.payment("4", 1000, "01-20", ("Invoice", "1", 1000), customer="P")
    american.payment("5", 300, "02-19", ("Invoice", "2", 300), customer="J")
    american.payment("6", 0, "02-25", customer="P")  # applies nothing and brings nothing
    american.payment("7", 50, "04-02", ("Invoice", "3", 50), customer="J")
    american.build(
        "04-01", contacts=[Contact("1", "Ann", PHONES[0], "ann@x.com"), Contact("2", "Bo", PHONES[1])]
    )
    columns = """contact_id, quickbooks_customer_id, customer_type, total_sales, outstanding_balance,
        last_payment_date::varchar, average_days_to_pay, payment_terms, credit_limit, tax_exempt, contact_email"""
    assert american.rows(f"select {columns} from marts.customer_contacts order by 1") == [
        ("1", "P", "Trade", money(1350), money(50), "2026-02-19", pytest.approx((1000 * 10 + 300 * 40) / 1300),
         "Net 30", money(5000), True, "ann@x.com"),
        ("2", "N", None, money(0), money(0), None, None, None, None, False, None),
    ]  # fmt: skip


def test_each_company_is_matched_with_the_whole_list_on_its_own(american):
    """Each company is matched with the whole list by itself, and another company's match takes nothing away."""
    customer(american, "A", PHONES[0], "a@x.com")
    american.realms.add("2")
    american.realm_id = "2"
    customer(american, "A", email="a@x.com")
    american.realms.add("3")
    american.realm_id = "3"
    american.build(contacts=[Contact("1", "", PHONES[0], "a@x.com")])
    assert american.rows(
        "select realm_id, customer_id, tier, status from marts.contact_matches order by all"
    ) == [
        ("1", "A", 1, "matched"),
        ("2", "A", 3, "matched"),
        ("3", None, None, "unmatched"),
    ]


REALMS = ["1", "2", "3", "4", "5", "6"]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_matches_are_those_of_a_plain_search(empty_warehouse, tmp_path, seed):
    """Matches of random companies, jobs and decisions equal those of a plain search in Python."""
    random = Random(seed)
    books = Books(shutil.copy(empty_warehouse, tmp_path / "warehouse.duckdb"))
    books.realms = set(REALMS)
    companies = {}
    for realm_id in REALMS:
        books.realm_id = realm_id
        companies[realm_id] = random_customers(books, random)
    ids = [f"C{n}" for n in range(8)]
    contacts, overrides = [], []
    for n in range(8):
        numbers = " / ".join(random.sample(PHONES, random.randrange(3)))
        contacts.append(Contact(f"K{n}", "", numbers or None, random.choice([None, *EMAILS])))
        overrides += [
            ContactOverride(f"K{n}", id, random.choice([None, *REALMS]), random.choice(["confirm", "reject"]))
            for id in random.sample(ids, random.choice([0, 0, 1, 2]))
        ]
    books.build(contacts=contacts, contact_overrides=overrides)
    found = {
        tuple(names): (tier, status)
        for *names, tier, status in books.rows(
            "select realm_id, contact_id, root_customer_id, tier, status from marts.contact_matches"
        )
    }
    books.close()
    expected = {
        (realm_id, contact.contact_id, family): answer
        for realm_id, customers in companies.items()
        for contact in contacts
        for family, answer in searched(contact, customers, realm_id, overrides).items()
    }
    assert found == expected


def random_customers(books, random):
    """Each customer's root, numbers and addresses."""
    books.put("CompanyInfo", "1", CompanyName="One", Country="US")
    found = {}
    for n in range(8):
        parent = random.choice(["", *found]) if n > 3 else ""
        phone, email = random.choice(["", *PHONES]), random.choice(["", *EMAILS])
        customer(books, f"C{n}", phone, email, parent)
        root = found[parent][0] if parent else f"C{n}"
        found[f"C{n}"] = (root, {key for key, _ in phones(phone, "US")}, set(emails(email)))
    return found


def searched(contact, customers, realm_id, overrides):
    """Tier and status of each family that is a candidate for a contact."""
    decided = defaultdict(set)
    for override in overrides:
        if override.contact_id == contact.contact_id and override.realm_id in (None, realm_id):
            decided[customers[override.customer_id][0]].add(override.decision)
    confirmed = {family for family, decisions in decided.items() if "confirm" in decisions}
    rejected = decided.keys() - confirmed
    numbers, addresses = (
        {key for key, _ in phones(contact.phone or "", "US")},
        set(emails(contact.email or "")),
    )
    by_phone = {root for root, theirs, _ in customers.values() if numbers & theirs}
    by_email = {root for root, _, theirs in customers.values() if addresses & theirs}
    tiers = [by_phone & by_email, by_phone, by_email]
    open_tiers = [tier - rejected for tier in tiers]
    chosen = confirmed or next((tier for tier in open_tiers if len(tier) == 1), set())
    result = {}
    for family in by_phone | by_email | confirmed:
        if family in chosen:
            status = "matched"
        elif family in rejected:
            status = "rejected"
        else:
            status = "outdone" if chosen else "ambiguous"
        result[family] = next((n for n, tier in enumerate(tiers, 1) if family in tier), None), status
    return result or {None: (None, "unmatched")}
