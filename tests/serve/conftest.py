"""Servers for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.workspace.home import Home
from tests.support.running import Running, running


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    """A server over an empty data folder, whose worker never begins."""
    with running(Home(tmp_path / "home")) as server:
        yield server
