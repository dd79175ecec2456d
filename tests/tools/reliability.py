"""The table of docs/reliability.md, written by the tests that passed: `make reliability`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MARK = "survives"
HEAD = """# What was tried, and survived

Written by `make reliability` out of the tests that passed; every row is a test, run over a real socket.
How often says with how many variations.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reliability", metavar="FILE", help="write the table of what was survived to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{MARK}(part): its tests are rows of docs/reliability.md, under this part"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Hands part, name and docstring over with the report: with xdist, it crosses a process border."""
    report = yield
    mark = item.get_closest_marker(MARK)
    if mark and report.when == "call":
        function: Any = getattr(item, "function", None)
        report.user_properties.append((MARK, (mark.args[0], function.__name__, function.__doc__ or "")))
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if file := config.getoption("--reliability"):
        Path(file).write_text(HEAD + table(_passed(terminalreporter)), encoding="utf-8")


def table(passed: list[tuple[str, str, str]]) -> str:
    """One table a part: what was tried, how often, and what held."""
    parts: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for part, name, docstring in passed:
        tried = name.removeprefix("test_").replace("_", " ")
        parts[part][tried, docstring.strip().splitlines()[0]] += 1
    lines = []
    for part in sorted(parts):
        lines += ["", f"## {part}", "", "| tried | how often | what holds |", "|---|---|---|"]
        lines += [f"| {tried} | {count} | {holds} |" for (tried, holds), count in sorted(parts[part].items())]
    return "\n".join(lines) + "\n"


def _passed(terminalreporter: Any) -> list[tuple[str, str, str]]:
    return [
        tuple(value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == MARK
    ]
