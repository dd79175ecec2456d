"""`python -m pipelines.embedded serve --home DIR`: the embedded companies as a process of their own."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import click

from .api.server import EmbeddedServer
from .faults.switches import Switches
from .folder import BooksInUse
from .world import opened_books


@click.group()
def main() -> None:
    """The embedded companies."""


@main.command()
@click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the books."
)
@click.option("--port", default=0, help="0 takes any free port.")
def serve(home: Path, port: int) -> None:
    """Serves until standard input closes; then saves the books. The first line printed says where."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        switches = Switches(signed_links=True)
        with (
            opened_books(home) as world,
            EmbeddedServer(world, port=port, switches=switches, folder=home) as server,
        ):
            listening = {"url": server.url, "pid": os.getpid(), "realm_ids": list(server.world.companies)}
            click.echo(json.dumps(listening))
            sys.stdin.read()
    except BooksInUse as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
