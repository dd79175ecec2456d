"""BG/NBD, MBG/NBD and Gamma-Gamma: published figures, properties, the gate, and nothing from the future.

Figures of the papers (Fader, Hardie and Lee 2005 and note 025; Batislam, Denizel and Filiztekin 2007) and of the
R packages BTYD and BTYDplus, on the CDNOW purchases.
"""

from __future__ import annotations

import shutil
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import cdnow
from tests.support.books import Books
from transforms.core import purchase_fits
from transforms.engine import models
from transforms.maths import btyd

D = Decimal
CENT = D("0.01")


def one(*values):
    return [np.array([float(value)]) for value in values]


@pytest.fixture(scope="module")
def customers():
    """x, t_x, age, mean and what followed, as arrays."""
    rows = cdnow.summaries().values()
    return tuple(
        np.array([float(getattr(row, name)) for row in rows]) for name in ("x", "t_x", "age", "mean", "later")
    )


@pytest.fixture(scope="module")
def bg(customers):
    return btyd.fit_purchases(*customers[:3], btyd.BG)


@pytest.fixture(scope="module")
def mbg(customers):
    return btyd.fit_purchases(*customers[:3], btyd.MBG)


@pytest.fixture(scope="module")
def spend(customers):
    x, _, _, mean, _ = customers
    return btyd.fit_spend(x[mean > 0], mean[mean > 0])


def test_the_purchases_are_those_of_the_papers(customers):
    """The purchases used here have the totals that the papers state."""
    x, _, _, mean, later = customers
    assert len(cdnow.purchases()) == 6919
    assert (len(x), x.sum(), later.sum(), (mean > 0).sum()) == (2357, 2457, 1882, 946)


def test_bg_nbd_has_the_published_parameters(bg):
    """The BG/NBD fit has the published parameters and log-likelihood."""
    r, alpha, a, b = bg.parameters
    assert (r, a) == (pytest.approx(0.2426, abs=1e-3), pytest.approx(0.7930, abs=1e-3))
    assert (alpha, b) == (pytest.approx(4.4137, abs=5e-3), pytest.approx(2.4262, abs=5e-3))
    assert bg.log_likelihood == pytest.approx(-9582.429, abs=1e-2)
    assert bg.is_inside and bg.is_stable


def test_mbg_nbd_has_the_published_parameters(mbg):
    """The MBG/NBD fit has the published parameters."""
    r, alpha, a, b = mbg.parameters
    assert (r, a) == (pytest.approx(0.525, abs=1e-3), pytest.approx(0.891, abs=1e-3))
    assert (alpha, b) == (pytest.approx(6.183, abs=5e-3), pytest.approx(1.614, abs=5e-3))


def test_gamma_gamma_has_the_published_parameters_and_mean(customers, spend):
    """The Gamma-Gamma fit has the published parameters, mean and expected spend of single customers."""
    p, q, v = spend.parameters
    assert (p, q, v) == (
        pytest.approx(6.25, abs=5e-3),
        pytest.approx(3.74, abs=5e-3),
        pytest.approx(15.44, abs=1e-2),
    )
    assert p * v / (q - 1) == pytest.approx(35.17, abs=5e-3)
    x, _, _, mean, _ = customers
    expected = btyd.expected_spend(spend.parameters, x, mean)
    assert expected.mean() == pytest.approx(35.2529588256, abs=1e-3)
    assert expected[:10] == pytest.approx(
        [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17], abs=1.5e-2
    )


@pytest.mark.parametrize(
    ("weeks", "orders"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_orders_of_a_new_customer(bg, weeks, orders):
    """The orders expected of a new customer equal the published ones, from a day to 78 weeks."""
    assert btyd.expected_orders(bg.parameters, *one(0, 0, 0), btyd.BG, weeks=weeks) == pytest.approx(
        orders, abs=4e-4
    )


def test_a_year_of_a_new_customer(bg):
    """The orders expected of a new customer in a year equal the published figure."""
    assert btyd.expected_orders(bg.parameters, *one(0, 0, 0), btyd.BG, weeks=52) == pytest.approx(
        1.444004, abs=1e-4
    )


@pytest.mark.parametrize(
    ("x", "t_x", "age", "weeks", "orders"),
    [
        (2, 30.43, 38.86, 39, 1.226),
        (26, 30.857142857, 31, 52, 25.75659),
        (10, 20, 39, 52, 0.3474606),
        (15, 20, 39, 52, 0.04283391),
        (20, 20, 39, 52, 0.004158973),
        (25, 20, 39, 52, 0.0003585685),
    ],
)
def test_orders_of_a_known_customer(bg, x, t_x, age, weeks, orders):
    """The orders expected of a known customer equal the published ones."""
    expected = btyd.expected_orders(bg.parameters, *one(x, t_x, age), btyd.BG, weeks=weeks)
    assert expected == pytest.approx(orders, rel=2e-3)


def test_who_is_alive(bg, mbg, customers):
    """BG/NBD calls everybody without a repeat order alive, although only 13.7% of them bought later."""
    assert btyd.p_alive(bg.parameters, *one(26, 30.857142857, 31), btyd.BG) == pytest.approx(
        0.9688523, abs=1e-5
    )
    x, t_x, age, _, later = customers
    at_once = x == 0
    assert (later[at_once] > 0).mean() == pytest.approx(0.13678, abs=1e-5)
    assert set(btyd.p_alive(bg.parameters, x, t_x, age, btyd.BG)[at_once]) == {1.0}
    assert btyd.p_alive(bg.parameters, x, t_x, age, btyd.BG).mean() == pytest.approx(0.81344, abs=1e-4)
    assert btyd.p_alive(mbg.parameters, x, t_x, age, btyd.MBG).mean() == pytest.approx(0.44872, abs=1e-4)


def test_second_half_by_orders_in_the_first(bg, customers):
    """Orders of the second half, actual and expected, equal the published ones by orders in the first."""
    x, t_x, age, _, later = customers
    expected = btyd.expected_orders(bg.parameters, x, t_x, age, btyd.BG, weeks=39)
    groups = np.minimum(x, 7)
    means = [(later[groups == group].mean(), expected[groups == group].mean()) for group in range(8)]
    assert [actual for actual, _ in means] == pytest.approx(
        [0.2367116, 0.6970387, 1.392523, 1.56, 2.532258, 2.947368, 3.862069, 6.359375], abs=1e-6
    )
    assert [model for _, model in means] == pytest.approx(
        [0.2250893, 0.5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036], abs=2e-4
    )
    assert np.corrcoef(expected, later)[0, 1] == pytest.approx(0.626, abs=5e-4)


def test_all_repeat_orders_up_to_week_78_are_told_four_percent_too_low(bg, customers):
    """The orders expected up to week 78 are 4% below the actual ones, as published."""
    x, _, _, _, later = customers
    ages = np.array([(cdnow.HELD_OUT - row.first).days / 7 for row in cdnow.summaries().values()])
    told = sum(
        btyd.expected_orders(bg.parameters, *one(0, 0, 0), btyd.BG, weeks=age)[0] * (ages == age).sum()
        for age in np.unique(ages)
    )
    assert told / (x + later).sum() - 1 == pytest.approx(-0.04, abs=5e-3)


def test_next_week_names_the_published_best_five(bg, customers):
    """The five best customers of the next week, and their orders, are the published ones."""
    expected = btyd.expected_orders(bg.parameters, *customers[:3], btyd.BG, weeks=1)
    best = sorted(zip(expected, cdnow.summaries(), strict=True), reverse=True)[:5]
    assert [int(customer) for _, customer in best] == [1516, 157, 1981, 841, 509]
    assert [orders for orders, _ in best] == pytest.approx(
        [0.710623, 0.662396, 0.486526, 0.474738, 0.424877], abs=1e-3
    )


def test_twelve_months_are_not_twelve_times_thirty_weeks(bg, spend, customers):
    """The manual of lifetimes values 12 months in steps of 30 weeks; with real months the value is 36.28."""
    x, t_x, age, mean, _ = (column[:10] for column in customers)
    each = btyd.expected_spend(spend.parameters, x, mean)

    def value(step):
        return each * btyd.discounted_orders(bg.parameters, x, t_x, age, btyd.BG, step=step, rate=0.01)

    assert value(30) == pytest.approx(
        [140.096, 18.943, 38.181, 38.181, 38.181, 1003.868, 28.110, 38.181, 167.418, 38.181], rel=1e-3
    )
    assert value(4.345) == pytest.approx(
        [36.278, 4.637, 8.344, 8.344, 8.344, 283.524, 6.881, 8.344, 43.354, 8.344], rel=1e-3
    )


POSITIVE = st.floats(0.05, 20)
HISTORY = st.tuples(st.integers(0, 2000), st.floats(0, 1), st.floats(1, 300))


@settings(deadline=None, max_examples=200)
@given(
    parameters=st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE),
    history=HISTORY,
    chances=st.sampled_from([0, 1]),
)
def test_expectations_are_sane_for_any_customer(parameters, history, chances):
    """Probabilities lie in [0, 1], orders grow with time, and no figure overflows for a frequent customer."""
    x, part, age = history
    customer = one(x, age * part if x else 0, age)
    with np.errstate(all="raise", under="ignore"):
        alive = btyd.p_alive(parameters, *customer, chances)[0]
        orders = [
            btyd.expected_orders(parameters, *customer, chances, weeks=weeks)[0] for weeks in (1, 13, 52, 500)
        ]
        discounted = btyd.discounted_orders(parameters, *customer, chances, steps=4, step=13, rate=0.03)[0]
    assert 0 <= alive <= 1
    assert 0 <= orders[0] <= orders[1] <= orders[2] <= orders[3] < np.inf
    assert 0 <= discounted <= orders[2]


@settings(deadline=None, max_examples=100)
@given(
    parameters=st.tuples(POSITIVE, POSITIVE, POSITIVE.filter(lambda a: abs(a - 1) > 0.01), POSITIVE),
    x=st.integers(1, 30),
    part=st.floats(0, 1),
    chances=st.sampled_from([0, 1]),
)
def test_orders_follow_the_papers_formulas(parameters, x, part, chances):
    """Expected orders equal equation (10) of the BG/NBD paper and its MBG/NBD counterpart, term by term."""
    from scipy.special import hyp2f1

    r, alpha, a, b = parameters
    t_x, age, t = 50 * part, 50.0, 20.0
    if chances == 0:
        c, second, odds = a + b + x - 1, b + x, a / (b + x - 1)
    else:
        c, second, odds = a + b + x, b + x + 1, a / (b + x)
    growth = 1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * hyp2f1(
        r + x, second, c, t / (alpha + age + t)
    )
    expected = c / (a - 1) * growth / (1 + odds * ((alpha + age) / (alpha + t_x)) ** (r + x))
    ours = btyd.expected_orders(parameters, *one(x, t_x, age), chances, weeks=t)
    assert ours[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("chances", [btyd.BG, btyd.MBG])
def test_a_simulated_company_gives_its_parameters_back(chances):
    """The fit of 3,000 simulated customers recovers the parameters they were made of within about a tenth."""
    random = np.random.default_rng(5)
    made = (1.0, 8.0, 1.2, 3.0)
    histories = []
    for rate, leaving in zip(
        random.gamma(made[0], 1 / made[1], 3000), random.beta(*made[2:], 3000), strict=True
    ):
        age, now, last, x = random.uniform(20, 150), 0.0, 0.0, 0
        gone = chances == btyd.MBG and random.random() < leaving
        while not gone and (now := now + random.exponential(1 / rate)) <= age:
            last, x, gone = now, x + 1, random.random() < leaving
        histories.append((x, last, age))
    fit = btyd.fit_purchases(*np.array(histories).T, chances)
    assert fit.parameters == pytest.approx(made, rel=0.25)
    assert fit.is_stable


def receipts(purchases):
    """Sales receipts by id. A day without revenue is no order: eight first purchases of nothing become one cent."""
    return {
        str(number): {
            "CustomerRef": {"value": customer},
            "TxnDate": date,
            "TotalAmt": max(dollars, CENT),
            "Line": [{"Amount": max(dollars, CENT), "DetailType": "SalesItemLineDetail"}],
        }
        for number, (customer, date, dollars) in enumerate(purchases)
    }


@pytest.fixture(scope="module")
def warehouse(empty_warehouse, tmp_path_factory):
    """The books of CDNOW, built as of the last day."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("cdnow")))
    books.put_all("Customer", {id: {"DisplayName": f"Customer {id}"} for id in cdnow.summaries()})
    books.put_all("SalesReceipt", receipts(cdnow.purchases()))
    books.build_all(str(cdnow.HELD_OUT))
    yield books
    books.close()


def test_order_histories_are_the_papers_summary(warehouse):
    """The histories equal the papers' summary, and the middle of the history is the day on which they split it."""
    rows = warehouse.rows("""
        select customer_id, repeat_orders, recency_weeks, age_weeks, coalesce(repeat_mean_amount, 0), later_orders
        from core.order_histories where level = 'customer' and span = 'calibration' and end_date = date '1997-09-30'
    """)
    expected = cdnow.summaries()
    assert len(rows) == len(expected) == 2357
    for customer, x, t_x, age, mean, later in rows:
        row = expected[customer]
        assert (x, later) == (row.x, row.later)
        assert (t_x, age) == (pytest.approx(row.t_x), pytest.approx(row.age))
        assert abs(mean - row.mean) <= CENT  # of purchases of nothing, entered as one cent


def test_the_warehouse_fits_the_published_models(warehouse, bg, mbg, spend):
    """The fits in the warehouse equal those of the published models."""
    fits = {
        model: (status, log_likelihood, [value for value in parameters if value is not None])
        for model, status, log_likelihood, *parameters in warehouse.rows("""
            select model, model_status, log_likelihood, frequency_shape, frequency_scale_weeks,
                dropout_shape1, dropout_shape2, spend_shape, mean_spend_shape, mean_spend_scale
            from core.purchase_fits where level = 'customer' and span = 'calibration'
        """)
    }
    for model, fit in {"BG/NBD": bg, "MBG/NBD": mbg, "Gamma-Gamma": spend}.items():
        status, log_likelihood, parameters = fits[model]
        assert status == "fitted"
        assert parameters == pytest.approx(fit.parameters, rel=1e-2 if model == "Gamma-Gamma" else 1e-6)
        assert model == "Gamma-Gamma" or log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-3)


def test_scores_of_the_second_half(warehouse):
    """The second half has the published correlation of .626; the model is 12.1% under, the naive rate 55.7% over."""
    scores = {
        (model, metric): (value, baseline)
        for model, metric, value, baseline in warehouse.rows(
            """
            select model, metric, value, baseline_value from marts.model_scores
            where model in ('BG/NBD', 'MBG/NBD') and baseline = 'rate so far' and metric <> 'total_error'
            """
        )
    }
    expected = {
        ("BG/NBD", "bias"): (-0.1215, 0.5569),
        ("BG/NBD", "mae"): (0.78545, 1.02367),
        ("BG/NBD", "correlation"): (0.62565, 0.58394),
        ("MBG/NBD", "bias"): (-0.1622, 0.5569),
        ("MBG/NBD", "mae"): (0.76478, 1.02367),
        ("MBG/NBD", "correlation"): (0.62725, 0.58394),
    }
    assert scores.keys() == expected.keys()
    for key, values in expected.items():
        assert scores[key] == pytest.approx(values, abs=2e-4)
    assert warehouse.rows("""
        select round(value, 3), baseline_value, compared_count, model_status, split_date::varchar, as_of_date::varchar
        from marts.model_scores where metric = 'frequency_spend_correlation' and level = 'customer'
    """) == [(0.114, None, 946, "fitted", "1997-09-30", "1998-06-30")]


def test_lifetime_values_hold_together(warehouse):
    """Chances lie between 0 and 1, more time brings more orders, and discounting takes some of the value away."""
    assert (
        warehouse.value(
            "select count(*) from marts.customer_lifetime_value where level = 'customer' and model_status = 'fitted'"
        )
        == 2357
    )
    assert (
        warehouse.rows("""
            select customer_id from marts.customer_lifetime_value
            where level = 'customer' and not (p_alive between 0 and 1 and churn_probability = 1 - p_alive)
                or not (expected_orders_90d between 0 and expected_orders_365d)
                or not (predicted_clv_revenue between 0 and expected_orders_365d * expected_spend_amount + 0.01)
                or predicted_clv_margin is not null or net_revenue is null
        """)
        == []
    )
    told, orders = warehouse.row("""
        select sum(expected_orders_365d), sum(orders) filter (where last_order > as_of_date - 365)
        from marts.customer_lifetime_value where level = 'customer'
    """)
    assert 0 < told < orders


def test_a_tenth_by_predicted_value_is_of_high_value(warehouse):
    """A tenth of the customers, by predicted value, are of high value, beside those of class A."""
    best = {
        customer
        for (customer,) in warehouse.rows("""
            select customer_id from marts.customer_lifetime_value
            where level = 'customer' order by predicted_clv_revenue desc limit 235
        """)
    }
    classes = dict(
        warehouse.rows("select customer_id, abc_class from marts.customer_segments where level = 'customer'")
    )
    high = {
        customer
        for (customer,) in warehouse.rows(
            "select customer_id from marts.customer_segments where level = 'customer' and is_high_value"
        )
    }
    assert high == best | {customer for customer, abc in classes.items() if abc == "A"}
    assert len(best - {customer for customer, abc in classes.items() if abc == "A"}) > 0


TABLES = (
    "core.order_histories core.purchase_fits core.purchase_model core.purchase_scores marts.model_scores "
    "marts.lifetime_value_by_cohort marts.customer_lifetime_value marts.customer_segments marts.cohort_retention "
    "marts.service_frequency"
)


def test_nothing_later_than_the_run_date_counts(empty_warehouse, tmp_path):
    """Books with everything in them, as of 5 April 1998, equal books into which nothing later was ever entered."""
    then = "1998-04-05"
    half = [purchase for purchase in cdnow.purchases() if int(purchase[0]) % 2]
    found = []
    for purchases in (half, [purchase for purchase in half if str(purchase[1]) <= then]):
        books = Books(shutil.copy(empty_warehouse, tmp_path / f"{len(found)}.duckdb"))
        books.put_all("SalesReceipt", receipts(purchases))
        if len(purchases) == len(half):  # what comes back later takes nothing off an order of before
            books.put_all(
                "RefundReceipt", receipts([(customer, "1998-05-01", D(500)) for customer, *_ in half[:300]])
            )
        books.build(then, at_once=TABLES.split())
        found.append({table: books.rows(f"from {table} order by all") for table in TABLES.split()})
        books.close()
    full, truncated = found
    assert len(receipts(half)) > len(truncated["core.order_histories"]) / 2 > 1000  # on two levels
    assert full["core.purchase_fits"][0][3] == "fitted"  # model_status
    for table in TABLES.split():
        assert full[table] == truncated[table], table


def histories(customers=100, repeaters=50, weeks=60.0, realm_id="1"):
    """The first so many of the papers' customers with a repeat order, and of those without one."""
    rows = list(cdnow.summaries().values())
    chosen = [row for row in rows if row.x][:repeaters] + [row for row in rows if not row.x][
        : customers - repeaters
    ]
    return pd.DataFrame(
        {
            "realm_id": realm_id,
            "level": "customer",
            "span": "all",
            "repeat_orders": [row.x for row in chosen],
            "recency_weeks": [row.t_x for row in chosen],
            "age_weeks": [row.age for row in chosen],
            "mean": [float(row.mean) if row.x else None for row in chosen],
            "history_weeks": weeks,
        }
    )


def outcome(frame, model="MBG/NBD"):
    fits = purchase_fits.rows(frame)
    return fits[fits.model == model][["model_status", "reason"]].values.tolist()


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({"customers": 99}, "small_book", "fewer than 100 customers"),
        ({"repeaters": 49}, "small_book", "fewer than 50 customers with a repeat order"),
        ({"weeks": 51.9}, "small_book", "less than 52 weeks of history"),
        ({"customers": 19, "repeaters": 10}, "insufficient_data", "fewer than 20 customers"),
        ({"repeaters": 9}, "insufficient_data", "fewer than 10 customers with a repeat order"),
        ({"weeks": 25.9}, "insufficient_data", "less than 26 weeks of history"),
    ],
)
def test_too_little_to_fit(given, status, reason):
    """Few customers, repeat customers or weeks make a small book, too few leave it without a fit, with the reason."""
    assert outcome(histories(**given)) == [[status, reason]]


def test_just_enough_to_fit():
    """Exactly 100 customers, 50 of them with repeat orders, and 52 weeks are enough to fit."""
    assert outcome(histories(customers=100, repeaters=50, weeks=52.0)) == [["fitted", None]]


def test_customers_who_never_leave_are_told_by_nbd():
    """If everybody orders every week the chance of leaving is 0, which no finite b reaches: NBD expects 52 a year."""
    frame = histories().assign(repeat_orders=60, recency_weeks=60.0, age_weeks=60.0)
    assert outcome(frame) == [["nbd", "optimum out of bounds"]]
    fits = purchase_fits.rows(frame)
    parameters = fits[fits.model == "MBG/NBD"][list(purchase_fits.ORDER_PARAMETERS)].iloc[0].tolist()
    assert parameters[2:] == [0.0, 1.0]
    customer = one(60, 60, 60)
    assert btyd.p_alive(parameters, *customer, btyd.MBG).tolist() == [1.0]
    assert btyd.expected_orders(parameters, *customer, btyd.MBG, weeks=52)[0] == pytest.approx(52, rel=1e-3)


def test_nbd_has_its_parameters_back():
    """NBD fitted to 4,000 customers who never leave recovers their frequencies, and expects (r + x) / (alpha + age)."""
    random = np.random.default_rng(2)
    rates, age = random.gamma(1.5, 1 / 12, 4000), random.uniform(20, 150, 4000)
    x = random.poisson(rates * age).astype(float)
    fit = btyd.fit_frequencies(x, age)
    assert fit.parameters[:2] == pytest.approx((1.5, 12), rel=0.1) and fit.is_stable
    r, alpha = fit.parameters[:2]
    expected = btyd.expected_orders(fit.parameters, x, age / 2, age, btyd.MBG, weeks=30.0)
    assert expected == pytest.approx((r + x) / (alpha + age) * 30)


def test_spend_without_a_fit_is_a_mean():
    """Customers who all spend alike fit no Gamma-Gamma; each one's mean is drawn towards that of all."""
    frame = histories().assign(mean=50.0)
    assert outcome(frame, "Gamma-Gamma")[0][0] == "mean"
    fits = purchase_fits.rows(frame)
    parameters = fits[fits.model == "Gamma-Gamma"][list(purchase_fits.SPEND_PARAMETERS)].iloc[0].tolist()
    assert btyd.expected_spend(parameters, *one(0, 0))[0] == pytest.approx(50)
    assert btyd.expected_spend(parameters, *one(2, 100))[0] == pytest.approx(75)


def test_a_model_is_fitted_again_only_when_its_histories_changed(monkeypatch):
    """Histories of before keep their fits, to the last digit; one day more has them fitted anew."""
    frame, fitted = histories(), []
    fit = btyd.fit_purchases
    monkeypatch.setattr(btyd, "fit_purchases", lambda *args: fitted.append(1) or fit(*args))
    first = purchase_fits.rows(pd.concat([frame, frame.assign(level="family")]))
    again = purchase_fits.rows(pd.concat([frame, frame.assign(level="family")]), first)
    assert len(fitted) == 1  # of both levels, which are alike
    pd.testing.assert_frame_equal(again, first, check_dtype=False, check_exact=True)
    purchase_fits.rows(frame.assign(age_weeks=frame.age_weeks + 1 / 7), first)
    assert len(fitted) == 2


def test_a_kept_fit_that_was_altered_is_healed_from_scratch(warehouse):
    """A build takes kept fits as they are; one from scratch fits anew, so that a fresh build finds an altered one."""
    found = "select distinct frequency_shape from core.purchase_fits where model = 'MBG/NBD' and span = 'all'"
    (model,) = (one for one in models.read_python("core") if one.table == "core.purchase_fits")
    connection = warehouse.connection
    right = warehouse.value(found)
    connection.execute("update core.purchase_fits set frequency_shape = 7 where model = 'MBG/NBD'")
    model.create(connection)
    assert warehouse.value(found) == 7
    model.create(connection, from_scratch=True)
    assert warehouse.value(found) == right


def test_companies_are_fitted_apart():
    """One company's fit is the same with another beside it."""
    frame = histories(300, 150)
    other = histories(200, 120, realm_id="2").assign(age_weeks=lambda rows: rows.age_weeks * 2)
    alone, together = purchase_fits.rows(frame), purchase_fits.rows(pd.concat([other, frame]))
    assert together[together.realm_id == "1"].reset_index(drop=True).equals(alone)
    assert not together[together.realm_id == "2"].frequency_shape.equals(alone.frequency_shape)


def test_what_was_given_back_leaves_no_margin_rate(books):
    """A customer who gave back more than was sold has no margin rate, not one of -270 over -250."""
    books.customer()
    books.put("Item", "I", Name="Item", Type="Service", PurchaseCost=20)
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail"}
    line["SalesItemLineDetail"] = {"ItemRef": {"value": "I"}, "Qty": 1}
    for id, date in [("1", "01-10"), ("2", "02-10")]:
        books.invoice(id, 100, date, Line=[line])
    books.credit_memo("3", 450, "01-05", Line=[{**line, "Amount": 450}])  # later, no order would be left
    books.build("04-20")
    assert books.row(
        "select gross_margin, margin_rate from marts.customer_lifetime_value where level = 'customer'"
    ) == (D(-270), None)


def test_below_the_gate_the_rhythm_tells_what_can_be_told(books):
    """Visits every 30 days, the last 49 days ago: no probability, but a ratio of 1.63.

    In the first half, of 54 days, one repeat order; at that rate 55/54 would have come in the second, where one did.
    """
    books.customer()
    for number, date in enumerate(("01-01", "01-31", "03-02")):
        books.invoice(str(number), 100, date)
    books.build("04-20")
    assert books.row("""
        select model_status, spend_status, p_alive, churn_probability, expected_orders_365d, predicted_clv_revenue,
            round(overdue_ratio, 2), gap_count, net_revenue, orders, repeat_orders
        from marts.customer_lifetime_value where level = 'customer'
    """) == ("insufficient_data", "insufficient_data", None, None, None, None, 1.63, 2, D(300), 3, 2)
    assert books.rows("""
        select metric, value, baseline_value, compared_count, model_status
        from marts.model_scores
        where model = 'MBG/NBD' and level = 'family' and baseline = 'rate so far'
        order by all
    """) == [
        ("bias", None, pytest.approx(55 / 54 - 1), 1, "insufficient_data"),
        ("correlation", None, None, 1, "insufficient_data"),
        ("mae", None, pytest.approx(55 / 54 - 1), 1, "insufficient_data"),
        ("total_error", None, pytest.approx(55 / 54 - 1), 1, "insufficient_data"),
    ]


def test_orders_and_spend_are_net_of_what_came_back(books):
    """A credit takes from the latest order before it: of 300, 200 and 100 a credit of 150 leaves 300 and 150.

    A write-off of the rest of the second leaves one order; what is left of an order that came back is none.
    """
    books.customer()
    for number, (date, amount) in enumerate([("01-01", 300), ("02-01", 200), ("03-01", 100)]):
        books.invoice(str(number), amount, date)
    books.credit_memo("C", 150, "03-10")
    books.build("04-20")
    found = """
        select repeat_orders, recency_weeks * 7, repeat_mean_amount, last_year_revenue from core.order_histories
        where span = 'all' and level = 'family'
    """
    assert books.rows(found) == [(1, 31, D(150), D(450))]
    books.credit_memo("D", 150, "03-11")
    books.build("04-20")
    assert books.rows(found) == [(0, 0, None, D(300))]


@pytest.mark.parametrize(
    "dropout", [(150.0, 600.0), (2_000.0, 5_000.0), (9_900.0, 300.0), (9_900.0, 9_900.0)]
)
@pytest.mark.parametrize("weeks", [90 / 7, 365 / 7, 520.0])
def test_orders_of_customers_who_all_leave_at_one_rate(dropout, weeks):
    """Where the dropout rates hardly differ, expected orders are those of one rate, however many years ahead."""
    a, b = dropout
    r, alpha, x, t_x, age = (
        1.5,
        20.0,
        np.array([0.0, 3.0, 40.0]),
        np.array([0.0, 30.0, 75.0]),
        np.full(3, 80.0),
    )
    expected = btyd.expected_orders((r, alpha, a, b), x, t_x, age, btyd.MBG, weeks=weeks)
    rate = a / (a + b + x)
    lasting = (1 + rate * weeks / (alpha + age)) ** -(r + x)
    alive = btyd.p_alive((r, alpha, a, b), x, t_x, age, btyd.MBG)
    assert expected == pytest.approx(alive * (1 - lasting) / rate, rel=0.02, abs=1e-9)
