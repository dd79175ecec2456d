"""A published file that a test may spoil, and the report of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipelines.pages.report import render

Spoil = Callable[..., str]


class Text(HTMLParser):
    """What a page says, without its style; white space is one blank."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._is_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.parts.append(data)

    def __str__(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.parts))


@pytest.fixture(scope="session")
def analytics(after_one_night: Path) -> Path:
    """The file that the small world published."""
    return after_one_night / "home" / "analytics.duckdb"


@pytest.fixture
def page_after(analytics: Path, tmp_path: Path) -> Spoil:
    """The report's HTML of a copy of that file in which some statements were run."""

    def rendered(*statements: str) -> str:
        copy = tmp_path / "analytics.duckdb"
        shutil.copyfile(analytics, copy)
        with duckdb.connect(str(copy)) as connection:
            for statement in statements:
                connection.execute(statement)
            return render(connection)

    return rendered
