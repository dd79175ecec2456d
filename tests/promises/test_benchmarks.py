"""What the benchmarks say of what they measured."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.quick import compared
from tests.benchmarks.report import HEAD, Section, write


def test_what_moved_is_said_and_only_a_clear_loss_fails() -> None:
    """Noise is passed over, a small change is named, a large one is a failure."""
    stored = {"load": 1.0, "night": 1.0, "marts": 1.0, "check": 1.0, "gone": 1.0}
    lines, is_slower = compared({"load": 1.1, "night": 1.2, "marts": 0.5, "check": 1.0}, stored)
    assert lines == [
        "night: slower, 1.20 times what is stored",
        "marts: faster, 0.50 times what is stored",
        "gone: not measured any more",
    ]
    assert not is_slower
    assert compared({"load": 1.5}, {"load": 1.0}) == (
        ["load: SLOWER, 1.50 times what is stored (1.000, now 1.500)"],
        True,
    )


def test_a_section_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """Others stay as they are, in their order."""
    page = tmp_path / "performance.md"
    for title, figure in (("A load", "1 s"), ("A night", "2 s"), ("A load", "3 s")):
        write(Section(title, "What was done.", ("what", "took"), [["all", figure]]), page)
    text = page.read_text()
    assert text.startswith(HEAD)
    assert [line for line in text.splitlines() if line.startswith(("## ", "| all"))] == [
        "## A load",
        "| all | 3 s |",
        "## A night",
        "| all | 2 s |",
    ]
