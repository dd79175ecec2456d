"""Revenue forecasts: the methods by hand, the choice by a second route, and no knowledge of later months."""

from __future__ import annotations

import datetime
import shutil
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day
from transforms.maths import forecasting

QUICK = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
FORECAST = """
    select horizon, low_revenue, mid_revenue, high_revenue, naive_revenue, method, model_status, month_count
    from marts.revenue_forecast order by horizon
"""
SCORES = """
    select metric, value, baseline_value, compared_count, model_status, split_date
    from core.revenue_scores order by 1
"""


def month(number):
    """The first day of a month, counted from January 2020."""
    return datetime.date(2020 + number // 12, number % 12 + 1, 1)


def sell(books, amounts, first=0):
    """Enters one invoice in the middle of each month."""
    for number, amount in enumerate(amounts, first):
        if amount:
            books.invoice(f"m{number}", amount, str(month(number).replace(day=15)))


def month_end(number):
    return str(month(number + 1) - datetime.timedelta(1))


def series(seed, months=40):
    random = Random(seed)
    trend, swing = random.choice([1.0, 1.02, 0.98]), random.choice([0, 0.4])
    return np.array(
        [
            round(1000 * trend**t * (1 + swing * np.sin(t * np.pi / 6)) * random.uniform(0.8, 1.2), 2)
            for t in range(months)
        ]
    )


def test_methods_by_hand():
    """Each method equals its forecast by hand, after a year of 10, 20, … 120 and three months of 20, 40 and 60."""
    known = np.array([*range(10, 130, 10), 20.0, 40.0, 60.0])
    naive = [*range(40, 130, 10), 20, 40, 60]
    assert forecasting.seasonal_naive(known).tolist() == naive
    assert forecasting.seasonal_trend(known).tolist() == [2 * amount for amount in naive]
    assert forecasting.seasonal_trend(known[:14]).tolist() == forecasting.seasonal_naive(known[:14]).tolist()
    assert forecasting.mean_of_year(known).tolist() == [70] * 12
    assert forecasting.drift(known)[:2].tolist() == pytest.approx([60 + 50 / 14, 60 + 100 / 14])
    assert forecasting.drift(known)[11] == pytest.approx(60 + 12 * 50 / 14)


def test_trend_is_bounded():
    """The trend stays between a half and two, even if months bring ten times or a tenth of last year's."""
    year = np.full(12, 10.0)
    assert forecasting.seasonal_trend(np.concatenate([year, year * 10])).tolist() == [200] * 12
    assert forecasting.seasonal_trend(np.concatenate([year, year / 10])).tolist() == [0.5] * 12


def test_smoothing_follows_what_foretold_best():
    """Smoothing takes 0.9 after a single jump and 0.1 for noise around a level, because these forecast best."""
    jump = np.array([0.0, 100.0, 100.0])
    assert forecasting.exponential_smoothing(jump)[0] == pytest.approx(99)
    noise = np.array([100.0, 110.0, 90.0, 110.0, 90.0])
    level = 100.0
    for amount in noise[1:]:
        level += 0.1 * (amount - level)
    assert forecasting.exponential_smoothing(noise).tolist() == pytest.approx([level] * 12)


def test_interval_of_a_sum_by_hand():
    """Sums of twelve were missed by 80 to 120, so the year's 1,320 ranges 118.40 either way, a month 10."""
    backtest = forecasting.Backtest(np.array([100.0] * 12 + [110.0] * 16))
    low, high = backtest.sum_interval("seasonal_naive", 28)
    assert (low[0], high[0], low[11], high[11]) == pytest.approx((100, 120, 1201.6, 1438.4))


def test_pure_season_is_foretold_exactly(books):
    """Three equal years are forecast exactly by the naive method, and the interval has no width."""
    year = [100 * (number + 1) for number in range(12)]
    sell(books, year * 3)
    books.build(month_end(35))
    assert books.rows(FORECAST) == [
        (number + 1, amount, amount, amount, amount, "seasonal_naive", "fitted", 36)
        for number, amount in enumerate(year)
    ]
    assert books.row("select min(month), max(month) from marts.revenue_forecast") == (month(36), month(47))
    scores = {row[0]: row[1:3] for row in books.rows(SCORES)}
    assert scores == {"mae": (0, 0), "mase": (None, None), "bias": (0, 0), "interval_coverage": (1, 1)}


def test_growth_beats_the_naive_forecast(books):
    """If each year doubles, the trend is right from two whole years on, and the naive forecast is half of it."""
    year = [100 * (number % 5 + 1) for number in range(12)]
    sell(books, [amount * factor for factor in (1, 2, 4) for amount in year])
    books.build(month_end(35))
    rows = books.rows(FORECAST)
    assert {row[5] for row in rows} == {"seasonal_trend"}
    assert [row[2] for row in rows] == [8 * amount for amount in year]
    assert [row[4] for row in rows] == [4 * amount for amount in year]
    scores = {row[0]: row[1:3] for row in books.rows(SCORES)}
    assert scores["mae"][0] < scores["mae"][1]
    assert scores["bias"] == (pytest.approx(0, abs=0.01), pytest.approx(-0.5))


@pytest.mark.parametrize(
    ("months", "status", "naive"),
    [(24, "fitted", 12), (23, "insufficient_data", 12), (11, "insufficient_data", 0)],
)
def test_two_complete_years_are_needed(books, months, status, naive):
    """Below two complete years only the naive forecast is there, and below one year there is none."""
    sell(books, [100 + number for number in range(months)])
    books.build(month_end(months - 1))
    rows = books.rows(FORECAST)
    assert {row[6] for row in rows} == {status}
    assert sum(row[4] is not None for row in rows) == naive
    assert sum(row[2] is not None for row in rows) == (12 if status == "fitted" else 0)
    assert {(row[1] is None, row[4]) for row in books.rows(SCORES)} == {(status != "fitted", status)}


def test_company_without_sales_is_told_so(books):
    """A company without sales gets twelve forecast rows marked as insufficient data."""
    books.put("Estimate", "1", CustomerRef={"value": "C"}, TxnDate=day("01-05"), TotalAmt=100)
    books.build("01-20")
    assert books.rows(
        "select count(*), min(month), max(month_count), any_value(model_status) from marts.revenue_forecast"
    ) == [(12, day("01-01"), 0, "insufficient_data")]
    assert books.value("select count(*) from marts.revenue_by_month") == 0
    assert books.rows(
        "select distinct compared_count, model_status from marts.model_scores where model = 'revenue_forecast'"
    ) == [(0, "insufficient_data")]


def test_the_current_month_does_not_train(books):
    """On the day before its end a month is still the first one forecast, whatever it holds."""
    sell(books, [*[100] * 30, 900])
    books.build(month_end(30)[:8] + "30")
    assert books.row("select min(month), any_value(month_count), max(mid_revenue) from marts.revenue_forecast") == (
        month(30), 30, 100,
    )  # fmt: skip


def test_companies_are_forecast_apart(books):
    """Each company's forecast comes from its own months."""
    sell(books, [100] * 24)
    books.realm_id = "2"
    books.realms.add("2")
    sell(books, [700] * 26)
    found = "select distinct realm_id, mid_revenue, month_count from marts.revenue_forecast order by 1"
    books.build(month_end(23))
    assert books.rows(found) == [("1", 100, 24), ("2", 700, 24)]


def replay(months):
    """Choice, forecast and interval at every origin, worked out a second time with lists and loops."""
    methods = forecasting.METHODS
    said = {}
    for origin in range(12, len(months) + 1):
        errors = {name: [] for name in methods}
        for name, method in methods.items():
            for before in range(12, origin):
                forecast = method(months[:before])
                for ahead in range(12):
                    if before + ahead < origin:
                        errors[name].append(abs(months[before + ahead] - forecast[ahead]))
        best = "seasonal_naive"
        for name in methods:
            if origin > 12 and sum(errors[name]) < sum(errors[best]) * (1 - 1e-12):
                best = name
        covered = min(1.0, 0.8 * (origin - 11) / max(1, origin - 12))
        ranked = sorted(errors[best])
        place = covered * (len(ranked) - 1)
        if ranked:
            low = ranked[int(place)]
            width = low + (place - int(place)) * (ranked[min(int(place) + 1, len(ranked) - 1)] - low)
        else:
            width = 0
        said[origin] = best, methods[best](months[:origin]), width
    return said


@QUICK
@given(seed=st.integers(0, 1000))
def test_choice_interval_and_scores_by_a_second_route(seed):
    """The chosen method, its interval and its scores equal a replay that shares no code."""
    months = series(seed)
    told = replay(months)
    backtest = forecasting.Backtest(months)
    errors, inside = [], []
    for origin in range(18, len(months) + 1):
        method, mid, width = told[origin]
        forecast = backtest.forecast(origin)
        assert forecast.method == method
        assert forecast.mid == pytest.approx(np.maximum(mid, 0))
        assert forecast.high == pytest.approx(np.maximum(mid + width, 0))
        assert forecast.low == pytest.approx(np.maximum(mid - width, 0))
        for ahead in range(min(12, len(months) - origin)):
            actual = months[origin + ahead]
            errors.append(actual - max(0, mid[ahead]))
            inside.append(max(0, mid[ahead] - width) - 1e-9 <= actual <= max(0, mid[ahead] + width) + 1e-9)
    scores, compared = forecasting.judge(months)
    found = {score.metric: score.value for score in scores}
    changes = [abs(after - before) for before, after in zip(months, months[12:], strict=False)]
    assert compared == len(errors)
    assert found["mae"] == pytest.approx(np.mean(np.abs(errors)))
    assert found["mase"] == pytest.approx(np.mean(np.abs(errors)) / np.mean(changes))
    assert found["interval_coverage"] == pytest.approx(np.mean(inside))


@QUICK
@given(seed=st.integers(0, 1000))
def test_no_origin_knows_what_comes_after_it(seed):
    """Months after an origin do not change the forecast made there."""
    months = series(seed)
    changed = months.copy()
    changed[28:] = 1e6
    one, other = forecasting.Backtest(months), forecasting.Backtest(changed)
    for origin in (18, 24, 28):
        before, after = one.forecast(origin), other.forecast(origin)
        assert before.method == after.method
        assert (before.low.tolist(), before.mid.tolist(), before.high.tolist()) == (
            after.low.tolist(), after.mid.tolist(), after.high.tolist(),
        )  # fmt: skip


@QUICK
@given(seed=st.integers(0, 1000), scale=st.sampled_from([10, 1000]))
def test_scaling_all_amounts_scales_the_forecast(seed, scale):
    """Scaling all amounts scales the forecast and keeps its method."""
    months = series(seed, 30)
    one, other = forecasting.Backtest(months).forecast(30), forecasting.Backtest(months * scale).forecast(30)
    assert one.method == other.method
    assert other.mid == pytest.approx(one.mid * scale)
    assert other.low == pytest.approx(one.low * scale)


DATED = ("marts.revenue_forecast", "core.revenue_scores", "marts.revenue_by_month", "marts.revenue_by_region")


def test_books_cut_off_at_a_day_forecast_the_same(empty_warehouse, tmp_path):
    """Documents dated after the day of the marts change no row of the forecast."""
    amounts = [round(float(amount), 2) for amount in series(3, 40)]
    found = []
    for name, known in (("cut", 30), ("whole", 40)):
        books = Books(shutil.copy(empty_warehouse, tmp_path / f"{name}.duckdb"))
        sell(books, [str(amount) for amount in amounts[:known]])
        books.build(month_end(29)[:8] + "20", at_once=DATED)
        found.append([sorted(map(str, books.rows(f"from {table}"))) for table in DATED])
    assert found[0] == found[1]
    assert "fitted" in found[0][0][0]
