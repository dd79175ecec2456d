"""The payment forecast of random ledgers beside a plain loop, and what a ledger made later may not change."""

from __future__ import annotations

import datetime
import math
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
HORIZONS = (7, 14, 30, 60, 90)


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


def at(days):
    """Where an age lies on the scale of the model."""
    return math.log(1 + days / 30)


class Replay:
    """The forecast made invoice by invoice: means and spreads of families, the curve, the paces, the chances."""

    def __init__(self, invoices, until):
        self.until = until
        self.seen = [invoice for invoice in invoices if invoice.issued <= until]
        self.times = []
        for invoice in self.seen:
            end, event = invoice.closing(until) or (until, False)
            if invoice.closing(until) and end == invoice.issued:
                continue
            recent = max(0, min((end - invoice.issued).days, (until - invoice.issued).days - 120))
            self.times.append((invoice.family, (end - invoice.issued).days, event, recent))
        self.families = sorted({family for family, *_ in self.times})
        self.learn()

    def learn(self):
        days = defaultdict(list)
        for family, age, event, _ in self.times:
            if event:
                days[family].append(at(age))
        every = [one for ages in days.values() for one in ages]
        self.usual = sum(every) / len(every)
        means = {family: sum(ages) / len(ages) for family, ages in days.items()}
        squares = {family: sum((one - means[family]) ** 2 for one in ages) for family, ages in days.items()}
        within = sum(squares.values()) / (len(every) - len(days))
        off = sum(len(ages) * (means[family] - self.usual) ** 2 for family, ages in days.items())
        between = (off - (len(days) - 1) * within) / (
            len(every) - sum(len(ages) ** 2 for ages in days.values()) / len(every)
        )
        prior = max(within / between, 0.5) if between > 0 else math.inf
        self.paid = {family: len(days[family]) for family in self.families}
        self.mean = {
            family: self.usual
            + (means.get(family, self.usual) - self.usual) * self.paid[family] / (self.paid[family] + prior)
            for family in self.families
        }
        self.spread = {
            family: math.sqrt((squares.get(family, 0) / within + 10) / (max(self.paid[family] - 1, 0) + 10))
            for family in self.families
        }
        self.pace = dict.fromkeys(self.families, 1.0)
        for _ in range(2):
            self.draw()
            expected = dict.fromkeys(self.families, 0.0)
            for family, age, *_ in self.times:
                expected[family] += self.counted(self.standard(family, age))
            self.pace = {family: (self.paid[family] + 2) / (expected[family] + 2) for family in self.families}
        self.draw()
        self.now = {}
        for family in self.families:
            came = wanted = 0.0
            for _, age, event, recent in (one for one in self.times if one[0] == family):
                before = self.counted(self.standard(family, recent)) if recent else 0
                wanted += self.pace[family] * (self.counted(self.standard(family, age)) - before)
                came += event and age > recent
            self.now[family] = self.pace[family] * (came + 10) / (wanted + 10)

    def standard(self, family, age):
        return round(self.usual + (at(age) - self.mean[family]) / self.spread[family], 3)

    def draw(self):
        """The steps of the curve: position, at risk, paid; and where the tail begins, and its rate."""
        places = [
            (self.standard(family, age), event, self.pace[family]) for family, age, event, _ in self.times
        ]
        self.steps = [
            (
                place,
                sum(pace for one, _, pace in places if one >= place),
                sum(event for one, event, _ in places if one == place),
            )
            for place in sorted({place for place, event, _ in places if event})
        ]
        total = sum(event for _, event, _ in places)
        for place, *_ in self.steps:
            left = sum(event for one, event, _ in places if one > place)
            if left <= min(10, total / 4):
                break
        exposed = sum(pace * max(0, one - place) for one, _, pace in places)
        self.tail, self.rate = place, (left + 1) / (exposed + 1)

    def counted(self, place):
        return sum(paid / at_risk for one, at_risk, paid in self.steps if one <= place)

    def hazard(self, place):
        steps = [step for step in self.steps if step[0] <= min(place, self.tail)]
        known = sum(-math.log(1 - min(paid / at_risk, at_risk / (at_risk + 1))) for _, at_risk, paid in steps)
        return known + self.rate * max(0, place - self.tail)

    def open(self):
        return [invoice for invoice in self.seen if not invoice.closing(self.until)]

    def chance(self, invoice, days):
        age, family = (self.until - invoice.issued).days, invoice.family
        now, then = (self.hazard(self.standard(family, age + ahead)) for ahead in (0, days))
        return 1 - math.exp(-self.now[family] * (then - now))

    def expected(self, invoice):
        """The first day by which half are paid of those that are within a year."""
        half = self.chance(invoice, 365) / 2
        return next(days for days in range(1, 366) if self.chance(invoice, days) >= half - 1e-9)


SEEDS = st.integers(0, 2)
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@QUICK
@given(seed=SEEDS)
def test_habits_and_curves_equal_a_plain_loop(written, seed):
    """Usual days, spreads, paces and survival curves equal those of a plain loop over the invoices."""
    invoices, books = written(seed)
    for until in (TODAY, SPLIT):
        replay = Replay(invoices, until)
        rows = books.rows(f"""
            select root_customer_id, paid_count, usual_days, spread, pace, pace * recent_pace
            from core.payment_paces where known_until = '{until}' order by 1
        """)
        assert rows == [
            (
                family,
                replay.paid[family],
                pytest.approx(30 * math.exp(replay.mean[family]) - 30),
                pytest.approx(replay.spread[family]),
                pytest.approx(replay.pace[family]),
                pytest.approx(replay.now[family]),
            )
            for family in replay.families
        ]
        survival, wanted = 1.0, []
        for place, at_risk, paid in replay.steps:
            survival *= max(0, 1 - paid / at_risk)
            wanted.append(pytest.approx((30 * math.exp(place) - 30, at_risk, paid, survival), abs=1e-6))
        assert (
            books.rows(f"""
            select age_days, at_risk_count, paid_count, survival from core.payment_survival
            where known_until = '{until}' order by 1
        """)
            == wanted
        )


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
        assert expected == TODAY + datetime.timedelta(replay.expected(invoice))
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
    paid = sorted(
        (closing[0] - invoice.issued).days
        for invoice in replay.seen
        if (closing := invoice.closing(SPLIT)) and closing[1]
    )
    median = paid[(len(paid) - 1) // 2]
    cases, off = defaultdict(list), defaultdict(list)
    for invoice in replay.open():
        closing = invoice.closing(TODAY)
        took = closing and (closing[0] - SPLIT).days
        due = max(1, (invoice.due - SPLIT).days)
        usual = max(1, (invoice.issued - SPLIT).days + median)
        for days in HORIZONS:
            if closing and not closing[1] and took <= days:
                continue
            outcome = bool(closing and took <= days)
            chance = replay.chance(invoice, days)
            cases["model", days].append((chance, round(chance, 6), outcome))
            cases["due_date", days].append((due <= days, -due, outcome))
            cases["global_median", days].append((usual <= days, -usual, outcome))
        if closing and closing[1]:
            for forecast, said in (
                ("model", replay.expected(invoice)),
                ("due_date", due),
                ("global_median", usual),
            ):
                off[forecast].append(abs(said - took))

    def mean(values):
        return sum(values) / len(values) if values else None

    def figures(forecast, days):
        known = cases[forecast, days]
        paid = [rank for _, rank, outcome in known if outcome]
        unpaid = [rank for _, rank, outcome in known if not outcome]
        return {
            "accuracy": mean([(chance >= 0.5) == outcome for chance, _, outcome in known]),
            "brier": mean([(chance - outcome) ** 2 for chance, _, outcome in known]),
            "auc": mean([1 if a > b else 0.5 if a == b else 0 for a in paid for b in unpaid]),
            "mae": mean(off[forecast]),
            "calibration_error": None,  # no tenth holds 50
        }

    rows = books.rows("""
        select metric, horizon_days, value, baseline, baseline_value, compared_count, missing_count, model_status,
            split_date
        from core.payment_scores where model = 'payment_survival'
    """)
    assert len(rows) == 2 * (4 * len(HORIZONS) + 1)
    for metric, days, value, baseline, baseline_value, n, missing, status, split in rows:
        assert (missing, status, split) == (0, "fitted", SPLIT)
        assert n == len(off["model"] if metric == "mae" else cases["model", days])
        assert value == pytest.approx(figures("model", days)[metric], abs=1e-5)
        assert baseline_value == pytest.approx(figures(baseline, days)[metric])


@QUICK
@given(seed=SEEDS)
def test_later_horizons_are_likelier_and_no_more_than_is_open_is_expected(written, seed):
    """Chances grow with the horizon and are never sure, and the money expected is never more than is open."""
    _, books = written(seed)
    for chances in books.rows("""
        select p_7d, p_14d, p_21d, p_28d, p_30d, p_60d, p_90d, p_91d, p_365d from core.payment_chances
    """):
        assert sorted(chances) == list(chances)
        assert 0 <= chances[0] <= chances[-1] < 1
    total, by_week, last, least = books.row("""
        select any_value(open_invoices_amount), sum(expected_amount), max(expected_to_date_amount), min(expected_amount)
        from marts.cash_forecast
    """)
    assert by_week == last <= total
    assert least >= 0
    assert total == books.value("select sum(open_home) from marts.open_invoice_forecast")


PREDICTIVE = [
    "core.payment_times",
    "core.payment_fits",
    "core.payment_paces",
    "core.payment_survival",
    "core.payment_chances",
    "core.payment_scores",
    "marts.open_invoice_forecast",
    "marts.cash_forecast",
    "marts.model_scores",
    "marts.payment_seasonality",
    "marts.payment_habits",
    "marts.collection_worklist",
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


def test_the_backtest_knows_what_the_books_of_the_split_knew(written):
    """The backtest's chances are those of books that end at the split."""
    _, truncated = written(0, until=SPLIT, as_of=SPLIT)
    _, whole = written(0)
    sql = "select * exclude (is_backtest) from core.payment_chances where known_until = '{}' order by all"
    assert truncated.rows(sql.format(SPLIT)) == whole.rows(sql.format(SPLIT))
