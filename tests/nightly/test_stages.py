"""A run's stages: the list that choices make, and what a stage's findings add to it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pendulum
import pytest

from pipelines.nightly.choices import Choices, Step
from pipelines.nightly.ending import Ending, worst
from pipelines.nightly.stages import (
    Build,
    Compare,
    ConfirmDay,
    Extract,
    Heal,
    Judge,
    Publish,
    after_comparing,
    after_healing,
    stages,
)
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE
from pipelines.quickbooks.errors import UnknownEntity
from pipelines.workspace.exits import Exit

DAY = date(2026, 6, 30)
DAILY = Path(__file__).parents[2] / "docs/daily.md"


def test_a_whole_run() -> None:
    """The plain night reads everything, builds for today, compares, judges and publishes."""
    assert stages(Choices()) == (
        Extract(tuple(CATALOGUE), {}),
        Build(None, False),
        Compare(Build(None, False), None),
        Judge(True),
        Publish(),
    )


def test_a_check_alone_makes_sure_of_the_day_first() -> None:
    """A check that follows no building looks whether the marts are of its day, and knows how to build them."""
    choices = Choices(steps=(Step.CHECK,), as_of=DAY, deep=True, pages=False)
    assert stages(choices) == (ConfirmDay(Build(DAY)), Compare(Build(DAY), True), Judge(False))


@pytest.mark.parametrize("rebuild", [True, False])
def test_a_rebuild_is_a_fresh_build(rebuild: bool) -> None:
    """A deep check builds everything once more to compare the tables with it, unless the run has just done so."""
    (comparison,) = (one for one in stages(Choices(rebuild=rebuild, deep=True)) if isinstance(one, Compare))
    assert comparison.builds_once_more is not rebuild


def test_what_is_read_and_read_again() -> None:
    """Some entities bring the company's own data along; --from and --full read again, the latter from the beginning."""
    since = pendulum.datetime(2026, 1, 1)
    (extract,) = stages(Choices(steps=(Step.EXTRACT,), entities=("Invoice",), since=since, full=("Payment",)))
    assert extract == Extract(
        (BY_NAME["Invoice"], BY_NAME["CompanyInfo"], BY_NAME["Preferences"]),
        {"Invoice": since, "CompanyInfo": since, "Preferences": since, "Payment": None},
    )


def test_an_unknown_entity_makes_no_stages() -> None:
    """What QuickBooks does not have is said before anything begins."""
    with pytest.raises(UnknownEntity, match="Unknown entity Invoices"):
        stages(Choices(entities=("Invoices",)))


def test_suspects_are_read_again_once() -> None:
    """A comparison that finds suspects calls for one healing, which calls for building and comparing those again."""
    build, suspects = Build(DAY, True), {"1": {"Invoice": {"7"}}, "2": {"Bill": {"8"}}}
    first = Compare(build, deep=False)
    (heal,) = after_comparing(first, suspects)
    assert heal == Heal(first, suspects)
    rebuilt, second = after_healing(heal, {"2"})
    assert (rebuilt, second) == (build, Compare(build, False, heals=False, realm_ids=frozenset({"2"})))
    assert after_comparing(second, suspects) == ()


def test_nothing_follows_from_nothing() -> None:
    """Without suspects nothing is read again, and where no company could be read again nothing is built anew."""
    comparison = Compare(Build())
    assert after_comparing(comparison, {}) == ()
    assert after_healing(Heal(comparison, {"1": {"Invoice": {"7"}}}), set()) == ()


def test_the_worst_company_decides_the_exit_code() -> None:
    """In the order 1, 3, 2, 0; a company that was stopped half-way counts as failed and stores no code."""
    assert worst([Ending.PUBLISHED, Ending.CHECKS_FAILED]) is Exit.CHECKS_FAILED
    assert worst([Ending.CHECKS_FAILED, Ending.SIGN_IN_NEEDED]) is Exit.SIGN_IN_NEEDED
    assert worst([Ending.SIGN_IN_NEEDED, Ending.INTERRUPTED]) is Exit.FAILED
    assert worst([]) is Exit.PUBLISHED
    assert Ending.INTERRUPTED.exit_code is None
    assert Ending("checks failed").exit_code is Exit.CHECKS_FAILED


def test_the_page_tells_every_verdict() -> None:
    """The table of docs/daily.md lists how a run can end, each with its exit code and sentence."""
    listed = re.findall(r"^\| `([a-z -]+)` \| (\d) \| (.+) \|$", DAILY.read_text(), re.MULTILINE)
    assert listed == [(str(one), str(int(one.exit)), one.sentence) for one in Ending]
