"""The interval of what a campaign or a call brought, and whether one is told at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from transforms.maths.effects import Sample, interval, status


def test_the_interval_is_student_s_and_welch_s():
    """The range of a mean and of a difference of means, by hand; two equal values leave no doubt, one no range."""
    ours, others = Sample.of(pd.Series([-10.0, -20.0, -30.0])), Sample.of(pd.Series([0.0, 4.0]))
    assert interval(ours) == pytest.approx((-44.841, 4.841), abs=0.001)
    assert interval(ours, others) == pytest.approx((-44.24, 0.24), abs=0.01)
    assert interval(Sample.of(pd.Series([3.0, 3.0]))) == (3.0, 3.0)
    assert interval(ours, Sample.of(pd.Series([1.0]))) == (None, None)


def test_a_sample_of_sums_is_the_one_of_values():
    """Values 1, 2 and 6 have the sum 9 and squares of 41: mean 3, variance 7."""
    assert Sample.of_sums(3, 9, 41) == Sample(3, 3.0, 7.0) == Sample.of(pd.Series([1.0, 2.0, 6.0]))


@pytest.mark.parametrize(
    ("reached_count", "compared_count", "is_known", "expected"),
    [
        (10, 10, True, "measured"),
        (10, 10, False, "cost unknown"),
        (10, 9, True, "comparison too small"),
        (10, 0, False, "no comparison"),
        (9, 0, True, "too few reached"),
    ],
)
def test_the_first_reason_counts(reached_count, compared_count, is_known, expected):
    """An effect is measured from ten on either side on; else the first thing that lacks is named."""
    assert status(reached_count, compared_count, is_known=is_known) == expected


@pytest.mark.parametrize(("reached_count", "held_out_count"), [(200, 10), (200, 50), (1000, 1000)])
def test_intervals_of_campaigns_hold_the_truth(reached_count, held_out_count):
    """Where one contact in ten buys, and one in five of those reached, 95 of 100 ranges hold the true effect."""
    random = np.random.default_rng(0)

    def sample(count, rate):
        margins = (random.random(count) < rate) * random.lognormal(4, 1, count)
        return Sample.of_sums(count, margins.sum(), (margins**2).sum())

    truth, hits = 0.1 * np.exp(4.5), 0
    for _ in range(400):
        reached, held_out = sample(reached_count, 0.2), sample(held_out_count, 0.1)
        low, high = interval(reached, held_out.spread_as(reached))
        hits += low <= truth <= high
    assert hits >= 0.94 * 400
