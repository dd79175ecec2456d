"""An empty warehouse, built once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.books import Books


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transforms") / "warehouse.duckdb"
    books = Books(path)
    books.build_all()
    books.close()
    return path


@pytest.fixture
def books(empty_warehouse: Path, tmp_path: Path) -> Iterator[Books]:
    """Books of one company without a document, whose staging is already built."""
    path = Path(shutil.copy(empty_warehouse, tmp_path))
    books = Books(path)
    yield books
    books.close()
