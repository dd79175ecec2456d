"""docs/performance.md: a section per benchmark, each replaced when it has been measured anew."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.measure import Step

PAGE = Path(__file__).parents[2] / "docs/performance.md"
HEAD = """# How fast it is

Written by `make bench`; the programs are in `tests/benchmarks/`, each measured variant is a process of its own, and
variants that are compared took turns in one run.
Seconds are those of the machine named below a table, and are only good beside each other: read the ratios.
CPU counts all threads; memory is what was resident at most.
`make bench-quick` compares a few of these ratios with the stored ones, in two minutes.
"""


@dataclass(frozen=True)
class Section:
    """One benchmark's part of the page: what was done, the figures, and what they say."""

    title: str
    what: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    findings: Sequence[str] = ()

    @property
    def text(self) -> str:
        """As Markdown; the first column is words, the others are figures."""
        lines = [" | ".join(cells) for cells in (self.headings, *self.rows)]
        ruled = [lines[0], "|".join(["---", *("---:" for _ in self.headings[1:])]), *lines[1:]]
        table = "\n".join(f"| {line} |" if "---" not in line else f"|{line}|" for line in ruled)
        findings = "\n".join(f"- {finding}" for finding in self.findings)
        parts = [f"## {self.title}", self.what.replace(". ", ".\n"), table, findings, f"*{_circumstances()}*"]
        return "\n\n".join(part for part in parts if part) + "\n"


def write(section: Section, page: Path = PAGE) -> None:
    """Puts the section in place of the one of the same title, or at the end."""
    text = page.read_text(encoding="utf-8") if page.exists() else HEAD
    _, *known = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    titles = [part.partition("\n")[0] for part in known]
    heading = f"## {section.title}"
    if heading in titles:
        known[titles.index(heading)] = section.text
    else:
        known.append(section.text)
    page.write_text("\n".join(part.strip("\n") + "\n" for part in (HEAD, *known)), encoding="utf-8")


def figures(step: Step) -> list[str]:
    """Seconds, CPU seconds and memory."""
    return [seconds(step.seconds), seconds(step.cpu), f"{step.peak:,.0f} MB"]


def seconds(number: float) -> str:
    return f"{number:,.1f} s"


def times(more: float, fewer: float) -> str:
    """How many times as much."""
    return f"{more / fewer:,.1f}"


def _circumstances() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dlt", "pyarrow", "msgspec"))
    today = datetime.date.today().strftime("%-d %B %Y")
    return f"{today}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}."
