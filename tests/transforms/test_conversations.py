"""With whom people spoke, who paid after it, and what the first call changed."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.support.books import day, money
from transforms.engine.csv_inputs import Contact, ContactOverride, Conversation
from transforms.marts.conversation_effects import interval

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
    """Two families pay 20 and 30 days sooner after the call, one that nobody called 5: the calls brought 20 days."""
    number = 0

    def paid(customer: str, date: str, days: int) -> None:
        nonlocal number
        american.invoice(f"i{number}", 100, date, customer=customer)
        payment_date = (day(date) + pd.Timedelta(days=days)).isoformat()[:10]
        american.payment(f"p{number}", 100, payment_date, ("Invoice", f"i{number}", 100), customer=customer)
        number += 1

    for customer, before, after in (("A", 50, 30), ("B", 60, 30), ("C", 40, 35)):
        paid(customer, "01-01", before)
        paid(customer, "06-01", after)
    american.build(
        conversations=[
            talk(1, PHONE.format(0), "04-01"),
            talk(2, PHONE.format(1), "04-01"),
            talk(3, PHONE.format(0), "08-01", channel="email"),
            talk(4, PHONE.format(3), "04-01"),  # who has no invoices
        ]
    )
    columns = """channel, conversation_count, customer_count, comparison_count, before_days_to_pay, after_days_to_pay,
        change_days, expected_change_days, incremental_change_days, paid_share"""
    assert american.rows(f"select {columns} from marts.conversation_effects order by channel") == [
        ("all", 4, 2, 1, 55.0, 30.0, -25.0, -5.0, -20.0, 0.0),
        ("call", 3, 2, 1, 55.0, 30.0, -25.0, -5.0, -20.0, 0.0),
        ("email", 1, 0, 0, None, None, None, None, None, 0.0),
    ]
    low, high = american.row(
        "select change_low_days, change_high_days from marts.conversation_effects where channel = 'call'"
    )
    assert (round(low, 2), round(high, 2)) == (-88.53, 38.53)  # -25 and 12.706 standard errors of 5


def test_the_interval_is_student_s_and_welch_s():
    """The range of a mean and of a difference of means, by hand; two equal values leave no doubt, one no range."""
    ours, others = pd.Series([-10.0, -20.0, -30.0]), pd.Series([0.0, 4.0])
    assert [round(end, 3) for end in interval(ours)] == [-44.841, 4.841]
    assert [round(end, 3) for end in interval(ours, others)] == [-44.24, 0.24]
    assert interval(pd.Series([3.0, 3.0])) == (3.0, 3.0)
    assert interval(ours, pd.Series([1.0])) == (None, None)
