"""When open invoices will be paid: published survival curves, and a plain loop beside the SQL."""

from __future__ import annotations

import datetime
import shutil
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day, money

D = Decimal
TODAY = day("12-31")
SPLIT = TODAY - datetime.timedelta(90)


def ago(days):
    return str(TODAY - datetime.timedelta(days))


def paid_after(books, id, days, customer="C", *, issued=300, amount=100):
    """Enters an invoice issued so many days ago and paid in full so many days later."""
    books.invoice(id, amount, ago(issued), customer=customer)
    books.payment(f"p{id}", amount, ago(issued - days), ("Invoice", id, amount), customer=customer)


def chances(books, id):
    """The probabilities of being paid within 7, 14, 30, 60 and 90 days."""
    return books.row(f"""
        select p_7d, p_14d, p_30d, p_60d, p_90d from marts.open_invoice_forecast where invoice_id = '{id}'
    """)


TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def test_survival_as_published(books):
    """The curves equal those published for 42 leukemia patients; half of the censored are invoices credited here."""
    for customer, group in (("treated", TREATED), ("placebo", PLACEBO)):
        for number, weeks in enumerate(group.split()):
            id, days = f"{customer}{number}", int(weeks.rstrip("+"))
            if not weeks.endswith("+"):
                paid_after(books, id, days, customer)
            elif number % 2:
                books.invoice(id, 100, ago(days), customer=customer)
            else:
                books.invoice(id, 100, ago(200), customer=customer)
                books.credit_memo(f"c{id}", 100, ago(200 - days), customer=customer)
                links = [("Invoice", id, 100), ("CreditMemo", f"c{id}", 100)]
                books.payment(f"p{id}", 0, ago(200 - days), *links, customer=customer)
    books.build(str(TODAY))

    def curve(columns, customer):
        return books.rows(f"""
            select age_days, {columns} from core.payment_survival
            where root_customer_id = '{customer}' and known_until = '{TODAY}' order by age_days
        """)

    assert curve("at_risk_count, round(survival, 4)", "treated") == [
        (6, 21, 0.8571),
        (7, 17, 0.8067),
        (10, 15, 0.7529),
        (13, 12, 0.6902),
        (16, 11, 0.6275),
        (22, 7, 0.5378),
        (23, 6, 0.4482),
    ]
    assert dict(curve("round(survival, 4)", "placebo")) == {
        1: 0.9048, 2: 0.8095, 3: 0.7619, 4: 0.6667, 5: 0.5714, 8: 0.3810,
        11: 0.2857, 12: 0.1905, 15: 0.1429, 17: 0.0952, 22: 0.0476, 23: 0.0,
    }  # fmt: skip
    assert books.rows("""
        select company_paid_count, invoice_count, model_status from core.payment_fits where not is_backtest
    """) == [(30, 42, "fitted")]


def test_money_that_closes_an_invoice_ends_its_time(books):
    """Parts, a write-off, an early payment discount and a prepayment end an invoice's time, and a void removes it."""
    books.invoice("parts", 1000, "01-10")
    books.payment("1", 400, "02-20", ("Invoice", "parts", 400))
    books.payment("2", 600, "04-10", ("Invoice", "parts", 600))
    books.invoice("rest credited", 1000, "01-10")
    books.payment("3", 400, "02-20", ("Invoice", "rest credited", 400))
    books.credit_memo("4", 600, "03-11")
    books.payment("5", 0, "03-11", ("Invoice", "rest credited", 600), ("CreditMemo", "4", 600))
    books.invoice("discount", 100, "01-10")
    books.credit_memo("6", 2, "01-20")
    books.payment("7", 98, "01-20", ("Invoice", "discount", 100), ("CreditMemo", "6", 2))
    books.invoice("prepaid", 100, "02-01")
    books.payment("8", 100, "01-15", ("Invoice", "prepaid", 100))
    books.invoice("partly paid", 100, "03-01")
    books.payment("9", 40, "03-15", ("Invoice", "partly paid", 40))
    books.invoice("void", 0, "01-01", PrivateNote="Voided - duplicate")
    books.invoice("paid tomorrow", 100, "01-10")
    books.payment("10", 100, "05-01", ("Invoice", "paid tomorrow", 100))
    books.build("04-30")
    assert books.rows("""
        select invoice_id, days_to_close, is_paid, closed_date from core.payment_times order by all
    """) == [
        ("discount", 10, True, day("01-20")),
        ("paid tomorrow", None, False, None),
        ("partly paid", None, False, None),
        ("parts", 90, True, day("04-10")),
        ("prepaid", 0, True, day("02-01")),
        ("rest credited", 60, False, day("03-11")),
    ]


def test_a_curve_that_has_ended_leaves_the_word_to_the_companys(books):
    """An invoice older than its customer's curve, of 10 days, follows the others, who pay on day 40."""
    for number in range(15):
        paid_after(books, f"c{number}", 10, "C")
    for number in range(16):
        paid_after(books, f"x{number}", 40, "X")
    books.invoice("open", 1000, ago(30), customer="C")
    books.build(str(TODAY))
    # 15 of 32 are paid on day 10, and 15 of C's 16; C's curve weighs 15 / 20
    survival_now = 0.75 / 16 + 0.25 * 17 / 32
    chance = round(1 - 0.75 / 16 / survival_now, 6)
    assert (round(chance, 3), chances(books, "open")) == (0.739, (0, chance, chance, chance, chance))
    assert books.row("""
        select age_days, customer_paid_count, customer_weight, expected_payment_date, expected_30d_amount
        from marts.open_invoice_forecast
    """) == (30, 15, 0.75, TODAY + datetime.timedelta(10), money("739.13"))


def test_an_unknown_customer_pays_like_the_company(books):
    """An unknown customer has the company's chances, a third each on days 5, 20 and 50."""
    for number in range(30):
        paid_after(books, str(number), (5, 20, 50)[number % 3], f"X{number % 3}")
    books.invoice("open", 100, ago(0), customer="new")
    books.build(str(TODAY))
    assert chances(books, "open") == pytest.approx((1 / 3, 1 / 3, 2 / 3, 1, 1), abs=1e-6)


def test_a_company_with_29_paid_invoices_is_told_nothing(books):
    """A company with 29 paid invoices gets the naive forecast and no chances, marked as insufficient data."""
    for number in range(29):
        paid_after(books, str(number), 10)
    books.invoice("open", 100, ago(5), due=ago(-10))
    books.build(str(TODAY))
    columns = "p_30d, expected_30d_amount, expected_payment_date, model_status"
    assert books.row(f"select {columns} from marts.open_invoice_forecast") == (
        None, None, None, "insufficient_data",
    )  # fmt: skip
    assert books.rows("select expected_amount, naive_amount from marts.cash_forecast where week in (1, 2)") == [
        (None, 0), (None, 100),
    ]  # fmt: skip
    assert books.rows("select distinct value, baseline_value, model_status from core.payment_scores") == [
        (None, None, "insufficient_data")
    ]


def test_naive_cash_comes_on_due_dates(books):
    """The naive forecast has overdue money in week 1, none due after 13 weeks, and foreign money at its rate."""
    for id, amount, due in [
        ("1", 10, 50),
        ("2", 20, 0),
        ("3", 40, -7),
        ("4", 80, -8),
        ("5", 160, -91),
        ("6", 320, -92),
    ]:
        books.invoice(id, amount, ago(60), due=ago(due))
    books.invoice("7", 100, ago(60), due=ago(-3), CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.10"))
    books.build(str(TODAY))
    assert books.rows("""
        select week, naive_amount, due_count, week_start, week_end from marts.cash_forecast where naive_amount > 0
        order by 1
    """) == [
        (1, 180, 4, day("2027-01-01"), day("2027-01-07")),
        (2, 80, 1, day("2027-01-08"), day("2027-01-14")),
        (13, 160, 1, day("2027-03-26"), day("2027-04-01")),
    ]
    assert books.row("select max(naive_to_date_amount), any_value(open_invoices_amount) from marts.cash_forecast") == (
        420, 740,
    )  # fmt: skip


def test_companies_do_not_learn_from_each_other(books):
    """A company's forecast ignores another one with the same ids, and one that has only an estimate."""
    for realm, days in (("1", 10), ("2", 40)):
        books.realm_id = realm
        books.realms.add(realm)
        for number in range(30):
            paid_after(books, str(number), days)
        books.invoice("open", 100, ago(0))
    books.realm_id = "3"
    books.realms.add("3")
    books.put("Estimate", "1", CustomerRef={"value": "C"}, TxnDate=TODAY, TotalAmt=10)
    books.build(str(TODAY))
    assert books.rows("select realm_id, p_30d, p_60d from marts.open_invoice_forecast order by 1") == [
        ("1", 1, 1), ("2", 0, 1),
    ]  # fmt: skip
    assert books.rows("""
        select realm_id, count(*), sum(expected_amount), any_value(model_status) from marts.cash_forecast
        group by all order by 1
    """) == [("1", 13, 100, "fitted"), ("2", 13, 100, "fitted"), ("3", 13, None, "insufficient_data")]
    assert books.rows("select realm_id, count(*) from core.payment_scores group by all order by 1") == [
        ("1", 8), ("2", 8), ("3", 8),
    ]  # fmt: skip


@dataclass
class Invoice:
    """An invoice as the replay sees it: settlements are (date, amount, whether money)."""

    id: str
    family: str
    issued: datetime.date
    due: datetime.date
    amount: Decimal
    settlements: list[tuple[datetime.date, Decimal, bool]]

    def closing(self, until):
        """The day an invoice was closed and whether by money, as known at the end of a day."""
        known = [one for one in self.settlements if one[0] <= until]
        if sum((amount for _, amount, _ in known), D(0)) < self.amount:
            return None
        last = max(max(date, self.issued) for date, _, _ in known)
        return last, any(money and max(date, self.issued) == last for date, _, money in known)

    def open(self, until):
        return self.amount - sum((amount for date, amount, _ in self.settlements if date <= until), D(0))


def random_invoices(random):
    """A year of three families with habits of their own: paid at once or in parts, credited, prepaid, never paid."""
    invoices = []
    for number in range(80):
        customer, family, habit = random.choice(
            [("P", "P", 20), ("S", "P", 20), ("C", "C", 45), ("N", "N", 70)]
        )
        issued = TODAY - datetime.timedelta(random.randrange(360))
        amount = money(random.randrange(1, 1000))
        paid = issued + datetime.timedelta(max(-3, round(random.gauss(habit, 12))))
        parts = random.choice(["all"] * 6 + ["two", "part", "none", "credit", "rest credited"])
        half = money(amount / 2)
        settlements = {
            "all": [(paid, amount, True)],
            "two": [(paid, half, True), (paid + datetime.timedelta(9), amount - half, True)],
            "part": [(paid, half, True)],
            "none": [],
            "credit": [(paid, amount, False)],
            "rest credited": [(paid, half, True), (paid + datetime.timedelta(9), amount - half, False)],
        }[parts]
        due = issued + datetime.timedelta(random.choice([0, 15, 30, 60]))
        invoices.append((customer, Invoice(f"i{number}", family, issued, due, amount, settlements)))
    return invoices


def write(books, invoices, until):
    """Enters the documents that are dated by a day."""
    books.customer("P")
    books.customer("S", ParentRef={"value": "P"})
    books.customer("C")
    books.customer("N")
    for customer, invoice in invoices:
        id = invoice.id
        if invoice.issued <= until:
            books.invoice(id, invoice.amount, str(invoice.issued), str(invoice.due), customer)
        for number, (date, amount, is_money) in enumerate(invoice.settlements):
            if max(date, invoice.issued) > until:
                continue
            name = f"{id}-{number}"
            if is_money:
                books.payment(f"p{name}", amount, str(date), ("Invoice", id, amount), customer=customer)
            else:
                books.credit_memo(f"c{name}", amount, str(date), customer)
                links = [("Invoice", id, amount), ("CreditMemo", f"c{name}", amount)]
                books.payment(f"p{name}", 0, str(date), *links, customer=customer)


@pytest.fixture(scope="module")
def written(empty_warehouse, tmp_path_factory):
    """Draws random books by seed, with everything dated by `until`, and builds them as of a day."""

    @cache
    def build(seed, until=TODAY, as_of=TODAY):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("forecast")))
        invoices = random_invoices(Random(seed))
        write(books, invoices, until)
        books.build(str(as_of), at_once=PREDICTIVE)
        return [invoice for _, invoice in invoices], books

    return build


class Replay:
    """Kaplan-Meier curves made by counting invoices, day by day."""

    def __init__(self, invoices, until):
        self.until = until
        self.seen = [invoice for invoice in invoices if invoice.issued <= until]
        self.times = defaultdict(list)
        self.shares = {}
        for invoice in self.seen:
            closing = invoice.closing(until)
            end, event = closing or (until, False)
            for curve in (None, invoice.family):
                self.times[curve].append(((end - invoice.issued).days, event))

    def paid_count(self, curve):
        return sum(event for _, event in self.times[curve])

    def survival(self, curve, age):
        """The share still unpaid after each day, up to an age."""
        if curve not in self.shares:
            share, self.shares[curve] = 1.0, []
            for today in range(800):
                at_risk = sum(days >= today for days, _ in self.times[curve])
                paid = sum(days == today and event for days, event in self.times[curve])
                share *= 1 - paid / at_risk if paid else 1
                self.shares[curve].append(share)
        return self.shares[curve][age]

    def mixed(self, family, age):
        weight = self.paid_count(family) / (self.paid_count(family) + 5)
        return weight * self.survival(family, age) + (1 - weight) * self.survival(None, age)

    def open(self):
        return [invoice for invoice in self.seen if not invoice.closing(self.until)]

    def chance(self, invoice, days):
        age = (self.until - invoice.issued).days
        return 1 - self.mixed(invoice.family, age + days) / self.mixed(invoice.family, age)

    def expected(self, invoice):
        """The first day by which half of such invoices are paid, or half of those that are paid within a year."""
        in_a_year = self.chance(invoice, 365)
        half = 0.5 if in_a_year >= 0.5 else in_a_year / 2
        return next((days for days in range(1, 366) if 0 < half <= self.chance(invoice, days) + 1e-12), None)


SEEDS = st.integers(0, 2)
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@QUICK
@given(seed=SEEDS)
def test_curves_equal_a_plain_loop(written, seed):
    """Survival curves equal those of a plain loop over the invoices."""
    invoices, books = written(seed)
    for until in (TODAY, SPLIT):
        replay = Replay(invoices, until)
        rows = books.rows(f"""
            select root_customer_id, age_days, survival, curve_paid_count from core.payment_survival
            where known_until = '{until}'
        """)
        for curve, age, survival, paid in rows:
            assert survival == pytest.approx(replay.survival(curve, age))
            assert paid == replay.paid_count(curve)
        events = {(curve, days) for curve, times in replay.times.items() for days, event in times if event}
        assert {(curve, age) for curve, age, *_ in rows} == events


@QUICK
@given(seed=SEEDS)
def test_forecasts_equal_a_plain_loop(written, seed):
    """Probabilities and expected day of every open invoice, and each week's money, equal those of a plain loop."""
    invoices, books = written(seed)
    replay = Replay(invoices, TODAY)
    rows = books.rows("""
        select invoice_id, open_home, p_7d, p_30d, p_90d, expected_payment_date from marts.open_invoice_forecast
    """)
    forecast = {id: row for id, *row in rows}
    assert set(forecast) == {invoice.id for invoice in replay.open()}
    weeks = dict.fromkeys(range(1, 14), D(0))
    for invoice in replay.open():
        amount, *found, expected = forecast[invoice.id]
        assert amount == invoice.open(TODAY)
        assert found == pytest.approx([replay.chance(invoice, days) for days in (7, 30, 90)], abs=1e-6)
        days = replay.expected(invoice)
        assert expected == (days and TODAY + datetime.timedelta(days))
        for week in weeks:
            weeks[week] += amount * D(replay.chance(invoice, 7 * week))
    for week, to_date in books.rows("select week, expected_to_date_amount from marts.cash_forecast"):
        assert to_date == pytest.approx(weeks[week], abs=D("0.05"))


@QUICK
@given(seed=SEEDS)
def test_scores_equal_a_plain_loop(written, seed):
    """Accuracy, AUC, Brier score and days of the model and both naive forecasts equal those of a plain loop."""
    invoices, books = written(seed)
    replay = Replay(invoices, SPLIT)
    median = next(days for days in range(1000) if replay.survival(None, days) <= 0.5)
    soon, later = defaultdict(list), defaultdict(list)
    for invoice in replay.open():
        closing = invoice.closing(TODAY)
        took = closing and (closing[0] - SPLIT).days
        due = max(1, (invoice.due - SPLIT).days)
        usual = max(1, (invoice.issued - SPLIT).days + median)
        chance = replay.chance(invoice, 30)
        if not closing or closing[1] or took > 30:
            outcome = bool(closing and closing[1] and took <= 30)
            soon["model"].append((chance, round(chance, 6), outcome))
            soon["due_date"].append((due <= 30, -due, outcome))
            soon["global_median"].append((usual <= 30, -usual, outcome))
        if closing and closing[1] and replay.expected(invoice):
            later["model"].append(abs(replay.expected(invoice) - took))
            later["due_date"].append(abs(due - took))
            later["global_median"].append(abs(usual - took))

    def mean(values):
        return sum(values) / len(values) if values else None

    def figures(forecast):
        cases = soon[forecast]
        paid = [rank for _, rank, outcome in cases if outcome]
        unpaid = [rank for _, rank, outcome in cases if not outcome]
        return {
            "accuracy": mean([(chance >= 0.5) == outcome for chance, _, outcome in cases]),
            "brier": mean([(chance - outcome) ** 2 for chance, _, outcome in cases]),
            "auc": mean([1 if a > b else 0.5 if a == b else 0 for a in paid for b in unpaid]),
            "mae": mean(later[forecast]),
        }

    assert books.value("select count(*) from marts.model_scores where model = 'payment_survival'") == 8
    for metric, value, baseline, baseline_value, n, status, split in books.rows("""
        select metric, value, baseline, baseline_value, compared_count, model_status, split_date
        from core.payment_scores
    """):
        assert (status, split) == ("fitted", SPLIT)
        assert n == len(later["model"] if metric == "mae" else soon["model"])
        assert value == pytest.approx(figures("model")[metric], abs=1e-5)
        assert baseline_value == pytest.approx(figures(baseline)[metric])


@QUICK
@given(seed=SEEDS)
def test_later_horizons_are_likelier_and_no_more_than_is_open_is_expected(written, seed):
    """Chances grow with the horizon, and the money expected is never more than is open."""
    _, books = written(seed)
    for p7, p14, p30, p60, p90 in books.rows(
        "select p_7d, p_14d, p_30d, p_60d, p_90d from marts.open_invoice_forecast"
    ):
        assert 0 <= p7 <= p14 <= p30 <= p60 <= p90 <= 1
    assert (
        books.rows("""
        select invoice_id, within_days from core.payment_chances
        qualify p_paid < lag(p_paid, 1, 0) over (partition by known_until, invoice_id order by within_days)
    """)
        == []
    )
    total, by_week, last, least = books.row("""
        select any_value(open_invoices_amount), sum(expected_amount), max(expected_to_date_amount), min(expected_amount)
        from marts.cash_forecast
    """)
    assert by_week == last <= total
    assert least >= 0
    assert total == books.value("select sum(open_home) from marts.open_invoice_forecast")


PREDICTIVE = [
    "marts.open_invoice_forecast",
    "marts.cash_forecast",
    "marts.model_scores",
    "marts.payment_seasonality",
    "marts.collection_worklist",
    "core.payment_times",
    "core.payment_survival",
]


@QUICK
@given(seed=SEEDS)
def test_nothing_dated_later_leaks_in(written, seed):
    """Books without anything after a day give the same rows as the whole books built as of it."""
    past = TODAY - datetime.timedelta(60)
    _, truncated = written(seed, until=past, as_of=past)
    _, whole = written(seed, until=TODAY, as_of=past)
    for table in PREDICTIVE:
        rows = truncated.rows(f"select * from {table} order by all")
        assert rows == whole.rows(f"select * from {table} order by all"), table
        assert rows, table


def test_the_date_if_paid_stands_beside_the_chance(books):
    """Where 40 of 100 invoices were paid, all after 20 days, a new one is expected in 20 days with a chance of 0.4."""
    for number in range(100):
        books.invoice(f"{number}", 10, "2025-01-01", customer="OLD")
        if number < 40:
            books.payment(f"p{number}", 10, "2025-01-21", ("Invoice", f"{number}", 10), customer="OLD")
    books.invoice("new", 10, "2026-12-01", customer="NEW")
    books.build("2026-12-01")
    assert books.row("""
        select expected_payment_date::varchar, p_30d, p_365d from marts.open_invoice_forecast where invoice_id = 'new'
    """) == ("2026-12-21", 0.4, 0.4)
    assert (
        books.value("select expected_payment_date from marts.open_invoice_forecast where invoice_id = '99'")
        is None
    )
