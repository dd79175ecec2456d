"""Commands about the companies in a box."""

from __future__ import annotations

import threading
from contextlib import suppress

import click

from pipelines.home import Home


@click.group()
def embedded() -> None:
    """The companies in a box.

    \b
    quickduck embedded advance --days 30
    quickduck embedded serve
    """


@embedded.command()
@click.option("--days", type=click.IntRange(1, 3650), default=1, show_default=True)
def advance(days: int) -> None:
    """Let them do business for some days: invoice, collect, void, delete, merge.

    \b
    quickduck embedded advance --days 30
    """
    from pipelines.embedded.folder import opened_books

    folder = Home().embedded
    with opened_books(folder) as world:
        for company in world.companies.values():
            company.advance(days)
            click.echo(f"{company.realm_id} {company.name}: it is now {company.clock.now().to_date_string()}")
        world.save(folder)


@embedded.command()
@click.option("--port", default=8766, show_default=True)
def serve(port: int) -> None:
    """Keep them up for other clients until Ctrl-C.

    \b
    quickduck embedded serve
    quickduck embedded serve --port 9000
    """
    from pipelines.embedded import EmbeddedServer
    from pipelines.embedded.folder import opened_books

    folder = Home().embedded
    with opened_books(folder) as world, EmbeddedServer(world, port=port, folder=folder) as server:
        click.echo(f"export SOURCES__QUICKBOOKS__API_URL={server.url}   (Ctrl-C stops it)")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
