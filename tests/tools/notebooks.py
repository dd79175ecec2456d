"""Runs the notebooks on the embedded company: `make notebooks` keeps their outputs, a test holds them to it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from pipelines.connect.companies import QUIET_DLT
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from tests.support.harness import Installation

FOLDER = Path(__file__).parents[2] / "notebooks"
ALL = sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, home: Path) -> Any:
    """The notebook with the outputs it has on the file published in `home`. Raises CellExecutionError."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.execute(env=os.environ | {"QUICKDUCK_HOME": str(home)})
    notebook.metadata.pop("language_info", None)  # the version of Python that happened to run it
    return notebook


def told(notebook: Any) -> list[str]:
    """What its cells put out, in order; of a picture, that there is one."""
    found = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        shown = output.get("data", {"text/plain": output.get("text", output.get("evalue", ""))})
        is_picture = "image/png" in shown
        found.append("a picture" if is_picture else str(shown.get("text/markdown") or shown["text/plain"]))
    return found


def publish_embedded(home: Path) -> None:
    """The embedded companies as `make run` leaves them: published on two nights, with a day between."""
    os.environ.update(QUIET_DLT)
    with EmbeddedServer(World.create()) as server:
        installation = Installation(server, home)
        installation.night()
        for realm_id in server.world.companies:
            server.world.advance(realm_id, 1)
        installation.night()
        if findings := installation.findings():
            raise RuntimeError(f"The embedded company was not published: {findings}")


def refresh() -> None:
    """Executes every notebook and keeps it with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        publish_embedded(Path(folder))
        for path in ALL:
            nbformat.write(executed(path, Path(folder)), path)
            print(path)


if __name__ == "__main__":
    refresh()
