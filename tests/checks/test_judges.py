"""The two judges: one has Great Expectations validate everything, the other reads the same off the counts in SQL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from checks.verdict.judge import judge, judge_by_counts
from tests.checks.conftest import REALM, Copied
from tests.support.damage import change_a_cent

WITHOUT_THE_ENGINE = """
import importlib, pathlib, sys
for path in sorted(path for top in ("pipelines", "transforms", "checks") for path in pathlib.Path(top).rglob("*.py")):
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    if not name.startswith("checks.engine") and not name.endswith("__main__"):
        importlib.import_module(name)
importlib.import_module("quickduck")
assert "checks.verdict.judge" in sys.modules
print(*(name for name in sys.modules if name.startswith(("checks.engine", "great_expectations"))))
"""


def test_both_judges_give_the_same_verdict_on_a_wrong_cent(copied: Copied) -> None:
    """On a wrong cent both verdicts are equal in every sentence, and failed; of good books `test_suites` says so."""
    change_a_cent(copied)
    copied.build()
    evidence = {REALM: copied.look()}
    with copied.warehouse() as connection:
        connection.begin()  # what the first judge keeps is undone
        by_counts = judge_by_counts(connection, evidence)[REALM]
        connection.rollback()
        by_library = judge(connection, evidence)[REALM]
    assert by_counts == by_library
    assert not by_counts.passed and by_counts.errors


def test_great_expectations_is_imported_by_nobody_but_its_judge() -> None:
    """After all modules but the engine are imported, neither the engine nor Great Expectations is."""
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT_THE_ENGINE],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert (asked.returncode, asked.stdout.strip()) == (0, ""), asked.stderr
