"""Which pairs of items go together beyond what the activity of customers predicts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from transforms.maths.baskets import by_activity, chance_of_so_many, false_discovery_rates

LEAST = 5


def counts(baskets):
    """Activities, buyers by activity and item, and the places of all pairs, of a table of customers by items."""
    sizes = baskets.sum(axis=1)
    activities = np.unique(sizes[sizes > 0])
    buyers = np.array([baskets[sizes == activity].sum(axis=0) for activity in activities], float)
    first, second = np.triu_indices(baskets.shape[1], 1)
    return activities.astype(float), buyers, first, second


def significant(baskets):
    """Pairs whose false discovery rate is 10 % at most, as core.item_pairs finds them."""
    baskets = baskets[:, baskets.sum(axis=0) > 0]
    activities, buyers, first, second = counts(baskets)
    both = (baskets.T.astype(float) @ baskets)[first, second]
    frequent = buyers.sum(axis=0) >= LEAST
    seen = both >= LEAST
    chances = chance_of_so_many(both[seen], by_activity(activities, buyers, first[seen], second[seen]))
    tested_count = int(frequent.sum() * (frequent.sum() - 1) // 2)
    rates = false_discovery_rates(chances, tested_count)
    return set(zip(first[seen][rates <= 0.1].tolist(), second[seen][rates <= 0.1].tolist(), strict=True))


def unrelated(random, customers, items, spread):
    """Baskets in which nothing goes together: chances of the activity and of the popularity of items alone."""
    activity = random.normal(-1.5, 1.2, (customers, 1))
    popularity = random.normal(0, spread, items)
    return random.random((customers, items)) < 1 / (1 + np.exp(-activity - popularity))


def test_every_pair_once_is_what_is_expected():
    """Fifteen customers with the fifteen pairs of six items: one customer is expected of each pair."""
    baskets = np.array([[item in pair for item in range(6)] for pair in combinations(range(6), 2)])
    expected = by_activity(*counts(baskets))
    assert expected.mean == pytest.approx(np.ones(15))
    assert expected.variance == pytest.approx(np.full(15, 15 * (2 / 45 - 4 / 2025)))


@pytest.mark.parametrize(("customers", "items"), [(100, 9), (300, 9), (300, 20), (600, 30)])
def test_random_items_make_no_pairs(customers, items):
    """Of forty books of random items, bought by busy and idle customers, hardly more than one in ten has a pair."""
    random = np.random.default_rng(5)
    books = [
        unrelated(random, customers, items, spread) for spread in (0.0, 0.7, 1.5, 1.0) for _ in range(10)
    ]
    assert sum(bool(significant(baskets)) for baskets in books) <= 6


def test_lift_alone_would_find_them():
    """Of 36 pairs of random items at least 11 pass a lift of 1.2, and none is significant."""
    random = np.random.default_rng(1)
    baskets = unrelated(random, 200, 9, 0.7)
    totals = baskets.sum(axis=0)
    lifts = [
        (baskets[:, one] & baskets[:, other]).sum() * 200 / (totals[one] * totals[other])
        for one, other in combinations(range(9), 2)
    ]
    assert sum(lift > 1.2 for lift in lifts) >= 11
    assert significant(baskets) == set()


def test_planted_pairs_are_found():
    """Of three pairs planted in twenty books nine in ten are found, and of the finds a tenth at most are false."""
    random = np.random.default_rng(2)
    planted = {(0, 1), (2, 3), (4, 5)}
    found = []
    for _ in range(20):
        baskets = unrelated(random, 300, 12, 0.7)
        for one, other in planted:
            baskets[:, other] |= baskets[:, one] & (random.random(300) < 0.6)
        found.append(significant(baskets))
    assert sum(len(pairs & planted) for pairs in found) >= 54
    assert np.mean([len(pairs - planted) / max(1, len(pairs)) for pairs in found]) <= 0.1


def test_an_item_that_only_busy_customers_buy_goes_with_none():
    """Two luxuries that busy customers buy, each by itself, are no pair though each is rare among the others."""
    random = np.random.default_rng(3)
    baskets = unrelated(random, 400, 12, 0.5)
    busy = baskets.sum(axis=1) >= 5
    luxuries = (random.random((400, 2)) < 0.4) & busy[:, None]
    assert (10, 11) not in significant(np.hstack([baskets[:, :10], luxuries]))


def test_the_rate_counts_every_pair_tested():
    """Of four tests with chances .01, .02 and .9, and one that was not given, the rates are .04, .04 and 1."""
    assert false_discovery_rates(np.array([0.9, 0.01, 0.02]), 4) == pytest.approx([1, 0.04, 0.04])
