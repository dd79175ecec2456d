"""Whether anything became slower, in two minutes: `python -m tests.benchmarks.quick`, with `--keep` to store anew.

What is compared is CPU seconds as a ratio to those of dlt loading the same pages in the same run, the least of a few
runs: other people's work on the machine makes both slower, and lasts.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import company, load, marts, night, pages, startup
from tests.benchmarks.measure import Measured

STORED = Path(__file__).with_name("ratios.json")
YARDSTICK = "dlt rest_api, Parquet"
OBJECTS = 10_000
INVOICES = 10_000
MOVED, SLOWER = 1.15, 1.4
"""From here on a ratio is said to have moved; and from here on it fails, for machines are noisier than programs."""


def ratios(folder: Path) -> dict[str, float]:
    """CPU of each thing as a part of the yardstick's."""
    books = company.of(OBJECTS, folder)
    with pages.serving(books) as url:
        loads = load.measured(books, url, 2, ["quickduck", YARDSTICK, "DuckDB alone"])
    _, nights = night.measured([OBJECTS], folder, 2)
    started = startup.measured(folder / f"home-{OBJECTS}", 3)
    built = marts.measured(INVOICES, folder, 1)
    unit = _least(loads[YARDSTICK])
    found = {"first load": _least(loads["quickduck"]), "DuckDB alone": _least(loads["DuckDB alone"])}
    runs = nights[f"{OBJECTS:,} objects"]
    found |= {f"night: {step}": _least(runs, step) for step in runs[0].steps if step != "setup"}
    found |= {f"{INVOICES:,} invoices: {name}": _least(run) for name, run in built.items()}
    found |= {name: _least(run) for name, run in started.items()}
    return {name: round(taken / unit, 4) for name, taken in found.items()}


def _least(found: list[Measured], *steps: str) -> float:
    return min(one.together(*steps).cpu for one in found)


def compared(now: dict[str, float], stored: dict[str, float]) -> tuple[list[str], bool]:
    """What moved, as sentences, and whether something became clearly slower."""
    lines, is_slower = [], False
    for name, ratio in now.items():
        if name not in stored:
            lines.append(f"{name}: new, {ratio:.3f} of the yardstick")
            continue
        change = ratio / stored[name]
        if change >= SLOWER:
            is_slower = True
            lines.append(
                f"{name}: SLOWER, {change:.2f} times what is stored ({stored[name]:.3f}, now {ratio:.3f})"
            )
        elif not 1 / MOVED < change < MOVED:
            word = "slower" if change > 1 else "faster"
            lines.append(f"{name}: {word}, {change:.2f} times what is stored")
    lines += [f"{name}: not measured any more" for name in stored.keys() - now.keys()]
    return lines, is_slower


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.quick", description=__doc__)
    asked.add_argument("--keep", action="store_true", help="store these ratios instead of comparing them")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="quickduck-") as folder:
        now = ratios(Path(folder))
    for name, ratio in now.items():
        print(f"{name:<40} {ratio:7.3f}")
    if given.keep:
        kept = {"day": str(datetime.date.today()), "ratios": now}
        STORED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        return 0
    lines, is_slower = compared(now, json.loads(STORED.read_text(encoding="utf-8"))["ratios"])
    print("\n".join(lines) or "Nothing moved.")
    return int(is_slower)


if __name__ == "__main__":
    sys.exit(main())
