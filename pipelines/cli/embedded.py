"""Commands about the embedded companies."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home

if TYPE_CHECKING:
    from pipelines.embedded.webhooks.sender import Delivery, Webhooks
    from pipelines.embedded.world import World


def webhook_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Whom to tell what happens, and how."""
    address = click.option(
        "--webhooks",
        "receiver",
        metavar="URL",
        callback=_address,
        help="Tell this address what happens, signed with `embedded-verifier-token`.",
    )
    format = click.option(
        "--webhook-format",
        type=click.Choice(["cloudevents", "legacy"]),
        default="cloudevents",
        show_default=True,
        help="The payload of today, or that of before May 2026.",
    )
    return address(format(command))


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise click.BadParameter(f"{value!r} is no address of the form http://host:port/path")
    return value


@click.group()
def embedded() -> None:
    """The embedded companies.

    \b
    quickduck embedded advance --days 30
    quickduck embedded serve
    """


@embedded.command()
@click.option("--days", type=click.IntRange(1, 3650), default=1, show_default=True)
@webhook_options
def advance(days: int, receiver: str | None, webhook_format: str) -> None:
    """Let them do business for some days: invoice, collect, void, delete, merge.

    \b
    quickduck embedded advance --days 30
    quickduck embedded advance --days 1 --webhooks http://127.0.0.1:8080/webhooks/quickbooks
    quickduck embedded advance --webhooks http://127.0.0.1:8080/webhooks/quickbooks --webhook-format legacy
    """
    with _books(Home()) as world:
        webhooks = _webhooks(world, receiver, webhook_format)
        _let_pass(world, days)
    if webhooks and _send(webhooks).problem:  # with the books free for a run that the receiver starts
        sys.exit(Exit.FAILED)


def a_day_passes(home: Home) -> bool:
    """Lets the companies of the folder live on for a day, and says so; False where they are not embedded ones.

    Nor where a server of its own has their books, which lives on when it is asked to.
    """
    from pipelines.workspace.settings import Environment, settings

    stated = settings()
    if stated.environment is not Environment.EMBEDDED or stated.api_url:
        return False
    click.echo("\nA day passes at the embedded companies, and the second night finds what has changed.")
    with _books(home) as world:
        _let_pass(world, 1)
    return True


@contextmanager
def _books(home: Home) -> Iterator[World]:
    """The embedded companies of the folder, saved when the block ends."""
    from pipelines.connect.emulator import as_our_errors
    from pipelines.embedded.world import opened_books

    with as_our_errors(), opened_books(home.embedded) as world:
        yield world
        world.save(home.embedded)


def _let_pass(world: World, days: int) -> None:
    for company in world.companies.values():
        world.advance(company.realm_id, days)
        click.echo(f"{company.realm_id} {company.name}: it is now {company.clock.now().to_date_string()}")


@embedded.command()
@click.option("--port", default=8766, show_default=True)
@webhook_options
def serve(port: int, receiver: str | None, webhook_format: str) -> None:
    """Keep them up for other clients until Ctrl-C.

    \b
    quickduck embedded serve
    quickduck embedded serve --port 9000
    quickduck embedded serve --webhooks http://127.0.0.1:8080/webhooks/quickbooks

    While they are up they do business when asked over HTTP, and with --webhooks the receiver is told:

    \b
    curl --data '{"days": 1}' http://127.0.0.1:8766/_embedded/advance
    """
    from pipelines.connect.emulator import as_our_errors
    from pipelines.embedded.api.server import EmbeddedServer
    from pipelines.embedded.world import opened_books

    folder = Home().embedded
    with as_our_errors(), opened_books(folder) as world:
        webhooks = _webhooks(world, receiver, webhook_format)
        notify = partial(_send, webhooks) if webhooks else None
        with EmbeddedServer(world, port=port, folder=folder, notify=notify) as server:
            click.echo(f"export SOURCES__QUICKBOOKS__API_URL={server.url}   # Ctrl-C stops it")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


def _webhooks(world: World, receiver: str | None, format: str) -> Webhooks | None:
    from pipelines.embedded.webhooks.sender import Webhooks

    return Webhooks(world, receiver, format=format, duplicates=0.02, disorder=0.1) if receiver else None


def _send(webhooks: Webhooks) -> Delivery:
    sent = webhooks.send()
    if sent.problem:
        click.echo(
            f"{sent} The books are saved; `quickduck run` finds what changed without webhooks.", err=True
        )
    else:
        click.echo(str(sent))
    return sent
