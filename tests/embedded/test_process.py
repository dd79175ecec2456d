import json
import subprocess
import sys

import pytest
import requests

from pipelines.embedded.world import World


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A small world, saved."""
    folder = tmp_path_factory.mktemp("embedded")
    World.create(size=0.05, years=2).save(folder)
    return folder


def start(home):
    command = [sys.executable, "-m", "pipelines.embedded", "serve", "--home", str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_process_says_where_it_listens_and_saves_when_its_input_closes(home):
    """The server's process prints its address and companies, and saves the world when its input closes."""
    with start(home) as process:
        said = json.loads(process.stdout.readline())
        assert said["pid"] == process.pid
        assert said["realm_ids"] == ["9130350000000001", "9130350000000002"]
        now = requests.post(f"{said['url']}/_embedded/advance", json={"days": 2}, timeout=30).json()
        process.stdin.close()
        assert process.wait(30) == 0
    world = World.load(home)
    assert {
        realm: company.clock.now().to_iso8601_string() for realm, company in world.companies.items()
    } == now


def test_a_terminated_process_saves_too(home):
    """A process that is terminated saves its world and exits with 0."""
    with start(home) as process:
        json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(30) == 0
    assert (home / "world.json").exists()
