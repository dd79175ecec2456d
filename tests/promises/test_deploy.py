"""The examples of docs/deploy are ones that their readers would accept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.workspace.settings import Settings
from tests.support.commands import require_known

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
QUICKDUCK = Path(sys.executable).with_name("quickduck")
WORKFLOW: dict[str, Any] = yaml.safe_load((DEPLOY / "github-actions.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {
    step["name"]: step for step in WORKFLOW["jobs"]["run"]["steps"] if "name" in step
}


@pytest.mark.parametrize("name", sorted(file.name for file in DEPLOY.iterdir()))
def test_commands_and_variables_are_ones_that_exist(name: str) -> None:
    """Every `quickduck` line and every setting in the examples exists."""
    text = (DEPLOY / name).read_text()
    for line in re.findall(r"(?:bin/|`)(quickduck(?: [a-z][^`\n\",]*))", text):
        require_known(line)
    settings = {f"SOURCES__QUICKBOOKS__{field.upper()}" for field in Settings.__dataclass_fields__}
    assert set(re.findall(r"SOURCES__QUICKBOOKS__\w+", text)) <= settings
    assert set(re.findall(r"QUICKDUCK_\w+", text)) <= {
        "QUICKDUCK_HOME", "QUICKDUCK_KEY", "QUICKDUCK_NOTICE", "QUICKDUCK_EXIT_CODE",
    }  # fmt: skip


def test_the_page_names_every_file() -> None:
    """The page links every file of its folder and no other."""
    links = set(re.findall(r"\]\(([\w.-]+)\)", (DEPLOY / "README.md").read_text()))
    assert links == {file.name for file in DEPLOY.iterdir()} - {"README.md", "Dockerfile.dockerignore"}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """By systemd's own judgement the units are valid."""
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed")
    names = [file.name for file in DEPLOY.iterdir() if file.suffix in (".service", ".timer", ".socket")]
    for name in names:
        text = (DEPLOY / name).read_text().replace("/opt/quickduck/.venv/bin/quickduck", str(QUICKDUCK))
        (tmp_path / name).write_text(text)
    units = [str(tmp_path / name) for name in names]
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "quickduck" in line]) == (0, [])


def test_the_service_tries_again_what_may_pass() -> None:
    """The service does not restart after failures that last, and keeps its folder to itself."""
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]  # systemd's names have capitals
    unit.read(DEPLOY / "quickduck.service")
    service = unit["Service"]
    assert service["RestartPreventExitStatus"] == "2 3 64"
    assert f"/var/lib/{service['StateDirectory']}" in service["Environment"]
    assert service["UMask"] == "0077"


def test_cron_takes_the_line() -> None:
    """The crontab line has five fields of time and a command that a plain shell reads."""
    (line,) = [one for one in (DEPLOY / "crontab").read_text().splitlines() if not one.startswith("#")]
    *times, command = line.split(maxsplit=5)
    assert len(times) == 5 and all(re.fullmatch(r"[\d*/,-]+", field) for field in times)
    assert "%" not in command  # which cron reads as a new line
    subprocess.run(["sh", "-n", "-c", command], check=True)


def test_python_examples_compile() -> None:
    """The examples in Python compile."""
    for name in ("airflow_dag.py", "dagster_job.py"):
        compile((DEPLOY / name).read_text(), name, "exec")


def test_the_image_copies_what_is_there_and_nothing_private() -> None:
    """The image copies sources that exist, and its ignore file shuts out everything else."""
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert allowed[1] == "*"
    assert {f"!{source}" for source in sources} == {line for line in allowed if line.startswith("!")}
    assert all((ROOT / source).exists() for source in sources)


def test_the_workflow_runs_one_at_a_time_and_keeps_state_whatever_happens() -> None:
    """The workflow keeps its sealed state after failures, but never a state that could not be opened."""
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is False
    assert STEPS["Seal the state"]["if"] == "always() && steps.open.outcome == 'success'"
    keeping = [step for step in STEPS.values() if "Keep the state" in step["name"]]
    assert [step["if"] for step in keeping] == ["always() && hashFiles('state.tar.gpg') != ''"] * 2


def test_the_workflow_carries_the_data_folder_from_night_to_night(tmp_path: Path) -> None:
    """The workflow's own steps bring the sealed folder back with its modes, and not without the passphrase."""
    if not shutil.which("gpg"):
        pytest.skip("gpg is not installed")

    def step(name: str, passphrase: str = "a long one") -> subprocess.CompletedProcess[str]:
        env = os.environ | {"STATE_PASSPHRASE": passphrase, "GNUPGHOME": str(tmp_path / "gnupg")}
        script = ["bash", "-eo", "pipefail", "-c", STEPS[name]["run"]]
        return subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True)

    (tmp_path / "gnupg").mkdir(mode=0o700)
    assert step("Open the state").returncode == 0  # the first night there is none
    assert step("Seal the state").returncode != 0  # and without a sign-in nothing to keep
    (tmp_path / "data").mkdir(mode=0o700)
    tokens = tmp_path / "data/tokens"
    tokens.write_text("rotated last night")
    tokens.chmod(0o600)
    sealed = step("Seal the state")
    assert sealed.returncode == 0, sealed.stderr
    assert b"rotated" not in (tmp_path / "state.tar.gpg").read_bytes()
    shutil.rmtree(tmp_path / "data")
    assert step("Open the state", "a guess").returncode != 0
    assert (tmp_path / "state.tar.gpg").exists()
    opened = step("Open the state")
    assert opened.returncode == 0, opened.stderr
    assert (tokens.read_text(), tokens.stat().st_mode & 0o777) == ("rotated last night", 0o600)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
