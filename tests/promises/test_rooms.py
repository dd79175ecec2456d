"""Which room may import which, as the table in docs/architecture.md says."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOPS = ("pipelines", "transforms", "checks")
AT_FIRST_SIGHT = 16
TO_COME = re.compile(r"^\| `([\w/.]+)` \| \(to come\)", re.MULTILINE)


def table() -> dict[str, set[str]]:
    """Rooms of the table in its order, with those that each may import."""
    rows = re.findall(r"^\| `([\w/.]+)` \|[^|]*\|([^|]*)\|[^|]*\|$", PAGE, re.MULTILINE)
    return {room.removesuffix(".py"): set(re.findall(r"`([\w/]+)`", allowed)) for room, allowed in rows}


def files() -> dict[str, Path]:
    """Every module of the product by its path without the ending; a package's is that of its folder."""
    paths = [ROOT / "quickduck.py", *(path for top in TOPS for path in (ROOT / top).rglob("*.py"))]
    return {str(path.relative_to(ROOT).with_suffix("")).removesuffix("/__init__"): path for path in paths}


def imports() -> dict[str, set[str]]:
    """The modules of the product that each file imports, inside functions and for types too."""
    modules = files()
    return {
        module: {
            target
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for target in _targets(node, module, path, modules)
            if target != module
        }
        for module, path in modules.items()
    }


def _targets(node: ast.AST, module: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """What one statement imports, as paths: `from a import b` is a/b where that is a module, else a."""
    if isinstance(node, ast.Import):
        names = [alias.name.replace(".", "/") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = (node.module or "").replace(".", "/")
        if node.level:
            folder = module if path.name == "__init__.py" else module.rpartition("/")[0]
            parts = folder.split("/")[: len(folder.split("/")) - node.level + 1]
            base = "/".join([*parts, *([base] if base else [])])
        names = [name if (name := f"{base}/{alias.name}") in modules else base for alias in node.names]
    else:
        return set()
    return {name for name in names if name in modules}


def room_of(module: str, rooms: dict[str, set[str]]) -> str | None:
    """The innermost room of the table that a module stands in; None for a folder that only holds rooms."""
    inside = [room for room in rooms if module == room or module.startswith(f"{room}/")]
    return max(inside, key=len, default=None)


def at_first_sight() -> dict[str, set[str]]:
    """The outer rooms of the table that are built, with those that each imports itself or through others."""
    outer: dict[str, set[str]] = {}
    for room, allowed in table().items():
        if room not in TO_COME.findall(PAGE):
            outer.setdefault(_outer(room), set()).update(map(_outer, allowed))
    return {room: allowed - {room} for room, allowed in outer.items()}


def _outer(room: str) -> str:
    parts = room.split("/")
    return "/".join(parts[:2] if parts[0] == "pipelines" else parts[:1])


def picture() -> str:
    """The rooms at first sight in mermaid: an arrow for each import that is not one through another room too."""
    rooms = at_first_sight()
    below: dict[str, set[str]] = {}
    for room in TopologicalSorter(rooms).static_order():
        below[room] = rooms[room].union(*(below[other] for other in rooms[room]))
    lines = [
        f"    {_outer(room).removeprefix('pipelines/')} --> {other.removeprefix('pipelines/')}"
        for room, allowed in reversed(rooms.items())
        for other in rooms
        if other in allowed and not any(other in below[third] for third in allowed)
    ]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def test_every_file_stands_in_a_room() -> None:
    """Each module is in a room of the table, and each room of the table holds some, but for those to come."""
    rooms, modules = table(), files()
    outside = {module for module in modules if room_of(module, rooms) is None}
    assert outside == {"pipelines"}
    assert {room_of(module, rooms) for module in modules} - {None} == set(rooms) - set(TO_COME.findall(PAGE))


def test_rooms_import_what_the_table_allows_and_all_of_it() -> None:
    """The arrows between rooms are those of the table, none more and none fewer."""
    rooms = table()
    arrows: dict[str, set[str]] = {room: set() for room in rooms}
    forbidden = []
    for module, targets in imports().items():
        room = room_of(module, rooms)
        for target in targets:
            other = room_of(target, rooms)
            if room and other and other != room:
                arrows[room].add(other)
                if other not in rooms[room]:
                    forbidden.append(f"{module} -> {target}")
    assert sorted(forbidden) == []
    assert {
        room: allowed - arrows[room]
        for room, allowed in rooms.items()
        if allowed - arrows[room] and room not in TO_COME.findall(PAGE)
    } == {}


def test_the_pages_draw_the_rooms_of_the_table() -> None:
    """The picture in docs/architecture.md and in the README follows from the table."""
    assert picture() in PAGE
    assert picture() in README


def test_the_readme_says_what_each_room_holds() -> None:
    """The README has a sentence for each room at first sight, in the order of the table, and for those to come none."""
    shown = re.findall(
        r"^\| `((?:pipelines|transforms|checks|quickduck)[\w/.]*)` \| [^|]+ \|$", README, re.MULTILINE
    )
    assert [room.removesuffix(".py") for room in shown] == list(at_first_sight())


def test_no_arrow_climbs() -> None:
    """A room of the table imports only rooms that stand above it."""
    order = list(table())
    climbing = [
        (room, other)
        for room, allowed in table().items()
        for other in allowed
        if order.index(other) >= order.index(room)
    ]
    assert climbing == []


def test_no_file_imports_itself_through_others() -> None:
    """Among all files there is no circle."""
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as circle:
        raise AssertionError(" -> ".join(circle.args[1])) from None


def test_the_rooms_are_few_at_first_sight() -> None:
    """Somebody who opens the project sees no more rooms than can be kept in mind, with those to come."""
    assert len({_outer(room) for room in table()} - {"quickduck"}) <= AT_FIRST_SIGHT
