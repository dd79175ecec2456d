"""The one property that stands for all: whatever happens in the books and on the way, the copy is exact."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.support.harness import Installation
from tests.support.nights import LASTING, PASSING, Story, crowded_nights, publishes

pytestmark = pytest.mark.survives("Random nights")

NIGHTS = [
    ("first", 4),
    *(pytest.param(*more, marks=pytest.mark.long) for more in (("first", 6), ("second", 9))),
]
"""So many of each seed; `make soak` lives through the longer ones and NIGHTS=n random ones, others with SEED=n."""


@pytest.mark.parametrize(("seed", "nights"), NIGHTS)
def test_every_night_ends_with_an_exact_copy(copied: Installation, seed: str, nights: int) -> None:
    """After each night live rows are the company's rows, content included, and none is lost.

    Everything that can happen to a night happens in each story: every passing fault came, and two that lasted.
    """
    chance = Random(seed)
    story = Story(copied)
    for number, night in enumerate(crowded_nights(chance, nights, len(story.books))):
        assert story.live_through(night, publishing=publishes(number)) == [], f"night {number}: {night}"
    assert story.ending() == []
    came = Counter(copied.server.counters.faults)
    assert not [kind for kind in PASSING if not came[kind]]
    assert any(came[kind] > 1 for kind in LASTING) and came["cdc_deleted_live"] > 0
