"""All benchmarks, or those named, into docs/performance.md: `python -m tests.benchmarks load --objects 100000`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks import report, sections

SECTIONS: dict[str, Callable[[Path, Sequence[int], int], report.Section]] = {
    "load": sections.of_load,
    "throttled": sections.of_throttled,
    "night": sections.of_night,
    "marts": sections.of_marts,
    "checks": sections.of_checks,
    "startup": sections.of_startup,
}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    asked.add_argument("names", nargs="*", help=f"some of {', '.join(SECTIONS)}; default: all")
    asked.add_argument("--objects", type=int, nargs="+", default=[], help="sizes, other than each one's own")
    asked.add_argument("--rounds", type=int, default=3, help="how often what is compared takes its turn")
    asked.add_argument("--folder", type=Path, help="where companies and books are kept for the next time")
    given = asked.parse_args()
    if unknown := set(given.names) - SECTIONS.keys():
        asked.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with tempfile.TemporaryDirectory(prefix="quickduck-", dir=given.folder) as made:
        for name in given.names or SECTIONS:
            print(f"{name}:")
            section = SECTIONS[name](given.folder or Path(made), given.objects, given.rounds)
            report.write(section)
            print(f"\n{section.text}")


if __name__ == "__main__":
    main()
