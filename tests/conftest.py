"""Fixtures that start the product: embedded companies on a socket, and a data folder each."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.base.files import locked
from pipelines.connect.companies import QUIET_DLT
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from tests.support.harness import Installation

os.environ.update(QUIET_DLT)
# A failure is there again at the next run; `--hypothesis-profile=default` draws other examples each time.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
pytest_plugins = ("tests.tools.reliability",)

LONG = (
    "test_between_nights.py",
    "test_deep_nights.py",
    "test_interrupted.py",
    "test_many_companies.py",
    "test_secrets.py",
)
FIRST = ("test_nights.py", *LONG)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories of whole nights go first, so that no worker is left with one; the long ones are for `make soak`."""
    for item in items:
        if item.path.name in LONG:
            item.add_marker("long")
    items.sort(key=lambda item: item.path.name not in FIRST)


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, saved once and loaded by each test that wants one of its own."""

    def make(folder: Path) -> None:
        World.create(seed=7, size=0.1, years=2).save(folder)

    return once(tmp_path_factory, "books", make)


@pytest.fixture(scope="session")
def after_one_night(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books, a data folder that holds them, published, and each company's calls and accuracy in that night."""

    def make(folder: Path) -> None:
        with EmbeddedServer(World.load(books)) as server:
            installation = Installation(server, folder / "home")
            installation.night()
            assert installation.findings() == []
            assert installation.last is not None
            told = {
                one.realm_id: (one.company.client.calls.total, one.accuracy)
                for one in installation.last.outcomes
            }
            (folder / "first_night.json").write_text(json.dumps(told))
            server.world.save(folder / "books")

    return once(tmp_path_factory, "after_one_night", make)


def once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to want it makes for all of them, which only read it."""
    root = temporary.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = shared / name
    with locked(shared / f"{name}.lock"):
        if not folder.exists():
            aside = shared / f"{name}.new"
            shutil.rmtree(aside, ignore_errors=True)
            make(aside)
            aside.rename(folder)
    return folder


@pytest.fixture
def installation(books: Path, tmp_path: Path) -> Iterator[Installation]:
    """An empty data folder against a small world; both are this test's alone."""
    with EmbeddedServer(World.load(books)) as server:
        yield Installation(server, tmp_path / "home")


@pytest.fixture
def copied(after_one_night: Path, tmp_path: Path) -> Iterator[Installation]:
    """A data folder in which the small world was copied and published once; both are this test's alone."""
    shutil.copytree(after_one_night / "home", tmp_path / "home")
    with EmbeddedServer(World.load(after_one_night / "books")) as server:
        yield Installation(server, tmp_path / "home")
