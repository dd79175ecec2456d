"""What CONTRIBUTING.md and SECURITY.md say is so, and every push is proven."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
PAGES = {name: (ROOT / name).read_text() for name in ("CONTRIBUTING.md", "SECURITY.md")}
FOLDERS = r"pipelines|transforms|checks|tests|docs|notebooks|\.ci|\.githooks|\.github"


@pytest.mark.parametrize("name", PAGES)
def test_links_and_paths_lead_somewhere(name: str) -> None:
    """Every link and every path in backticks is there, but for a name in capitals or angle brackets."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", PAGES[name]) if "://" not in link]
    paths = re.findall(rf"`((?:{FOLDERS})/[^`\s]*)`", PAGES[name])
    assert [path for path in [*links, *paths] if "<" not in path and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_readme_leads_to_it(name: str) -> None:
    """Nobody has to guess that the page is there."""
    assert f"({name})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_its_make_targets_exist(name: str) -> None:
    """Each target that the page names is known to `make`."""
    targets = set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", PAGES[name], re.MULTILINE))
    assert [target for target in targets if f"\n{target}:" not in MAKEFILE] == []


def test_every_room_has_its_line() -> None:
    """CONTRIBUTING.md says of each kind of thing where it goes, and names a test to copy that exists."""
    rows = re.findall(r"^\| (a[^|]*) \|[^|]*\|([^|]*)\|$", PAGES["CONTRIBUTING.md"], re.MULTILINE)
    assert {"an entity", "a mart", "a check", "an endpoint", "a command"} <= {
        kind.strip() for kind, _ in rows
    }
    assert all(re.search(r"`tests/[^`]+`", tests) for _, tests in rows)


def test_every_push_is_proven_by_the_one_command() -> None:
    """The workflow runs .ci/run on the oldest Python that the project names, reads only, and ends by itself."""
    (job,) = WORKFLOW["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert os.access(ROOT / ".ci/run", os.X_OK)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={job['strategy']['matrix']['python'][0]}" == project["requires-python"]
    assert WORKFLOW["permissions"] == {"contents": "read"} and job["timeout-minutes"] <= 60
    assert all(re.fullmatch(r"[\w/-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


def test_the_hook_lints() -> None:
    """The hook of git can be run, a shell reads it, and it runs what `make lint` runs."""
    hook = ROOT / ".githooks/pre-commit"
    assert os.access(hook, os.X_OK) and "make --quiet lint" in hook.read_text()
    subprocess.run(["sh", "-n", hook], check=True)
