"""How often the intervals of revenue forecasts hold what came, by month ahead, over many series.

`python -m tests.tools.forecast_coverage` tries made-up businesses of each kind; `... FILE.csv` tries the series of a
file, one a line, such as those of a public forecasting competition that you may use: oldest month first, no header.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.support.monthly_series import KINDS, Series, coverage, monthly_series

SERIES_OF_KIND = 20
RUNGS = {"mean": (6, 8, 10), "seasonal_index": (12, 15, 18, 21), "fitted": (24, 30, 36, 42, 48, 60, 72)}


def show(name: str, series: Sequence[Series]) -> None:
    for rung, origins in (*RUNGS.items(), ("all", sum(RUNGS.values(), ()))):
        months, sums, counts = coverage(series, [one for one in origins if one < max(map(len, series))])
        print(f"{name:10} {rung:14} forecasts", *(f"{count:5}" for count in counts))
        for what, shares in (("months", months), ("sums", sums)):
            print(f"{'':10} {'':14} {what:9}", *(f"{share:5.2f}" for share in shares))


def main(files: Sequence[str]) -> None:
    if files:
        for file in files:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
            show(Path(file).stem, [np.array(line.split(","), dtype=float) for line in lines])
        return
    by_kind = {kind: [monthly_series(kind, seed) for seed in range(SERIES_OF_KIND)] for kind in KINDS}
    for kind, series in by_kind.items():
        show(kind, series)
    show("all", [one for series in by_kind.values() for one in series])


if __name__ == "__main__":
    main(sys.argv[1:])
