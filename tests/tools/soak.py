"""Many random nights: `make soak NIGHTS=60`. Each ends with an exact copy, or the exit code is 1."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pipelines.connect.companies import QUIET_DLT
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from tests.support.harness import Installation
from tests.support.nights import Story, any_night

PUBLISHED_EVERY = 10
LONGEST_STORY = 125
SEED = 20261120
WORLD = 20261120


@dataclass(frozen=True)
class Told:
    """How one story went: what was wrong in the night that ended it, what it survived, and its calls."""

    seed: int
    nights: int
    wrong: list[str]
    calls: int
    faults: Counter[str]


def main(nights: int, seed: int, stories: int) -> int:
    """So many nights, told as several stories that begin with seeds next to one another, one at a time per core."""
    started = time.monotonic()
    lengths = [nights // stories + (number < nights % stories) for number in range(stories)]
    calls, failed, faults, told = 0, 0, Counter[str](), 0
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        tales = [pool.submit(tell, length, seed + number) for number, length in enumerate(lengths)]
        for tale in as_completed(tales):
            story = tale.result()
            told += story.nights
            calls += story.calls
            faults += story.faults
            if story.wrong:
                failed += 1
                print(f"seed {story.seed}, after {story.nights} good nights:", *story.wrong, sep="\n")
                print(f"once more: python -m tests.soak {story.nights + 1} {story.seed} 1")
            else:
                print(
                    f"seed {story.seed}: {story.nights} nights, 0 differences, {story.calls} calls",
                    flush=True,
                )
    print("survived " + ", ".join(f"{count} x {kind}" for kind, count in sorted(faults.items())))
    if not failed:
        print(
            f"{told} nights in {time.monotonic() - started:.0f} s, {stories} installations: every copy exact, ",
            end="",
        )
        print(f"{calls} calls, incremental equals rebuilt")
    print(f"{told} passed, {failed} failed")
    return 1 if failed else 0


def tell(nights: int, seed: int) -> Told:
    """One installation's nights.

    Every tenth visits all companies and publishes, the others extract one or two and skip the rest.
    """
    os.environ.update(QUIET_DLT)
    chance = Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedServer(World.create(WORLD, size=0.1, years=2)) as server,
    ):
        installation = Installation(server, Path(folder))
        installation.night(steps=["extract", "transform"])
        story = Story(installation)
        everybody = range(len(story.books))
        wrong: list[str] = []
        number = 0
        while not wrong and number < nights:
            publishing = (number + 1) % PUBLISHED_EVERY == 0
            few = chance.sample(everybody, chance.randint(1, len(everybody)))
            night = any_night(chance, everybody if publishing else few)
            if found := story.live_through(night, publishing=publishing):
                wrong = [f"night {number + 1}: {night}", *found[:20]]
            else:
                number += 1
        if not wrong and (found := story.ending()):
            wrong = ["after the last night:", *found]
        return Told(seed, number, wrong, server.counters.total, Counter(server.counters.faults))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    wanted = given[0] if given else 60
    defaults = [60, SEED, max(2, -(-wanted // LONGEST_STORY))]
    sys.exit(main(*(given + defaults[len(given) :])))
