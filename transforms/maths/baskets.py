"""How often two items are bought by one customer, beside what the activity of the customers alone predicts.

Whoever buys many items has bought any two of them more often than others. The chance that a customer has an item
follows the bipartite configuration model: its odds are a figure of the customer's activity, which is the number of its
items, times a figure of the item, so that both the customers' and the items' totals come out (Saracco et al.,
"Inferring monopartite projections of bipartite networks", New Journal of Physics 19, 2017). As the activity is given,
one item bought makes another one a little less likely (Deville and Tillé, "Variance approximation under balanced
sampling", Journal of Statistical Planning and Inference 128, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

STEPS, CLOSE = 500, 1e-6
COVARIANCE_STEPS = 50
BLOCK = 500


@dataclass(frozen=True)
class Expectation:
    """Mean, variance and skewness of the number of customers who bought both items of each pair."""

    mean: Floats
    variance: Floats
    skewness: Floats


def by_activity(activities: Floats, buyers: Floats, first: Indices, second: Indices) -> Expectation:
    """What is expected of pairs of items, given by their places in `buyers`.

    `buyers` has a row per activity and a column per item: how many customers of that activity bought the item.
    What is counted is the product of both items' surprises, so that an item which only busy customers buy goes with no
    other for that reason.
    """
    customers = buyers.sum(axis=1) / activities
    kinds, popularities, item_counts = _kinds(buyers.sum(axis=0))
    chances = _chances(activities, customers, popularities, item_counts)
    pairs, kind_of_pair = np.unique(np.stack([kinds[first], kinds[second]]), axis=1, return_inverse=True)
    mean, variance, third = np.zeros((3, pairs.shape[1]))
    for chance, customer_count in zip(chances, customers, strict=True):
        one, other = chance[pairs[0]], chance[pairs[1]]
        weights = _covariance_weights(chance, item_counts)
        both = one * other - weights[pairs[0]] * weights[pairs[1]] / max(weights @ item_counts, 1e-300)
        both = np.clip(both, np.maximum(0, one + other - 1), np.minimum(one, other))
        covariance = both - one * other
        shares = np.stack([both, one - both, other - both, 1 - one - other + both])
        products = np.stack([(1 - one) * (1 - other), (one - 1) * other, one * (other - 1), one * other])
        mean += customer_count * (both - 2 * one * other)
        variance += customer_count * (shares * (products - covariance) ** 2).sum(axis=0)
        third += customer_count * (shares * (products - covariance) ** 3).sum(axis=0)
    adjustment = _sums(chances[:, kinds], buyers, first, second)
    skewness = third / np.maximum(variance, 1e-300) ** 1.5
    return Expectation(
        np.maximum(0, mean[kind_of_pair] + adjustment), variance[kind_of_pair], skewness[kind_of_pair]
    )


def chance_of_so_many(observed: Floats, expected: Expectation) -> Floats:
    """Chance of at least so many customers, by the gamma distribution of this mean, variance and skewness."""
    from scipy.special import gammaincc

    skewness = np.maximum(expected.skewness, 0.01)  # where it is less, the normal distribution is close
    spread = np.sqrt(np.maximum(expected.variance, 1e-12))
    distance = (observed - 0.5 - expected.mean) / spread
    chance: Floats = gammaincc(4 / skewness**2, np.maximum(0, (distance + 2 / skewness) * 2 / skewness))
    return chance


def false_discovery_rates(chances: Floats, tested_count: int) -> Floats:
    """Benjamini's and Hochberg's rate of each test; those tested and not given have the chance 1."""
    order = np.argsort(chances, kind="stable")
    steps = chances[order] * tested_count / np.arange(1, len(chances) + 1)
    rates = np.empty_like(chances)
    rates[order] = np.minimum.accumulate(np.minimum(1, steps)[::-1])[::-1]
    return rates


def _kinds(totals: Floats) -> tuple[Indices, Floats, Floats]:
    """Kind of each item, popularity of each kind, and its number of items.

    Items of the same popularity, or nearly so, have the same chances, so that there are few kinds of pairs.
    """
    kinds = np.unique(np.round(np.log(totals) * 50), return_inverse=True)[1]
    item_counts = np.bincount(kinds).astype(float)
    return kinds, np.bincount(kinds, totals) / item_counts, item_counts


def _sums(chances: Floats, buyers: Floats, first: Indices, second: Indices) -> Floats:
    """Chances of either item of a pair, added up over the buyers of the other."""
    sums = np.empty(len(first))
    for start in range(0, buyers.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        both = chances[:, block].T @ buyers + buyers[:, block].T @ chances
        inside = (first >= start) & (first < start + BLOCK)
        sums[inside] = both[first[inside] - start, second[inside]]
    return sums


def _chances(activities: Floats, customers: Floats, popularities: Floats, item_counts: Floats) -> Floats:
    """Chance that a customer of an activity (rows) has an item of a popularity (columns)."""
    active = activities / np.sqrt(activities @ customers)
    popular = popularities / np.sqrt(popularities @ item_counts)
    for _ in range(STEPS):
        active = activities / ((popular / (1 + np.outer(active, popular))) @ item_counts)
        popular = popularities / ((active / (1 + np.outer(popular, active))) @ customers)
        odds = np.outer(active, popular)
        chances: Floats = odds / (1 + odds)
        if np.all(np.abs(chances @ item_counts - activities) <= CLOSE * activities):
            break
    return chances


def _covariance_weights(chance: Floats, item_counts: Floats) -> Floats:
    """Weights whose products, divided by their sum, are the covariances within a customer of a given activity."""
    variance = chance * (1 - chance)
    weights = variance
    for _ in range(COVARIANCE_STEPS):
        weights = variance + weights**2 / max(float(weights @ item_counts), 1e-300)
    return weights
