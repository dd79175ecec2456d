"""What the command line prints: columns of text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table: aligned columns under a head."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def percent(share: float | None) -> str:
    """A share as a percentage, rounded down so that 99.999% does not read as 100%."""
    return "-" if share is None else f"{int(share * 10_000 + 1e-6) / 100:.2f}%"


def as_json(value: object) -> str:
    """Indented JSON; dates and moments are ISO text, paths are text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_text)


def _text(value: Any) -> str:
    """A date, a moment or a path; anything else has no isoformat and is an error."""
    return str(value) if isinstance(value, Path) else str(value.isoformat())


def exact_json(value: object) -> bytes:
    """Compact JSON; amounts are numbers with all their digits, dates and moments ISO text."""
    return msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode(value)
