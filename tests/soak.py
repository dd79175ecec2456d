"""Many random nights in a row: `make soak NIGHTS=60`. Each ends with an exact copy, or the exit code is 1."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from pipelines.companies import QUIET_DLT
from pipelines.embedded import EmbeddedServer, World
from tests.harness import Installation
from tests.nights import Story, any_night

PUBLISHED_EVERY = 10
SEED = 20261120


def main(nights: int, seed: int) -> int:
    """Every tenth night visits all companies and publishes, the others extract one or two and skip the rest."""
    os.environ.update(QUIET_DLT)
    chance = Random(seed)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(World.create(SEED, size=0.1)) as server:
        installation = Installation(server, Path(folder))
        installation.night()
        story = Story(installation)
        everybody = range(len(story.books))
        for number in range(1, nights + 1):
            publishing = number % PUBLISHED_EVERY == 0
            few = chance.sample(everybody, chance.randint(1, len(everybody)))
            night = any_night(chance, everybody if publishing else few)
            wrong = story.live_through(night, publishing=publishing)
            if publishing:
                print(f"night {number}: {len(wrong)} differences, {server.counters.total} calls", flush=True)
            if wrong:
                print(f"night {number} (seed {seed}): {night}", *wrong[:20], sep="\n")
                print(f"{number - 1} passed, 1 failed")
                return 1
        if wrong := story.ending():
            print("after the last night", *wrong, sep="\n")
            print(f"{nights} passed, 1 failed")
            return 1
    faults = ", ".join(f"{count} x {kind}" for kind, count in sorted(server.counters.faults.items()))
    print(f"survived {faults}")
    print(
        f"{nights} nights in {time.monotonic() - started:.0f} s: every copy exact, {server.counters.total} calls, "
        "incremental equals rebuilt"
    )
    print(f"{nights} passed, 0 failed")
    return 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [60, SEED][len(arguments) :])))
