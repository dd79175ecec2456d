"""What the README and docs/ say is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.embedded.life.business import advance
from pipelines.workspace.settings import Settings
from tests.support.commands import require_known
from tests.support.harness import Installation
from tests.tools.dictionary import PAGE, dictionary
from transforms.engine import models

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = {
    str(file.relative_to(ROOT)): file.read_text()
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
COMMANDS = sorted(
    {
        " ".join(found.split())
        for text in PAGES.values()
        for found in re.findall(r"`(quickduck [a-z][^`]*)`", text)
        + [
            line
            for block in re.findall(r"```\n(.*?)```", text, re.DOTALL)
            for line in re.findall(r"^(quickduck .*)$", block, re.MULTILINE)
        ]
    }
)
BOX = "9130350000000001"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_pages_exists(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every subcommand, option and value in the pages is one that the command line knows."""
    monkeypatch.chdir(tmp_path)
    for file in re.findall(r"\brestore (\w\S*)", line):
        (tmp_path / file).touch()
    require_known(line)


def test_every_question_in_pages_and_help_is_answered(
    copied: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question that pages and help put to `quickduck sql` is answered."""
    monkeypatch.setenv("QUICKDUCK_HOME", str(copied.home.path))
    help = CliRunner().invoke(main, ["sql", "--help"], terminal_width=200).output
    text = "\n".join([*COMMANDS, help])
    questions = set(re.findall(r'quickduck sql (?:--\w+ )?"(.+?)"', text)) - {"from marts.NAME limit 5"}
    assert len(questions) > 5
    refused = {
        question: done.output
        for question in questions
        if (done := CliRunner().invoke(main, ["sql", question])).exit_code
        and "invoices_by_terms" not in question  # the mart that docs/extend.md makes
    }
    assert refused == {}


def test_make_targets_in_the_pages_exist() -> None:
    """Every make target in the pages exists."""
    makefile = (ROOT / "Makefile").read_text()
    targets = {
        target for text in PAGES.values() for target in re.findall(r"(?:^|`)make ([a-z][\w-]*)", text, re.M)
    }
    assert {"run", "test", "dictionary", "bi-check"} <= targets
    assert not [target for target in targets if f"\n{target}:" not in makefile]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Every link to a file leads to one, and every page can be reached from the README."""
    for target in re.findall(r"\]\(([^)#]+)\)", PAGES[name]):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target
    assert name == "README.md" or f"({name})" in README, f"the README does not name {name}"


def test_the_readme_lists_every_mart() -> None:
    """The README's table lists the marts that exist and no others."""
    listed = set(re.findall(r"^\| `marts\.(\w+)", README, re.MULTILINE))
    built = {model.name for model in models.read_all("marts")}
    assert listed == built | {"ar_aging_as_of", "ar_aging_by_customer_as_of"}


def test_the_dictionary_is_that_of_the_marts() -> None:
    """The dictionary equals what `make dictionary` writes from the marts."""
    assert PAGE.read_text() == dictionary()


def test_every_setting_is_in_the_shipped_configuration_and_in_the_page_for_dlt() -> None:
    """A setting that nobody can find is no setting; addresses alone are left to the page."""
    shipped = (ROOT / ".dlt/config.toml").read_text() + (ROOT / ".dlt/example.secrets.toml").read_text()
    table = PAGES["docs/dlt.md"].split("## Settings")[1]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(
        dict.fromkeys(Settings.__dataclass_fields__)
    )
    for name in Settings.__dataclass_fields__:
        if name not in ("api_url", "token_url", "authorize_url", "revoke_url"):
            assert re.search(rf"^#? ?{name} = ", shipped, re.MULTILINE), name


def test_messages_in_troubleshooting_are_ones_that_are_said() -> None:
    """Each stands in the code as it stands on the page, whatever lines it is broken into there."""
    rows = re.findall(r"^\| `([^`]+)` \|", PAGES["docs/troubleshooting.md"], re.MULTILINE)
    assert len(rows) > 20
    said = "".join(
        re.sub(r'"\s*\n\s*f?"', "", file.read_text()) for file in sorted((ROOT / "pipelines").rglob("*.py"))
    )
    assert not [message for message in rows if message not in said]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL)


@pytest.mark.parametrize(
    ("page", "shows"),
    [("README.md", ["overdue_amount"]), ("docs/bi.md", ["customer_name", "realm_id: string"])],
)
def test_queries_in_the_pages_run(
    page: str,
    shows: list[str],
    copied: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The queries of the pages run as they stand, in the folder that holds `data`."""
    (tmp_path / "data").symlink_to(copied.home.path)
    monkeypatch.chdir(tmp_path)
    for block, shown in zip(blocks(page), shows, strict=True):
        exec(compile(block, page, "exec"), {})
        assert shown in capsys.readouterr().out


def test_the_mart_to_begin_with_is_one(copied: Installation) -> None:
    """The example of docs/extend.md comments every column and adds up to the invoices, to the cent."""
    file = ROOT / "docs/examples/invoices_by_terms.sql"
    model = models.Model("marts", file.stem, file.read_text())
    assert model.purpose.startswith("One row per company and terms")
    with copied.warehouse() as connection:
        model.create(connection)
        columns = connection.sql("from marts.invoices_by_terms").columns
        assert list(model.columns) == columns and all(model.columns.values())
        totals = connection.execute(
            """select (select sum(total_home) from marts.invoices_by_terms),
            (select sum(total_home) from marts.invoices where not is_voided)"""
        ).fetchall()
    assert totals[0][0] == totals[0][1] > 0


@pytest.fixture
def elsewhere(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody else's project, with nothing set but the address of the embedded company."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "sign-in"))
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", installation.server.url)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    return folder


def test_the_dlt_pipeline_on_its_page_runs(installation: Installation, elsewhere: Path) -> None:
    """The pipeline on the page for dlt runs and loads every invoice."""
    exec(compile(blocks("docs/dlt.md")[0], "docs/dlt.md", "exec"), {})
    with duckdb.connect(str(elsewhere / "books.duckdb")) as connection:
        rows = connection.execute("select count(distinct id) from raw.invoice").fetchall()
    assert rows == [(len(installation.server.world.companies[BOX].objects("Invoice")),)]


def test_the_example_loads_into_sqlite(installation: Installation, elsewhere: Path) -> None:
    """The example pipeline.py runs in another folder, and its second night adds versions whose payloads are JSON."""
    import json
    import sqlite3

    shutil.copy(ROOT / "docs/examples/pipeline.py", elsewhere)
    company = installation.server.world.companies[BOX]

    def night() -> list[tuple[str, str]]:
        done = subprocess.run([sys.executable, "pipeline.py"], env=os.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with sqlite3.connect(elsewhere / "books__raw.db") as books:
            return books.execute("select id, payload from invoice").fetchall()

    first = night()
    assert {id for id, _ in first} == {one["Id"] for one in company.objects("Invoice")}
    assert len(first) == len({id for id, _ in first})
    advance(company, 3)
    second = night()
    assert len(second) > len(first)
    assert {one["Id"] for one in company.objects("Invoice")} <= {id for id, _ in second}
    assert all("TotalAmt" in json.loads(payload) for _, payload in second)
