"""The command that serves between nights."""

from __future__ import annotations

from importlib.util import find_spec

import click

from pipelines.base.errors import ConfigurationError
from pipelines.workspace.home import Home


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
@click.option("--new-key", is_flag=True, help="Print a key for programs that read, once, and end.")
@click.option("--forget-keys", is_flag=True, help="Let no key in any more, and end.")
def serve(host: str, port: int, every: int, new_key: bool, forget_keys: bool) -> None:
    """Take QuickBooks's webhooks, answer questions about the published file over HTTP, sign in by browser.

    What webhooks tell of is read by a run of the companies concerned, a moment later. Wants the extra `serve`.

    \b
    quickduck serve
    quickduck serve --port 9000 --every 300
    quickduck serve --new-key
    quickduck serve --forget-keys
    """
    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise ConfigurationError(
            f"`quickduck serve` needs {' and '.join(missing)}: install the extra `serve`, in the checkout with "
            "`make extra-serve`."
        )
    if new_key and forget_keys:
        raise click.UsageError("--new-key and --forget-keys: name one.")
    from pipelines.serve.access.keys import Keys

    home = Home()
    if new_key:
        click.echo(Keys(home).new())
        click.echo(
            "Keep it: it is shown this once. Send it as the header Authorization: Bearer KEY.", err=True
        )
        return
    if forget_keys:
        click.echo(f"{Keys(home).forget_all()} keys forgotten.")
        return
    from pipelines.serve import server

    server.serve(home, host, port, every=every, say=click.echo)
