"""With whom people spoke, who paid after it, and what the first call changed."""

from __future__ import annotations

import datetime

import pytest

from tests.support.books import day, money
from transforms.engine.csv_inputs import Contact, ContactOverride, Conversation

PHONE = "650-555-33{:02d}"


@pytest.fixture
def american(books):
    """Families A to D with a number each; a fifth and a sixth share one, and E has a job."""
    books.put("CompanyInfo", "1", CompanyName="One", Country="USA")
    for n, id in enumerate("ABCD"):
        books.customer(id, PrimaryPhone={"FreeFormNumber": PHONE.format(n)})
    for id in "EF":
        books.customer(id, PrimaryPhone={"FreeFormNumber": PHONE.format(9)})
    books.customer("J", ParentRef={"value": "E"})
    return books


def talk(number: int, key: str, date: str, direction: str = "out", channel: str = "call") -> Conversation:
    return Conversation(str(number), key, day(date), None, direction, channel)


def test_each_conversation_is_matched_like_a_contact(american):
    """A family has the number, a matched contact decides for its keys, several share it, or nobody has it."""
    american.build(
        contacts=[Contact("k", "Ann", "303-555-1212", "ann@x.com"), Contact("s", "Bo", PHONE.format(9))],
        contact_overrides=[ContactOverride("k", "J")],
        conversations=[
            talk(1, "+1 650 555 3300", "03-01"),
            talk(2, "Ann <ANN@x.com>", "03-01"),
            talk(3, PHONE.format(9), "03-01"),
            talk(4, "212-555-0199", "03-01"),
            talk(5, "unknown", "03-01"),
        ],
    )
    found = """select conversation_id, customer_id, root_customer_id, contact_id, status
        from marts.customer_conversations order by all"""
    assert american.rows(found) == [
        ("1", "A", "A", None, "matched"),
        ("2", "J", "E", "k", "matched"),
        ("3", "E", "E", None, "ambiguous"),
        ("3", "F", "F", None, "ambiguous"),
        ("4", None, None, None, "unmatched"),
        ("5", None, None, None, "unmatched"),
    ]


def test_a_confirmed_contact_decides_for_a_number_that_several_families_share(american):
    """Where two families share a number, the family that people confirmed for its contact has the conversation."""
    american.build(
        contacts=[Contact("s", "Bo", PHONE.format(9))],
        contact_overrides=[ContactOverride("s", "F")],
        conversations=[talk(1, PHONE.format(9), "03-01")],
    )
    found = "select customer_id, contact_id, status from marts.customer_conversations"
    assert american.rows(found) == [("F", "s", "matched")]


def test_who_paid_after_being_called(american):
    """What was overdue on the day, the next payment, and the money of 30 days; nothing is said before they are over."""
    american.invoice("1", 100, "01-01", "01-31", customer="A")
    american.invoice("2", 50, "01-01", "03-31", customer="A")
    american.payment("3", 30, "02-10", ("Invoice", "1", 30), customer="A")
    american.payment("4", 70, "03-20", ("Invoice", "1", 70), customer="A")
    american.payment("5", 50, "05-05", ("Invoice", "2", 50), customer="A")
    american.invoice("6", 10, "01-01", "01-31", customer="B")
    american.build(
        "05-20",
        conversations=[
            talk(1, PHONE.format(0), "03-01"),
            talk(2, PHONE.format(0), "04-10"),
            talk(3, PHONE.format(0), "05-06"),
            talk(4, PHONE.format(1), "03-01", "in", "sms"),
            talk(5, PHONE.format(1), "06-01"),
        ],
    )
    assert american.rows("""
        select conversation_id, channel, direction, overdue_amount, next_payment_date::varchar, days_to_payment,
            paid_amount, is_paid_after
        from marts.customer_conversations order by 1
    """) == [
        ("1", "call", "out", money(70), "2026-03-20", 19, money(70), True),
        ("2", "call", "out", money(50), "2026-05-05", 25, money(50), True),
        ("3", "call", "out", money(0), None, None, money(0), None),
        ("4", "sms", "in", money(10), None, None, money(0), False),
    ]


def test_days_to_pay_before_and_after_the_first_call(american):
    """Ten families pay 20 and 30 days sooner after the call, ten that nobody called 5: the calls brought 20 days."""
    spoken = {f"S{n}": ((50, 30), (60, 30))[n % 2] for n in range(10)}
    others = {f"O{n}": (40, 35) for n in range(10)}
    invoices, payments, customers = {}, {}, {}
    for n, (customer, (before, after)) in enumerate((spoken | others).items()):
        customers[customer] = {
            "DisplayName": customer, "PrimaryPhone": {"FreeFormNumber": PHONE.format(20 + n)},
        }  # fmt: skip
        for date, days in (("01-01", before), ("06-01", after)):
            id = f"{customer} {date}"
            fields = {"CustomerRef": {"value": customer}, "TotalAmt": money(100)}
            line = {"Amount": money(100), "DetailType": "SalesItemLineDetail"}
            link = {"Amount": money(100), "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]}
            paid = day(date) + datetime.timedelta(days=days)
            invoices[id] = fields | {"TxnDate": day(date), "Line": [line]}
            payments[id] = fields | {"TxnDate": paid, "Line": [link], "UnappliedAmt": 0}
    american.put_all("Customer", customers)
    american.put_all("Invoice", invoices)
    american.put_all("Payment", payments)
    american.build(
        conversations=[
            *(talk(n, PHONE.format(20 + n), "04-01") for n in range(10)),
            talk(10, PHONE.format(20), "08-01", channel="email"),
            talk(11, PHONE.format(3), "04-01"),  # who has no invoices
        ]
    )
    columns = """channel, effect_status, conversation_count, customer_count, comparison_count, before_days_to_pay,
        after_days_to_pay, change_days, expected_change_days, incremental_change_days, paid_share"""
    assert american.rows(f"select {columns} from marts.conversation_effects order by channel") == [
        ("all", "measured", 12, 10, 10, 55.0, 30.0, -25.0, -5.0, -20.0, 0.0),
        ("call", "measured", 11, 10, 10, 55.0, 30.0, -25.0, -5.0, -20.0, 0.0),
        ("email", "too few reached", 1, 0, 0, None, None, None, None, None, 0.0),
    ]
    ranges = american.row("""
        select change_low_days, change_high_days, incremental_low_days, incremental_high_days
        from marts.conversation_effects where channel = 'call'
    """)
    assert [round(end, 2) for end in ranges] == [
        -28.77,
        -21.23,
        -23.77,
        -16.23,
    ]  # 2.262 times 5.27 / sqrt(10)
