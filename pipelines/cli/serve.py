"""The command that serves between nights."""

from __future__ import annotations

from importlib.util import find_spec

import click

from pipelines.base.errors import ConfigurationError
from pipelines.workspace.home import Home

NEEDED = ("fastapi", "prometheus_client", "uvicorn")
"""Modules of the extra."""


def add_to(main: click.Group) -> None:
    """Puts it beside the others."""
    main.add_command(serve)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines in.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--every",
    default=60,
    show_default=True,
    type=click.IntRange(5, 86_400),
    help="Seconds from one run for webhooks to the next, at least.",
)
def serve(host: str, port: int, every: int) -> None:
    """Take QuickBooks's webhooks, answer questions about the published file over HTTP, sign in by browser.

    What webhooks tell of is read by a run of the companies concerned, a moment later. Wants the extra `serve`.

    \b
    quickduck serve
    quickduck serve --port 9000 --every 300
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise ConfigurationError(
            f"`quickduck serve` needs {' and '.join(missing)}: install the extra `serve`, in the checkout with "
            "`make extra-serve`."
        )
    from pipelines.serve import server

    server.serve(Home(), host, port, every=every, say=click.echo)
