"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import duckdb
import pytest

from pipelines.cli import main
from tests.harness import Installation
from transforms import models

SETTINGS = [
    "environment", "realm_ids", "redirect_uri", "minorversion", "leave_out_columns", "hash_columns",
    "high_value_annual_revenue", "group_by_estimate", "on_failure_command", "on_failure_url", "client_id",
    "client_secret", "refresh_token",
]  # fmt: skip
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = sorted({" ".join(found.split()) for found in re.findall(r"`quickduck ([a-z][^`]*)`", README)})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_readme_exists(line: str) -> None:
    """Subcommands and options are ones that the command line knows."""
    words = line.split()
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_make_targets_in_the_readme_exist() -> None:
    """`make` knows each of them."""
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make (\w[\w-]*)", README):
        assert f"\n{target}:" in makefile


def test_the_readme_lists_every_mart() -> None:
    """Its table has the marts that there are, and no others."""
    listed = set(re.findall(r"^\| `marts\.(\w+)", README, re.MULTILINE))
    built = {model.name for model in models.read_all("marts")}
    assert listed == built | {"ar_aging_as_of", "ar_aging_by_customer_as_of"}


def test_every_setting_is_in_the_shipped_configuration() -> None:
    """A setting that nobody can find is no setting."""
    shipped = (ROOT / ".dlt/config.toml").read_text() + (ROOT / ".dlt/example.secrets.toml").read_text()
    for name in SETTINGS:
        assert re.search(rf"^#? ?{name} = ", shipped, re.MULTILINE), name


BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_query_in_the_readme_runs(
    copied: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copied as it stands, in the folder that holds `data`."""
    (tmp_path / "data").symlink_to(copied.home.path)
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[0], "README.md", "exec"), {})
    assert "overdue_amount" in capsys.readouterr().out


def test_the_dlt_pipeline_in_the_readme_runs(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of its own, with nothing set but the address of the company in a box."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "sign-in"))
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", installation.server.url)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    exec(compile(BLOCKS[1], "README.md", "exec"), {})
    with duckdb.connect(str(tmp_path / "books.duckdb")) as connection:
        rows = connection.execute("select count(distinct id) from raw.invoice").fetchall()
    assert rows == [(len(installation.server.world.companies["9130350000000001"].objects("Invoice")),)]
