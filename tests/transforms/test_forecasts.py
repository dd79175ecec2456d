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
from tests.support.monthly_series import KINDS, coverage, monthly_series
from transforms.maths import forecast_scores, forecasting

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
    from core.revenue_scores where baseline = 'seasonal_naive' order by 1
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


def test_the_seasonal_index_by_hand():
    """Of a season seen once a third is kept, of one that comes back all of it, and of mere noise nothing."""
    year = np.array([50.0, 150.0] * 6)
    assert forecasting.seasonal_index(year)[:2] == pytest.approx([82.5, 117.5], rel=0.06)
    assert forecasting.seasonal_index(np.tile(year, 2)).tolist() == pytest.approx([50, 150] * 6)
    turned = forecasting.seasonal_index(np.concatenate([year, year[::-1]]))
    assert turned.tolist() == [turned[0]] * 12


def test_the_level_follows_late_months():
    """Of a level that rose from 100 to 200 four months ago, 200 has the weight 1 - 0.8^4 of all."""
    weights = 0.8 ** np.arange(12)[::-1]
    risen = np.array([100.0] * 8 + [200.0] * 4)
    level = (weights * risen / forecasting.seasonal_index(risen)).sum() / weights.sum()
    assert forecasting.mean(risen[:11])[0] == pytest.approx(1400 / 11)
    assert 133 < forecasting.seasonal_index(risen).mean() < 200 and level > 0


def test_intervals_widen_with_the_horizon_and_scale_with_the_level():
    """A later month is less sure, a sum is surer than its months, and ten times the level is ten times as wide."""
    said = forecasting.Backtest(monthly_series("flat", 1, 11)).forecast(11)
    width, sum_width = said.high - said.mid, said.sum_high - said.sum_mid
    assert (np.diff(width) > 0).all() and (np.diff(sum_width) >= 0).all()
    assert sum_width[0] == pytest.approx(width[0]) and sum_width[-1] < width.sum() * 0.8
    larger = forecasting.Backtest(monthly_series("flat", 1, 11) * 10).forecast(11)
    assert larger.high - larger.mid == pytest.approx(width * 10)


def test_intervals_hold_what_they_say():
    """Of 400 forecasts and more of each month ahead, on businesses of nine kinds, 75 to 85 in 100 held; sums, too."""
    series = [monthly_series(kind, seed, 72) for kind in KINDS for seed in range(12)]
    months, sums, counts = coverage(series, (6, 10, 14, 18, 24, 30, 36, 44, 52, 60))
    assert counts.min() >= 400
    assert np.abs(months - 0.8).max() <= 0.05, (months, counts)
    assert np.abs(sums - 0.8).max() <= 0.05, (sums, counts)


def test_a_hundred_years_cost_what_nine_do():
    """Months older than what methods look at and are judged by change nothing, and no forecast is made from there."""
    months = monthly_series("customers", 3, 1200)
    whole, late = forecasting.Backtest(months), forecasting.Backtest(months[-180:])
    for one, other in zip(
        vars(whole.forecast(1200)).values(), vars(late.forecast(180)).values(), strict=True
    ):
        assert one == other if isinstance(one, str | int) else one.tolist() == other.tolist()
    assert np.isfinite(whole.forecasts("drift")).all(axis=1).sum() <= 2 * forecasting.JUDGED + 1
    assert max(score.compared_count for score in forecast_scores.judge(months)) == 12 * 48 - 66


def test_pure_season_is_foretold_exactly(books):
    """Three equal years are forecast exactly by the naive method, and the interval has no width."""
    year = [100 * (number + 1) for number in range(12)]
    sell(books, year * 3)
    books.build(month_end(35))
    assert books.rows(FORECAST) == [
        (number + 1, amount, amount, amount, amount, "seasonal_naive", "fitted", 36)
        for number, amount in enumerate(year)
    ]
    assert books.rows("""
        select distinct best_naive_method, best_naive_revenue = naive_revenue, cumulative_high_revenue from
        marts.revenue_forecast where horizon = 12
    """) == [("seasonal_naive", True, sum(year))]
    assert books.row("select min(month), max(month) from marts.revenue_forecast") == (month(36), month(47))
    scores = {row[0]: row[1:3] for row in books.rows(SCORES)}
    assert scores.keys() == {"mae", "mase", "bias", "total_error"}
    assert scores["mae"][1] == scores["bias"][1] == scores["total_error"][1] == 0
    assert scores["mae"][0] > 0  # in the second year the season had been seen once


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
    assert scores["bias"] == (pytest.approx(-0.284, abs=1e-3), pytest.approx(-0.5))


@pytest.mark.parametrize(
    ("months", "status", "method"),
    [
        (24, "fitted", "mean_of_year"),
        (23, "seasonal_index", "seasonal_index"),
        (12, "seasonal_index", "seasonal_index"),
        (11, "mean", "mean"),
        (6, "mean", "mean"),
        (5, "insufficient_data", None),
    ],
)
def test_the_months_on_record_decide_what_is_tried(books, months, status, method):
    """A mean from six months on, a seasonal index from a year on, the best method from two; a rule from a year on."""
    sell(books, [100 + (number % 2) * 20 for number in range(months)])
    books.build(month_end(months - 1))
    rows = books.rows(FORECAST)
    assert {row[6] for row in rows} == {status}
    assert status == "fitted" or {row[5] for row in rows} == {method}
    assert sum(row[4] is not None for row in rows) == (12 if months >= 12 else 0)
    assert all((row[1] is None) == (row[2] is None) == (status == "insufficient_data") for row in rows)
    assert all(row[1] <= row[2] <= row[3] for row in rows if status != "insufficient_data")
    assert {(row[1] is None, row[4]) for row in books.rows(SCORES) if row[0] == "mae"} == {
        (months < 13, status)
    }


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


def test_months_are_judged_again_only_when_they_changed(books, monkeypatch):
    """A night within the month judges nothing again, and the rows are those of before but for their day."""
    judged = []
    judge = forecast_scores.judge
    monkeypatch.setattr(forecast_scores, "judge", lambda months: judged.append(len(months)) or judge(months))
    sell(books, [100 + number % 7 for number in range(26)])
    found = "select * exclude (as_of_date) from core.revenue_scores order by all"
    books.build(str(month(26).replace(day=1)), at_once=("core.revenue_scores",))
    first = books.rows(found)
    books.build(str(month(26).replace(day=2)), at_once=("core.revenue_scores",))
    assert books.rows(found) == first and len(first) == 26
    sell(books, [900], 26)
    books.build(month_end(26), at_once=("core.revenue_scores",))
    assert books.rows(found) != first
    assert judged == [26, 27]


def test_companies_are_forecast_apart(books):
    """Each company's forecast comes from its own months."""
    sell(books, [100] * 24)
    books.realm_id = "2"
    books.realms.add("2")
    sell(books, [700] * 26)
    found = "select distinct realm_id, mid_revenue, month_count from marts.revenue_forecast order by 1"
    books.build(month_end(23))
    assert books.rows(found) == [("1", 100, 24), ("2", 700, 24)]


def replay(months, origin):
    """Choice, forecast and width of the first month at an origin of two years or more, with lists and loops."""
    methods = forecasting.METHODS
    begins = range(12, origin)
    level = {at: sum(map(abs, months[at - 12 : at])) / 12 for at in [*begins, origin]}
    errors = {name: [] for name in methods}
    for name, method in methods.items():
        for before in begins:
            told = method(months[:before])
            known = min(12, origin - before)
            for ahead in range(known):
                missed = abs(months[before + ahead] - told[ahead])
                unit = (level[before] + abs(told[ahead])) / 2 * (1 + 0.035 * ahead) ** 0.5
                errors[name].append((missed / level[before], missed / unit, 1 / known))

    def size(name):
        relative = [one for one, _, _ in errors[name]]
        return sum(relative) / len(relative) * (0.95 if name == "seasonal_index" else 1)

    best = min(methods, key=size)
    latest = months[origin - 12 : origin]
    usual = (0.3 + np.std(latest, ddof=1) / level[origin]) / 2
    normal = [0.0627, 0.1891, 0.3186, 0.4538, 0.5978, 0.7554, 0.9346, 1.1503, 1.4395, 1.96]
    ranked = sorted(
        [(one, weight) for _, one, weight in errors[best]] + [(usual * one, 0.2) for one in normal]
    )
    target = 0.81 * sum(weight for _, weight in ranked)
    passed, below = 0.0, None
    for value, weight in ranked:
        middle = passed + weight / 2
        if middle >= target:
            break
        passed, below = passed + weight, (middle, value)
    share = (target - below[0]) / (middle - below[0])
    mid = methods[best](months[:origin])
    covered = below[1] + share * (value - below[1])
    return best, mid, covered * (level[origin] + abs(mid[0])) / 2


@QUICK
@given(seed=st.integers(0, 1000), origin=st.integers(24, 39))
def test_choice_and_interval_by_a_second_route(seed, origin):
    """The chosen method, its forecast and its interval equal a replay that shares no code but the methods."""
    months = series(seed)
    method, mid, width = replay(months, origin)
    forecast = forecasting.Backtest(months).forecast(origin)
    assert forecast.method == method
    assert forecast.mid == pytest.approx(np.maximum(mid, 0))
    assert forecast.high[0] - forecast.mid[0] == pytest.approx(width)
    assert forecast.low[0] == pytest.approx(max(0, forecast.mid[0] - width))


@settings(QUICK, max_examples=5)
@given(seed=st.integers(0, 1000))
def test_scores_by_a_second_route(seed):
    """Errors and coverage equal those of every forecast made by itself from the months known then."""
    months = series(seed)
    errors, naive, inside, sums = [], [], {ahead: [] for ahead in range(1, 13)}, []
    for origin in range(12, 40):
        said = forecasting.Backtest(months[:origin]).forecast(origin)
        for ahead in range(1, min(12, 40 - origin) + 1):
            actual = months[origin + ahead - 1]
            errors.append(said.mid[ahead - 1] - actual)
            naive.append(months[origin + ahead - 13] - actual)
            inside[ahead].append(said.low[ahead - 1] <= actual <= said.high[ahead - 1])
        if origin <= 28:
            sums.append(
                (abs(said.mid.sum() - months[origin : origin + 12].sum()), months[origin : origin + 12].sum())
            )
    scores = {
        (score.metric, score.horizon_months, score.judged_on): score
        for score in forecast_scores.judge(months)
        if score.baseline in ("seasonal_naive", None)
    }
    mae = scores["mae", None, forecast_scores.MONTHS]
    assert (mae.value, mae.baseline_value, mae.compared_count) == (
        pytest.approx(np.abs(errors).mean()), pytest.approx(np.abs(naive).mean()), len(errors),
    )  # fmt: skip
    year = scores["total_error", None, forecast_scores.SUMS]
    assert year.value == pytest.approx(sum(error for error, _ in sums) / sum(whole for _, whole in sums))
    for ahead, held in inside.items():
        found = scores["interval_coverage", ahead, forecast_scores.MONTHS]
        assert (found.coverage, found.compared_count) == (pytest.approx(np.mean(held)), len(held))


@QUICK
@given(seed=st.integers(0, 1000))
def test_no_origin_knows_what_comes_after_it(seed):
    """Months after an origin do not change the forecast made there."""
    months = series(seed)
    changed = months.copy()
    changed[28:] = 1e6
    one, other = forecasting.Backtest(months), forecasting.Backtest(changed)
    for origin in (6, 11, 12, 18, 24, 28):
        before, after = one.forecast(origin), other.forecast(origin)
        assert before.method == after.method
        for name in ("low", "mid", "high", "sum_low", "sum_mid", "sum_high"):
            assert getattr(before, name).tolist() == getattr(after, name).tolist()


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
