"""What docs/embedded.md says of the emulator is so."""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, fields
from pathlib import Path

from pipelines.embedded.books.state import SWITCHES
from pipelines.embedded.faults.script import KINDS
from pipelines.embedded.faults.switches import Switches
from pipelines.embedded.reports.registry import REPORTS
from tests.support.small_books import us_company

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "pipelines/embedded"
PAGE = (ROOT / "docs/embedded.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, its head left out."""
    table = re.findall(r"^\|(.*)\|$", section(title), re.MULTILINE)[2:]
    return [[cell.strip() for cell in row.split("|")] for row in table]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def layer_imports() -> dict[str, set[str]]:
    """By layer, the others that its files import; what stands outside the emulator as its dotted name."""
    found: dict[str, set[str]] = {}
    for file in FOLDER.rglob("*.py"):
        inside = file.relative_to(FOLDER).with_suffix("").parts
        imports = found.setdefault(inside[0], set())
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = [*inside[: len(inside) - node.level], *(node.module or "").split(".")]
                imports.update([base[0]] if base[0] else [alias.name for alias in node.names])
            elif isinstance(node, ast.ImportFrom):
                imports.add(node.module or "")
            elif isinstance(node, ast.Import):
                imports.update(alias.name for alias in node.names)
    return found


def test_the_page_lists_every_switch_with_its_default() -> None:
    """Each field of Switches stands in the table with the value it has unless set."""
    defaults = {
        field.name: "none" if field.default is MISSING else str(field.default) for field in fields(Switches)
    }
    assert {names(switch)[0]: default.strip("`") for switch, default, _ in rows("Switches")} == defaults


def test_the_page_lists_every_switch_of_a_company_with_its_default() -> None:
    """Each switch of the books stands in the table with the value that a new company has."""
    company = us_company()
    defaults = {name: str(getattr(company, name)) for name in SWITCHES}
    listed = rows("Switches of a company")
    assert {names(switch)[0]: default.strip("`") for switch, default, _ in listed} == defaults


def test_the_page_lists_every_fault() -> None:
    """Each kind that can be scripted stands in the table once."""
    listed = [kind for kinds, _ in rows("Faults on request") for kind in names(kinds)]
    assert sorted(listed) == sorted(KINDS)


def test_the_page_lists_every_report() -> None:
    """Each report that is answered is named among what is imitated."""
    assert [name for name in REPORTS if name not in section("What it imitates")] == []


def test_a_layer_imports_only_what_its_row_names() -> None:
    """Every layer has a row, which names exactly the other layers that its files import."""
    allowed = {names(layer)[0]: set(names(imports)) for layer, _, imports in rows("Its layers")}
    layers = layer_imports()
    assert {layer: imports & set(layers) - {layer} for layer, imports in layers.items()} == allowed


def test_no_layer_imports_one_below_it() -> None:
    """The rows stand in such an order that each names only rows above."""
    above: set[str] = set()
    for layer, _, imports in rows("Its layers"):
        assert set(names(imports)) <= above, layer
        above.add(names(layer)[0])


def test_the_emulator_imports_nothing_of_quickduck() -> None:
    """The folder could stand alone: it names no other room, and itself only relatively."""
    outside = set().union(*layer_imports().values())
    assert [name for name in outside if name.split(".")[0] in ("pipelines", "transforms", "checks")] == []
