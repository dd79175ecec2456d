"""`quickduck.py` does what its examples show, from Python as from the command line."""

from __future__ import annotations

import doctest
import os
from functools import partial
from pathlib import Path

import pytest

import quickduck
from checks.verdict.judge import judge_by_counts
from pipelines.nightly.start import started
from pipelines.published.file import NothingPublished
from pipelines.workspace.home import HomeBusy
from tests.support.harness import Installation

FIRST = "9130350000000001"


@pytest.fixture
def served(copied: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A published folder and the address of its embedded companies, as a notebook finds them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(copied.home.path))
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    return copied


def test_the_examples_are_true(served: Installation) -> None:
    """Every example in the docstrings runs and puts out what stands there."""
    assert doctest.testmod(quickduck, optionflags=doctest.ELLIPSIS) == (0, 6)


def test_a_run_that_fails_says_why_and_raises_nothing(
    served: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company whose server fails ends with its exit code and reason; the other is published."""
    monkeypatch.setattr("pipelines.nightly.start.started", partial(started, judge=judge_by_counts))
    served.server.faults.add("403", f"/{FIRST}/", times=None)
    before = os.umask(0o022)
    result = quickduck.run(wait=0)
    assert os.umask(before) == 0o022  # as it was
    assert (result.exit_code, result.published_file) == (1, served.home.analytics)
    assert [one.verdict for one in result.companies] == ["failed", "published"]
    assert result.reasons.keys() == {FIRST}
    assert f"Company {FIRST}" in result.reasons[FIRST]


def test_what_cannot_begin_is_raised(served: Installation, tmp_path: Path) -> None:
    """A folder that another run holds, and a folder in which nothing is published, are errors of quickduck's own."""
    with served.home.lock(), pytest.raises(HomeBusy):
        quickduck.run(wait=0)
    with pytest.raises(NothingPublished):
        quickduck.open_published(tmp_path / "elsewhere")
