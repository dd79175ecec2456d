"""The folder of the source in a project of somebody else's, without the rest of quickduck."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

import pipelines.quickbooks
from tests.support.harness import Installation

FOLDER = Path(pipelines.quickbooks.__file__).parent
QUICKDUCK = ("pipelines", "transforms", "checks", "quickduck", "tests")
PROJECT = f"""
import os, sys
import dlt

class Elsewhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {QUICKDUCK!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Elsewhere())

from sources.intuit import quickbooks
from sources.intuit.client import QuickBooks

class Granted:
    def access_token(self):
        return os.environ["ACCESS_TOKEN"]

    def refresh(self, rejected):
        raise AssertionError("the token is fresh")

pipeline = dlt.pipeline("elsewhere", destination=dlt.destinations.duckdb("books.duckdb"), dataset_name="raw")
with QuickBooks(os.environ["REALM_ID"], api_url=os.environ["API_URL"], tokens=Granted()) as client:
    pipeline.run(quickbooks(client, entities=["Invoice", "Customer", "Term"]))
"""


def test_the_folder_runs_in_another_project(installation: Installation, tmp_path: Path) -> None:
    """Copied under another name, where nothing of quickduck can be imported, it loads whole books into DuckDB."""
    shutil.copytree(FOLDER, tmp_path / "sources" / "intuit", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "project.py").write_text(PROJECT, encoding="utf-8")
    realm_id = installation.realm_ids[0]
    reached = {
        "REALM_ID": realm_id,
        "API_URL": installation.server.url,
        "ACCESS_TOKEN": str(installation.server.grant(realm_id)["access_token"]),
        "PYTHONPATH": str(tmp_path),
        "DLT_DATA_DIR": str(tmp_path / "dlt"),
    }

    subprocess.run([sys.executable, "project.py"], cwd=tmp_path, env=os.environ | reached, check=True)

    company = installation.server.world.companies[realm_id]
    with duckdb.connect(str(tmp_path / "books.duckdb"), read_only=True) as books:
        for table, entity in (("invoice", "Invoice"), ("customer", "Customer"), ("term", "Term")):
            stored = books.sql(f"select count(distinct id) from raw.{table}").fetchall()
            assert stored == [(len(company.objects(entity)),)]


def test_the_folder_names_no_module_outside() -> None:
    """Each import within the folder is relative, so that the copy may bear any name."""
    absolute = {
        f"{path.name}: {name}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        if name.partition(".")[0] in QUICKDUCK
    }
    assert absolute == set()
