"""The revenue that campaigns brought, and the revenue that would have come without them."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day, money
from transforms.engine.csv_inputs import Campaign, CampaignContact, Contact

ROI = """
    select campaign_id, contacts, customers, invoices, revenue, gross_margin, cost, roi, roas
    from marts.campaign_roi order by all
"""


def with_customers(books: Books, *ids: str) -> list[Contact]:
    """Enters customers, and a contact of the same name for each."""
    for id in ids:
        books.customer(id, PrimaryEmailAddr={"Address": f"{id}@x.com"})
    return [Contact(id, id, None, f"{id}@x.com") for id in ids]


def sell(
    books: Books, id: str, amount: int, date: str, customer: str, cost: int = 0, entity: str = "Invoice"
):
    """Enters a sale of one line whose cost of goods is `cost`, each unit of the item costing 1."""
    line = {
        "Amount": money(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "I"}, "Qty": cost},
    }
    books.put(
        entity, id, CustomerRef={"value": customer}, TxnDate=day(date), TotalAmt=money(amount), Line=[line]
    )


def touch(campaign: str, contact: str, date: str, *, held_out: bool = False) -> CampaignContact:
    return CampaignContact(campaign, contact, day(date), held_out)


@pytest.fixture
def priced(books):
    books.put("Item", "I", Name="Work", PurchaseCost=1)
    return books


def touches_of(campaign, reached, held_out, date="01-15"):
    return [
        *(touch(campaign, one.contact_id, date) for one in reached),
        *(touch(campaign, one.contact_id, date, held_out=True) for one in held_out),
    ]


def test_five_hundred_bring_twelve_thousand_at_forty_percent(priced):
    """A cost of 500 gives ROI 8.6 and ROAS 24, and incremental ROI 2.6 if 3,000 of the margin would have come."""
    reached = with_customers(priced, *(f"R{number}" for number in range(10)))
    held_out = with_customers(priced, *(f"H{number}" for number in range(10)))
    sell(priced, "1", 12000, "02-01", "R0", cost=7200)
    sell(priced, "2", 5000, "02-01", "H0", cost=2000)
    priced.build(
        contacts=[*reached, *held_out],
        campaigns=[Campaign("c", "Mail", Decimal(500))],
        campaign_contacts=touches_of("c", reached, held_out),
    )
    assert priced.rows(ROI) == [
        ("c", 10, 10, 1, money(12000), money(4800), money(500), 8.6, 24.0),
        ("unattributed", 0, 0, 1, money(5000), money(3000), money(0), None, None),
    ]
    assert priced.row("""
        select held_out_contacts, held_out_margin, expected_margin, incremental_margin, incremental_roi, is_complete
        from marts.campaign_roi where campaign_id = 'c'
    """) == (10, money(3000), money(3000), money(1800), 2.6, True)


def test_interval_of_what_a_campaign_added(priced):
    """One of ten reached brought 100 and one of ten held out 50, who count with the same spread: 50 more, +-297.12.

    Each side has a mean's variance of 1000 / 10, so that the difference of means is 5 +- 2.101 x sqrt(200), times ten.
    """
    reached = with_customers(priced, *(f"R{number}" for number in range(10)))
    held_out = with_customers(priced, *(f"H{number}" for number in range(10)))
    sell(priced, "1", 100, "02-01", "R0")
    sell(priced, "2", 50, "02-01", "H0")
    priced.build(
        contacts=[*reached, *held_out],
        campaigns=[Campaign("c", "Mail")],
        campaign_contacts=touches_of("c", reached, held_out),
    )
    assert priced.row("""
        select effect_status, incremental_margin, incremental_margin_low, incremental_margin_high
        from marts.campaign_roi where campaign_id = 'c'
    """) == ("measured", money(50), money("-247.12"), money("347.12"))


def test_why_an_effect_is_not_told(priced):
    """Nine reached, nine held out, none held out, unknown costs: what was expected stays, the effect is null."""
    reached = with_customers(priced, *(f"R{number}" for number in range(10)))
    held_out = with_customers(priced, *(f"H{number}" for number in range(10)))
    sell(priced, "1", 100, "02-01", "H0", cost=60)
    priced.invoice("2", 100, "11-01", customer="R0")
    names = ["few reached", "few held out", "nobody held out", "unknown", "never"]
    priced.build(
        contacts=[*reached, *held_out],
        campaigns=[Campaign(name, cost=Decimal(10)) for name in names],
        campaign_contacts=[
            *touches_of("few reached", reached[1:], held_out),
            *touches_of("few held out", reached, held_out[1:], "05-01"),
            *touches_of("nobody held out", reached, [], "06-01"),
            *touches_of("unknown", reached, held_out, "11-01"),
        ],
    )
    assert priced.rows("""
        select campaign_id, effect_status, expected_margin, incremental_margin, incremental_margin_low, incremental_roi
        from marts.campaign_roi order by 1
    """) == [
        ("few held out", "comparison too small", money(0), None, None, None),
        ("few reached", "too few reached", money(36), None, None, None),
        ("never", "too few reached", None, None, None, None),
        ("nobody held out", "no comparison", None, None, None, None),
        ("unattributed", None, None, None, None, None),
        ("unknown", "cost unknown", money(0), None, None, None),
    ]


def test_cash_is_all_money_for_the_sales(priced):
    """A deposit of 80 on an invoice of 100 is cash of the campaign beside the payment of the rest."""
    contacts = with_customers(priced, "A")
    priced.invoice("1", 100, "01-10", customer="A", Deposit=80)
    priced.payment("2", 15, "02-10", ("Invoice", "1", 15), customer="A")
    priced.invoice("3", 50, "06-10", customer="A", Deposit=50)
    priced.build(contacts=contacts, campaigns=[Campaign("c")], campaign_contacts=[touch("c", "A", "01-02")])
    assert priced.rows("select campaign_id, revenue, cash from marts.campaign_roi order by 1") == [
        ("c", money(100), money(95)),
        ("unattributed", money(50), money(50)),
    ]


def test_ninety_days_and_the_last_touch(priced):
    """Sales count from the day of the touch to the ninetieth after it, unless a later campaign takes over."""
    contacts = with_customers(priced, "A")
    days = ["2025-12-31", "01-01", "01-31", "02-01", "05-02", "05-03"]
    for n, date in enumerate(days):
        sell(priced, str(n), 10**n, date, "A")
    priced.build(
        contacts=contacts,
        campaigns=[Campaign("1"), Campaign("2")],
        campaign_contacts=[touch("1", "A", "01-01"), touch("2", "A", "02-01")],
    )
    assert priced.rows("select campaign_id, revenue, invoices from marts.campaign_roi order by all") == [
        ("1", money(110), 2),
        ("2", money(11000), 2),
        ("unattributed", money(100001), 2),
    ]


def test_a_campaign_is_credited_with_the_family_and_all_its_documents(priced):
    """A campaign gets a job's sales, too: sales receipts count, credit memos come off, estimates are counted apart."""
    contacts = with_customers(priced, "A")
    priced.customer("J", ParentRef={"value": "A"})
    sell(priced, "1", 100, "01-10", "J")
    sell(priced, "2", 50, "01-11", "A", entity="SalesReceipt")
    sell(priced, "3", 20, "01-12", "A", entity="CreditMemo")
    sell(priced, "4", 900, "01-02", "J", entity="Estimate")
    sell(priced, "5", 70, "01-01", "A", entity="Estimate")
    priced.payment("6", 100, "03-01", ("Invoice", "1", 100), customer="A")
    priced.build(
        contacts=contacts,
        campaigns=[Campaign("c", cost=Decimal(10))],
        campaign_contacts=[touch("c", "A", "01-02")],
    )
    assert priced.row("""
        select invoices, revenue, cash, estimates, estimate_amount from marts.campaign_roi where campaign_id = 'c'
    """) == (2, money(130), money(150), 1, money(900))
    assert priced.row("""
        select estimates, estimate_amount from marts.campaign_roi where campaign_id = 'unattributed'
    """) == (1, money(70))


def test_an_ambiguous_contact_is_credited_with_nothing(priced):
    """An ambiguous contact brings no revenue, but counts as reached, because the money was spent on it."""
    with_customers(priced, "A", "B")
    sell(priced, "1", 100, "01-10", "A", cost=1)
    priced.build(
        contacts=[Contact("1", "", None, "a@x.com, b@x.com"), Contact("2", "", None, "z@x.com")],
        campaigns=[Campaign("c", cost=Decimal(10))],
        campaign_contacts=[touch("c", "1", "01-02"), touch("c", "2", "01-02")],
    )
    assert priced.rows(ROI)[0] == ("c", 2, 0, 0, money(0), money(0), money(10), -1.0, 0.0)


def test_nothing_after_the_date_counts(priced):
    """Neither sales nor touches after the run's date count, and a campaign that has not begun has no ROI."""
    contacts = with_customers(priced, "A")
    sell(priced, "1", 100, "01-10", "A", cost=50)
    sell(priced, "2", 500, "02-10", "A", cost=50)
    lists = {
        "contacts": contacts,
        "campaigns": [Campaign("1", cost=Decimal(10)), Campaign("2", cost=Decimal(10))],
        "campaign_contacts": [touch("1", "A", "01-02"), touch("1", "A", "02-02"), touch("2", "A", "02-01")],
    }
    priced.build("01-31", **lists)
    assert priced.rows(ROI) == [
        ("1", 1, 1, 1, money(100), money(50), money(10), 4.0, 10.0),
        ("2", 0, 0, 0, money(0), money(0), money(10), None, None),
        ("unattributed", 0, 0, 0, money(0), money(0), money(0), None, None),
    ]
    assert priced.rows(
        "select is_complete, last_touch_date from marts.campaign_roi order by campaign_id"
    ) == [
        (False, day("01-02")),
        (None, None),
        (None, None),
    ]


def test_margin_without_known_costs_is_unknown_and_so_is_roi(priced):
    """Without known costs the margin and the ROI are null, while ROAS is known."""
    contacts = with_customers(priced, "A")
    priced.invoice("1", 100, "01-10", customer="A")
    priced.build(
        contacts=contacts,
        campaigns=[Campaign("c", cost=Decimal(10))],
        campaign_contacts=[touch("c", "A", "01-02")],
    )
    assert priced.rows(ROI)[0] == ("c", 1, 1, 1, money(100), None, money(10), None, 10.0)


def test_a_family_reached_through_somebody_else_was_not_held_out(priced):
    """A family reached through another contact is not held out, and its sales are the campaign's."""
    with_customers(priced, "A")
    priced.customer("J", ParentRef={"value": "A"}, PrimaryEmailAddr={"Address": "j@x.com"})
    sell(priced, "1", 100, "01-10", "J", cost=50)
    priced.build(
        contacts=[Contact("1", "", None, "a@x.com"), Contact("2", "", None, "j@x.com"), Contact("3")],
        campaigns=[Campaign("c", cost=Decimal(10))],
        campaign_contacts=[
            touch("c", "1", "01-02"),
            touch("c", "2", "01-02", held_out=True),
            touch("c", "3", "01-02", held_out=True),
        ],
    )
    assert priced.row("""
        select held_out_contacts, held_out_margin, expected_margin, roi
        from marts.campaign_roi where campaign_id = 'c'
    """) == (1, money(0), money(0), 4.0)


def test_what_a_later_campaign_brought_would_not_have_come_anyway(priced):
    """A contact held out from one campaign counts there only until the next campaign reaches it."""
    contacts = with_customers(priced, "A", "H")
    sell(priced, "1", 100, "01-10", "H", cost=60)
    sell(priced, "2", 100, "02-10", "H", cost=60)
    priced.build(
        contacts=contacts,
        campaigns=[Campaign("1", cost=Decimal(10)), Campaign("2", cost=Decimal(10))],
        campaign_contacts=[
            touch("1", "A", "01-02"),
            touch("1", "H", "01-02", held_out=True),
            touch("2", "H", "02-01"),
        ],
    )
    assert priced.rows(
        "select campaign_id, held_out_margin, gross_margin from marts.campaign_roi order by 1"
    ) == [
        ("1", money(40), money(0)),
        ("2", None, money(40)),
        ("unattributed", None, money(40)),
    ]


def test_without_lists_everything_is_unattributed(books):
    """Without lists each company has one unattributed row, even one that only has estimates."""
    books.realms.add("2")
    sell(books, "1", 100, "01-10", "A")
    books.realm_id = "2"
    sell(books, "1", 100, "01-10", "A", entity="Estimate")
    books.build()
    assert books.rows(
        "select realm_id, campaign_id, revenue, estimates from marts.campaign_roi order by all"
    ) == [
        ("1", "unattributed", money(100), 0),
        ("2", "unattributed", money(0), 1),
    ]


CUSTOMERS = {"A": "A", "J": "A", "B": "B", "C": "C", "D": "D"}
DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(n) for n in range(0, 300, 5)]


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_campaigns_and_the_rest_add_up_and_each_sale_counts_once(empty_warehouse, tmp_path, seed):
    """Each campaign equals a loop over the documents, and with the rest they make the company's whole revenue."""
    random = Random(seed)
    books = Books(shutil.copy(empty_warehouse, tmp_path / "warehouse.duckdb"))
    books.put("Item", "I", Name="Work", PurchaseCost=1)
    for id, root in CUSTOMERS.items():
        books.customer(
            id,
            **({"ParentRef": {"value": root}} if root != id else {}),
            PrimaryEmailAddr={"Address": f"{id}@x.com"},
        )
    sales = []
    for n in range(40):
        amount, cost = random.randrange(1, 500), random.randrange(1, 50)
        sale = (random.choice(list(CUSTOMERS)), random.choice(DAYS), amount, cost, random.random() < 0.2)
        sales.append(sale)
        sell(books, str(n), amount, str(sale[1]), sale[0], cost, "CreditMemo" if sale[4] else "Invoice")
    held = {(campaign, id): random.random() < 0.3 for campaign in "123" for id in CUSTOMERS}
    touches = [
        CampaignContact(campaign, id, date, held[campaign, id])
        for campaign, id, date in {
            (random.choice("123"), random.choice(list(CUSTOMERS)), random.choice(DAYS)) for _ in range(10)
        }
    ]
    as_of = DAYS[-10]
    books.build(
        str(as_of),
        at_once=["marts.campaign_roi", "marts.customer_value"],
        contacts=[Contact(id, id, None, f"{id}@x.com") for id in CUSTOMERS],
        campaigns=[Campaign(campaign, cost=Decimal(7)) for campaign in "123"],
        campaign_contacts=touches,
    )
    found = {
        campaign: rest
        for campaign, *rest in books.rows(
            "select campaign_id, revenue, coalesce(gross_margin, 0), held_out_margin from marts.campaign_roi"
        )
    }
    total = books.value("select sum(net_revenue) from marts.customer_value where level = 'customer'")
    books.close()
    assert sum(revenue for revenue, *_ in found.values()) == total

    past = [touch for touch in touches if touch.touch_date <= as_of]
    expected = {campaign: [money(0), money(0), None] for campaign in ["1", "2", "3", "unattributed"]}
    mailed = {(t.campaign_id, CUSTOMERS[t.contact_id]) for t in past if not t.is_held_out}
    for t in past:
        if t.is_held_out and (t.campaign_id, CUSTOMERS[t.contact_id]) not in mailed:
            expected[t.campaign_id][2] = money(0)
    for who, date, amount, cost, is_credit in sales:
        if date > as_of:
            continue
        sign = -1 if is_credit else 1
        net, margin = sign * money(amount), sign * money(amount - cost)
        before = [t for t in past if CUSTOMERS[t.contact_id] == CUSTOMERS[who] and t.touch_date <= date]
        before = [t for t in before if (date - t.touch_date).days <= 90]
        reached = [t for t in before if not t.is_held_out]
        last = max((t.touch_date for t in reached), default=datetime.date.min)
        campaign = min((t.campaign_id for t in reached if t.touch_date == last), default="unattributed")
        expected[campaign][0] += net
        expected[campaign][1] += margin
        for campaign in {t.campaign_id for t in before if t.is_held_out and t.touch_date >= last}:
            if (campaign, CUSTOMERS[who]) not in mailed:
                expected[campaign][2] += margin
    assert found == expected
