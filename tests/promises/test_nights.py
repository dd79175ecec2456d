"""The one property that stands for all: whatever happens in the books and on the way, the copy is exact."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from tests.support.harness import Installation
from tests.support.nights import Story, any_night

pytestmark = pytest.mark.survives("Random nights")

NIGHTS = 10  # twice; `make soak` lives through many more


@pytest.mark.parametrize("story", ["first", "second"])
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,  # other nights each time is what `make soak SEED=n` is for
    phases=[Phase.explicit, Phase.generate],  # a night takes seconds: the story is printed, not shrunk
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_every_night_ends_with_an_exact_copy(after_one_night: Path, story: str, seed: int) -> None:
    """After each full night live rows are the company's rows, content included, and none is lost."""
    chance = Random(f"{story} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(after_one_night / "home", Path(folder) / "home")
        with EmbeddedServer(World.load(after_one_night / "books")) as server:
            told = Story(Installation(server, Path(folder) / "home"))
            for number in range(NIGHTS):
                night = any_night(chance, [chance.randrange(len(told.books))])
                assert told.live_through(night, publishing=True) == [], f"night {number}: {night}"
            assert told.ending() == []
