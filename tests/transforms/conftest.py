"""An empty warehouse, built once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import once
from tests.support.books import Books

FILE = "warehouse.duckdb"


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        folder.mkdir()
        books = Books(folder / FILE)
        books.build_all()
        books.close()

    return once(tmp_path_factory, "empty_warehouse", make) / FILE


@pytest.fixture
def books(empty_warehouse: Path, tmp_path: Path) -> Iterator[Books]:
    """Books of one company without a document, whose staging is already built."""
    path = Path(shutil.copy(empty_warehouse, tmp_path))
    books = Books(path)
    books.change("pragma disable_checkpoint_on_shutdown")  # nobody opens it again
    yield books
    books.close()
