"""Segments, cohorts and the rhythm of service: worked examples, and random sales summed up in Python."""

from __future__ import annotations

import datetime
import math
import shutil
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day, money

D = Decimal
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
SEEDS = st.integers(0, 2)  # the tests share the books of a seed
LAST = datetime.date(2026, 8, 14)


def sell(books, id, amount, date, customer):
    """Enters a sale that was paid on the spot."""
    line = {"Amount": money(amount), "DetailType": "SalesItemLineDetail"}
    books.put(
        "SalesReceipt",
        id,
        CustomerRef={"value": customer},
        TxnDate=day(date),
        TotalAmt=money(amount),
        Line=[line],
    )


def scores(books, column="frequency_score"):
    return [
        score
        for (score,) in books.rows(
            f"select {column} from marts.customer_segments where level = 'customer' order by customer_id"
        )
    ]


def test_seven_of_ten_with_one_order(books):
    """Order counts of 1 (seven times), 2, 3 and 4 have ranks 1, 8, 9 and 10, and scores 1, 4, 5 and 5."""
    number = 0
    for customer, orders in enumerate([1] * 7 + [2, 3, 4]):
        for order in range(orders):
            number += 1
            books.invoice(str(number), 10, f"0{order + 1}-01", customer=str(customer))
    books.build("12-31")
    assert scores(books) == [1, 1, 1, 1, 1, 1, 1, 4, 5, 5]
    assert set(scores(books, "scored_count")) == {10}


def test_who_ordered_last_scores_five(books):
    """The customer that ordered last has recency score 5, and the one with the highest revenue monetary score 5."""
    for customer, date in enumerate(("01-01", "02-01", "03-01", "04-01", "05-01")):
        sell(books, str(customer), 100 - customer, date, customer=str(customer))
    books.build("12-31")
    assert scores(books, "recency_score") == [1, 2, 3, 4, 5]
    assert scores(books, "monetary_score") == [5, 4, 3, 2, 1]


def test_classes_of_fifty_thirty_ten_six_and_four(books):
    """Revenues with 0, 50, 80, 90 and 96 percent before them are of class A, A, B, B and C."""
    for customer, amount in enumerate((50, 30, 10, 6, 4)):
        sell(books, str(customer), amount, "06-01", customer=str(customer))
    books.build("12-31")
    assert books.rows("""
        select abc_class, round(larger_customers_share, 2), is_high_value
        from marts.customer_segments where level = 'customer' order by customer_id
    """) == [("A", 0, True), ("A", 0.5, True), ("B", 0.8, False), ("B", 0.9, False), ("C", 0.96, False)]


def test_equal_revenues_are_taken_by_customer(books):
    """Of revenues of 40, 40, 10 and 10 the third has 80% before it, whichever of the equal ones that is."""
    for customer, amount in (("d", 10), ("b", 40), ("c", 10), ("a", 40)):
        sell(books, customer, amount, "06-01", customer=customer)
    books.build("12-31")
    assert books.rows("""
        select customer_id, abc_class, larger_customers_share
        from marts.customer_segments where level = 'customer' order by 1
    """) == [
        ("a", "A", 0), ("b", "A", 0.4), ("c", "B", 0.8), ("d", "B", 0.9),
    ]  # fmt: skip


def test_what_was_given_back_is_class_c(books):
    """A customer that only gave goods back is of class C, and one without documents has no class."""
    sell(books, "1", 100, "06-01", customer="a")
    books.credit_memo("2", 30, "06-01", customer="b")
    books.customer("c")
    books.build("12-31")
    assert books.rows("""
        select customer_id, segment, abc_class, net_revenue, orders, recency_score, scored_count
        from marts.customer_segments where level = 'customer' order by 1
    """) == [
        ("a", "lost", "A", D(100), 1, 1, 1),
        ("b", "no recent order", "C", D(-30), 0, None, 0),
        ("c", "no recent order", None, D(0), 0, None, 0),
    ]


def test_a_setting_names_revenue_of_high_value(books):
    """A threshold of 6 makes the two customers of class B of high value, too, beside class A."""
    for customer, amount in enumerate((50, 30, 10, 6, 4)):
        sell(books, str(customer), amount, "06-01", customer=str(customer))
    books.build("12-31", high_value_annual_revenue=D(6))
    assert scores(books, "is_high_value") == [True, True, True, True, False]


def test_every_combination_of_scores_has_a_segment(books):
    """Each of the 125 combinations of scores belongs to one of the eleven segments."""
    books.invoice("1", 10, "01-01")
    books.build()
    cells = {row[:3]: row[3] for row in books.rows("""
        select recency_score, frequency_score, monetary_score, segment from core.rfm_segments
    """)}  # fmt: skip
    assert set(cells) == {(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert None not in cells.values()
    assert len(set(cells.values())) == 11
    assert (cells[5, 5, 5], cells[1, 1, 1], cells[1, 5, 5], cells[5, 1, 1]) == (
        "champion", "lost", "cannot lose", "new customer",
    )  # fmt: skip


COHORT = """
    select months_since, active_customers, retention_rate, net_revenue, revenue_retention_ratio
    from marts.cohort_retention where level = 'customer' and cohort_month = date '2026-01-01' order by months_since
"""


def january(books):
    """Enters four customers of January, of whom two buy again in February and one in March."""
    for number, (customer, date, amount) in enumerate(
        [
            ("a", "01-05", 100),
            ("b", "01-06", 100),
            ("c", "01-07", 100),
            ("d", "01-31", 100),
            ("a", "02-01", 60),
            ("a", "02-28", 30),
            ("b", "02-10", 10),
            ("a", "03-01", 40),
        ]
    ):
        books.invoice(str(number), amount, date, customer=customer)


def test_cohort_of_january(books):
    """A cohort's customers and revenue, and their shares of the first month, equal the worked example."""
    january(books)
    books.build("03-31")
    assert books.rows(COHORT) == [
        (0, 4, 1.0, D(400), 1.0), (1, 2, 0.5, D(100), 0.25), (2, 1, 0.25, D(40), 0.1),
    ]  # fmt: skip


def test_month_that_is_not_over_is_null(books):
    """A cohort's month that is not over yet is null."""
    january(books)
    books.build("03-15")
    assert books.rows(COHORT) == [
        (0, 4, 1.0, D(400), 1.0), (1, 2, 0.5, D(100), 0.25), (2, None, None, None, None),
    ]  # fmt: skip


def test_month_without_anybody_is_zero(books):
    """A cohort's month without orders has zero customers."""
    books.invoice("1", 100, "01-05")
    books.credit_memo("2", 20, "02-05")
    books.build("03-31")
    assert books.rows(COHORT) == [(0, 1, 1.0, D(100), 1.0), (1, 0, 0.0, D(-20), -0.2), (2, 0, 0.0, D(0), 0.0)]


RHYTHM = """
    select gap_count, median_gap, mean_gap, gap_variation_ratio, round(overdue_ratio, 2), status, next_expected
    from marts.service_frequency where level = 'customer' and item_id is null
"""


@pytest.mark.parametrize(
    ("today", "ratio", "status"),
    [
        ("04-01", 1.0, "on schedule"),
        ("04-02", 1.03, "due"),
        ("04-16", 1.5, "due"),
        ("04-20", 1.63, "overdue"),
        ("05-31", 3.0, "overdue"),
        ("06-01", 3.03, "lapsed"),
    ],
)
def test_visits_every_thirty_days(books, today, ratio, status):
    """Visits every thirty days become due, overdue and lapsed as the days since the last one grow."""
    for number, date in enumerate(("01-01", "01-31", "03-02")):
        books.invoice(str(number), 100, date)
    books.build(today)
    assert books.rows(RHYTHM) == [(2, 30, 30, 0, ratio, status, day("04-01"))]


def test_a_deleted_customer_is_not_due(books):
    """A customer made inactive, which QuickBooks calls deleted, is neither due nor expected; its figures stay."""
    books.customer(Active=False)
    for number, date in enumerate(("01-01", "01-31", "03-02")):
        books.invoice(str(number), 100, date)
    books.build("05-31")
    assert books.rows(RHYTHM) == [(2, 30, 30, 0, 3.0, "inactive", None)]


def test_one_gap_is_no_rhythm(books):
    """One gap between visits gives no ratio, status or next date."""
    for number, date in enumerate(("01-01", "01-11")):
        books.invoice(str(number), 100, date)
    books.build("02-01")
    assert books.rows(RHYTHM) == [(1, 10, 10, None, None, None, None)]


def test_days_of_service_count_not_those_of_invoices(books):
    """Visits are the days of service on the lines, not those of the invoice, and future ones do not count."""

    def line(item, date, amount=10):
        detail = {"ItemRef": {"value": item}, "ServiceDate": day(date)}
        return {"Amount": money(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}

    lines = [line("lawn", "03-01"), line("lawn", "03-11"), line("lawn", "03-21"), line("snow", "03-01")]
    books.put("Item", "lawn", Name="Lawn")
    books.invoice("1", 40, "03-31", Line=lines)
    books.invoice("2", 10, "03-31", Line=[line("lawn", "04-30")])
    books.invoice("3", 0, "03-31", Line=[line("lawn", "03-29", 0)])
    books.credit_memo("4", 10, "03-31", Line=[line("lawn", "03-30")])
    books.build("03-31")
    assert books.rows("""
        select item_id, item_name, visit_count, median_gap, last_service_date
        from marts.service_frequency where level = 'customer' order by item_id nulls first
    """) == [
        (None, None, 3, 10, day("03-21")), ("lawn", "Lawn", 3, 10, day("03-21")),
    ]  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """The amount of one document, without tax, which is negative for a credit."""

    realm_id: str
    customer: str
    date: datetime.date
    amount: Decimal


def random_sales(random: Random) -> list[Sale]:
    """Draws two companies of a dozen customers whose ids collide, over two years; some sales are after the last day."""
    return [
        Sale(
            realm_id=random.choice("112"),
            customer=random.choice("ABCDEFGHIJKL"[: random.choice([4, 12])]),
            date=LAST - datetime.timedelta(random.randrange(-40, 700)),
            amount=D(random.choice([5, 10, 10, 25, 70, 250, 900])) * random.choice([1, 1, 1, 1, -1]),
        )
        for _ in range(220)
    ]


@pytest.fixture(scope="module")
def sold(empty_warehouse, tmp_path_factory):
    """Draws random sales by their seed, up to the last day, and the books built from all of them."""

    @cache
    def write(seed):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("sales")))
        sales = random_sales(Random(seed))
        for realm_id in "12":
            books.realm_id = realm_id
            books.realms.add(realm_id)
            books.put_all("Customer", {id: {"DisplayName": id} for id in "ABCDEFGHIJKLM"})
            for entity, sign in (("SalesReceipt", 1), ("CreditMemo", -1)):
                documents = {
                    str(number): {
                        "CustomerRef": {"value": sale.customer},
                        "TxnDate": sale.date,
                        "TotalAmt": abs(sale.amount),
                        "Line": [{"Amount": abs(sale.amount), "DetailType": "SalesItemLineDetail"}],
                    }
                    for number, sale in enumerate(sales)
                    if sale.realm_id == realm_id and sale.amount * sign > 0
                }
                books.put_all(entity, documents)
        books.build(
            str(LAST),
            at_once=["marts.cohort_retention", "marts.customer_segments", "marts.service_frequency"],
        )
        return [sale for sale in sales if sale.date <= LAST], books

    return write


def net_by_day(sales):
    """Net amount by company, customer and day."""
    days = defaultdict(Counter)
    for sale in sales:
        days[sale.realm_id, sale.customer][sale.date] += sale.amount
    return days


def by_day(sales):
    """Net amount by company, customer and day; only days with a positive amount are orders."""
    return {
        customer: {date: amount for date, amount in sorted(amounts.items()) if amount > 0}
        for customer, amounts in net_by_day(sales).items()
        if any(amount > 0 for amount in amounts.values())
    }


def left_of_orders(amounts):
    """What is left of each order, by day, once what was given back is taken off the latest orders before it."""
    left = []
    for date, amount in sorted(amounts.items()):
        if amount > 0:
            left.append([date, amount])
        while amount < 0 and left:
            taken = min(-amount, left[-1][1])
            amount += taken
            left[-1][1] -= taken
            if not left[-1][1]:
                left.pop()
    return dict(left)


@QUICK
@given(seed=SEEDS)
def test_order_histories(sold, seed):
    """Order histories have the x, t_x, T and net m of the whole and the first half, and the orders that followed."""
    sales, books = sold(seed)
    orders = by_day(sales)
    expected = {}
    for (realm_id, customer), amounts in net_by_day(sales).items():
        start = min(date for (other, _), days in orders.items() if other == realm_id for date in days)
        middle = start + datetime.timedelta((LAST - start).days // 2)
        for span, end in (("all", LAST), ("calibration", middle)):
            within = left_of_orders({date: amount for date, amount in amounts.items() if date <= end})
            later = {date: amount for date, amount in amounts.items() if date > end}
            days, repeats = [*within], [*within.values()][1:]
            if days:
                expected[realm_id, customer, span] = (
                    len(repeats),
                    (days[-1] - days[0]).days,
                    (end - days[0]).days,
                    sum(repeats) / len(repeats) if repeats else None,
                    len(left_of_orders(later)),
                    sum(later.values()),
                )
    rows = books.rows("""
        select realm_id, customer_id, span, repeat_orders, round(recency_weeks * 7)::integer,
            round(age_weeks * 7)::integer, repeat_mean_amount, later_orders, later_revenue
        from core.order_histories where level = 'customer'
    """)
    assert {row[:3] for row in rows} == set(expected)
    for row in rows:
        x, t_x, age, mean, later, revenue = expected[row[:3]]
        assert (*row[3:6], *row[7:]) == (x, t_x, age, later, revenue)
        assert (row[6] is None and mean is None) or abs(row[6] - mean) <= D("0.005")
        assert 0 <= t_x <= age and (x == 0) == (t_x == 0)


@QUICK
@given(seed=SEEDS)
def test_scores_rank_within_the_company(sold, seed):
    """A score is one and a step for each fifth of customers that are strictly worse, so equal values score alike."""
    sales, books = sold(seed)
    start = LAST - datetime.timedelta(365)
    revenue = Counter()
    for sale in sales:
        if sale.date > start:
            revenue[sale.realm_id, sale.customer] += sale.amount
    values = {}
    for customer, amounts in by_day(sales).items():
        if days := [date for date in amounts if date > start]:
            values[customer] = (max(days), len(days), revenue[customer])
    rows = {row[:2]: row[2:] for row in books.rows("""
        select realm_id, customer_id, recency_score, frequency_score, monetary_score, scored_count, net_revenue, segment
        from marts.customer_segments where level = 'customer'
    """)}  # fmt: skip
    assert set(rows) == {(realm_id, id) for realm_id in "12" for id in "ABCDEFGHIJKLM"}
    for customer, (*found, n, net, segment) in rows.items():
        assert net == revenue[customer]
        rivals = [values[other] for other in values if other[0] == customer[0]]
        if customer in values:
            mine = values[customer]
            worse = [sum(rival[i] < mine[i] for rival in rivals) for i in range(3)]
            assert (found, n) == ([1 + math.floor(5 * count / len(rivals)) for count in worse], len(rivals))
            assert segment != "no recent order"
        else:
            assert (found, n, segment) == ([None] * 3, 0, "no recent order")


@QUICK
@given(seed=SEEDS)
def test_classes_share_out_the_revenue(sold, seed):
    """A, B and C together hold all revenue, and each follows from the share of the customers before it."""
    sales, books = sold(seed)
    revenue = Counter()
    touched = set()
    for sale in sales:
        if sale.date > LAST - datetime.timedelta(365):
            revenue[sale.realm_id, sale.customer] += sale.amount
            touched.add((sale.realm_id, sale.customer))
    expected = {}
    for realm_id in "12":
        ranking = sorted((-revenue[one], one) for one in touched if one[0] == realm_id)
        total = sum(max(0, -amount) for amount, _ in ranking)
        before = D(0)
        for amount, customer in ranking:
            share = before / total if total else 1
            expected[customer] = (
                "C" if amount >= 0 else "A" if share < D("0.8") else "B" if share < D("0.95") else "C"
            )
            before += max(0, -amount)
    rows = books.rows(
        "select realm_id, customer_id, abc_class, net_revenue from marts.customer_segments where level = 'customer'"
    )
    assert {row[:2]: row[2] for row in rows if row[2]} == expected
    for realm_id in "12":
        together = sum(row[3] for row in rows if row[0] == realm_id and row[2])
        assert together == sum(amount for customer, amount in revenue.items() if customer[0] == realm_id)


@QUICK
@given(seed=SEEDS)
def test_cohorts(sold, seed):
    """Every cell of the cohorts equals a count in plain Python, and all cells add up to all revenue."""
    sales, books = sold(seed)

    def month(date):
        return date.year * 12 + date.month

    orders = by_day(sales)
    cohort = {customer: month(min(amounts)) for customer, amounts in orders.items()}
    size = Counter((customer[0], start) for customer, start in cohort.items())
    active = Counter()
    for customer, amounts in orders.items():
        for observed in {month(date) for date in amounts}:
            active[customer[0], cohort[customer], observed - cohort[customer]] += 1
    revenue = Counter()
    for sale in sales:
        if (customer := (sale.realm_id, sale.customer)) in cohort:
            revenue[sale.realm_id, cohort[customer], month(sale.date) - cohort[customer]] += sale.amount
    expected = {}
    for (realm_id, start), customers in size.items():
        first = revenue[realm_id, start, 0]
        for k in range(month(LAST) - start):  # the current month is not over
            cell = realm_id, start, k
            expected[cell] = (
                customers,
                active[cell],
                active[cell] / customers,
                revenue[cell],
                pytest.approx(float(revenue[cell] / first)) if first > 0 else None,
            )
        expected[realm_id, start, month(LAST) - start] = (customers, None, None, None, None)
    rows = books.rows("""
        select realm_id, year(cohort_month) * 12 + month(cohort_month), months_since,
            cohort_size, active_customers, retention_rate, net_revenue, revenue_retention_ratio
        from marts.cohort_retention where level = 'customer'
    """)
    assert {row[:3]: row[3:] for row in rows} == expected
    assert all(row[5] == 1 for row in rows if row[2] == 0 and row[1] < month(LAST))


@QUICK
@given(seed=SEEDS)
def test_rhythm(sold, seed):
    """Gaps, their median and variation, and the overdue ratio equal those of plain Python."""
    sales, books = sold(seed)
    days = defaultdict(set)
    for sale in sales:
        if sale.amount > 0:
            days[sale.realm_id, sale.customer].add(sale.date)
    expected = {}
    for customer, visits in days.items():
        dates = sorted(visits)
        gaps = [(later - earlier).days for earlier, later in zip(dates, dates[1:], strict=False)]
        since = (LAST - dates[-1]).days
        expected[customer] = (
            len(gaps),
            since,
            statistics.median(gaps) if gaps else None,
            pytest.approx(statistics.stdev(gaps) / statistics.mean(gaps)) if len(gaps) > 1 else None,
            pytest.approx(since / statistics.median(gaps)) if len(gaps) > 1 else None,
        )
    rows = books.rows("""
        select realm_id, customer_id, gap_count, days_since_last, median_gap, gap_variation_ratio, overdue_ratio
        from marts.service_frequency where level = 'customer'
    """)
    assert {row[:2]: row[2:] for row in rows} == expected
