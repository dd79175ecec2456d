"""Many nights in a row: `make soak NIGHTS=60`. Each ends with an exact copy, or the exit code is 1."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from random import Random

from pipelines.companies import QUIET_DLT
from pipelines.embedded import EmbeddedServer, World
from pipelines.outcome import Exit
from tests.embedded.edit_storm import edit_at_random
from tests.harness import Installation, rebuilt_differences

PUBLISHED_EVERY = 10
SEED = 20261120


def main(nights: int) -> int:
    """Business days and random edits night after night; every tenth publishes, the others extract.

    One night in fifty comes after forty days away, longer than change data capture looks back.
    """
    os.environ.update(QUIET_DLT)
    chance = Random(SEED)
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(World.create(SEED, size=0.1)) as server:
        installation = Installation(server, Path(folder))
        for night in range(nights + 1):
            if night:
                days = 40 if chance.random() < 0.02 else chance.choice((1, 1, 1, 2))
                for company in server.world.companies.values():
                    company.advance(days)
                    edit_at_random(company, chance, edits=6)
            publishing = night % PUBLISHED_EVERY == 0 or night == nights
            wrong = _after(installation, publishing=publishing)
            if publishing:
                print(f"night {night}: {len(wrong)} differences", flush=True)
            if wrong:
                print(f"night {night} (seed {SEED}): {len(wrong)} differences", *wrong[:20], sep="\n")
                print(f"{night} passed, 1 failed")
                return 1
        if wrong := rebuilt_differences(installation):
            print("built night by night is not what a rebuild makes", *wrong, sep="\n")
            print(f"{nights} passed, 1 failed")
            return 1
    print(f"{nights} nights: every copy exact, {server.counters.total} calls, incremental equals rebuilt")
    print(f"{nights} passed, 0 failed")
    return 0


def _after(installation: Installation, *, publishing: bool) -> list[str]:
    """What is wrong after one more night, company by company."""
    if publishing:
        if installation.night() is not Exit.PUBLISHED:
            return installation.findings() or ["not published, and nobody said why"]
    else:
        for realm_id in installation.realm_ids:
            installation.company(realm_id).copy()
    return [line for realm_id in installation.realm_ids for line in installation.differences(realm_id)]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
