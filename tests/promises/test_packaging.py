"""The locks and the wheel hold what pyproject.toml names."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT: dict[str, Any] = PYPROJECT["project"]
LOCKS = {file.name: file.read_text() for file in sorted(ROOT.glob("requirements*.lock"))}
NAMED = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-build.lock": PYPROJECT["build-system"]["requires"],
    "requirements-dev.lock": PYPROJECT["dependency-groups"]["dev"] + PROJECT["dependencies"],
} | {f"requirements-{name}.lock": wanted for name, wanted in PROJECT["optional-dependencies"].items()}


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of each package in a lock: one, or one for each range of Pythons."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;]+)", LOCKS[lock], re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def test_every_list_of_requirements_has_a_lock() -> None:
    """The runtime, the build, the tests and each extra have one each, and there is no other."""
    assert set(LOCKS) == set(NAMED)


@pytest.mark.parametrize("lock", NAMED)
def test_a_lock_pins_what_is_named_for_it(lock: str) -> None:
    """Each requirement is pinned at a version that it allows; `make lock` was not forgotten."""
    pinned = pins(lock)
    wanted = [Requirement(line) for line in NAMED[lock]]
    missing = [
        str(one)
        for one in wanted
        if one.name not in pinned or not all(one.specifier.contains(version) for version in pinned[one.name])
    ]
    assert missing == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    """Each package carries at least one hash, and where to fetch it from is left to the machine."""
    entries = re.split(r"^(?=[a-z0-9])", LOCKS[lock], flags=re.MULTILINE)[1:]
    assert entries and all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|^-", LOCKS[lock], re.MULTILINE)


def test_locks_agree_with_one_another() -> None:
    """A package stands at one version in all locks, so that installing one never moves another."""
    differing = {
        name
        for one, other in combinations(map(pins, LOCKS), 2)
        for name in one.keys() & other.keys()
        if one[name] != other[name]
    }
    assert differing == set()


def test_what_builds_is_no_dependency_at_run_time() -> None:
    """The build back end is locked for building alone."""
    assert "hatchling" not in pins("requirements.lock") and "hatchling" in pins("requirements-build.lock")


def test_every_extra_can_be_installed_by_make() -> None:
    """Each extra has a target of make that installs its lock."""
    makefile = (ROOT / "Makefile").read_text()
    assert all(f"\nextra-{name}: .venv/{name}.stamp" in makefile for name in PROJECT["optional-dependencies"])


def test_the_wheel_names_folders_that_exist() -> None:
    """What the wheel is made of lies in the checkout, and no index takes it."""
    included = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert all((ROOT / path).exists() for path in included)
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]
