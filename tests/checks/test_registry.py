"""The registry of checks: what the documentation, the plan and the suites say of them."""

from __future__ import annotations

import re
from pathlib import Path

from checks.collect.plan import plan
from checks.collect.registry import CHECKS
from checks.suites.comparisons import NAMES

PAGE = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")


def test_the_documentation_lists_every_check() -> None:
    """The table in docs/checks.md says of each check what the registry says, in its order."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(one.name, one.compares, one.when.value, one.calls.words) for one in CHECKS]


def test_every_comparison_that_has_a_suite_is_a_check() -> None:
    """What a suite judges, some check of the registry brings: accuracy and content in a suite of their own."""
    assert {one.name for one in CHECKS} == {*NAMES, "sync_accuracy", "content"}


def test_a_deep_plan_is_a_nights_plan_and_more() -> None:
    """The deep checks stand behind those of each night, the dearest first."""
    nightly, deep = plan(), plan(deep=True)
    assert deep[: len(nightly)] == nightly
    assert [cost.check for cost in deep[len(nightly) :]] == [
        "content",
        "aged_receivable_detail",
        "customer_balance",
        "profit_and_loss",
        "customer_sales",
        "item_sales",
        "fresh_build",
    ]
