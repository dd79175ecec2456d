"""The commands for the keys that let programs ask over HTTP."""

from __future__ import annotations

import click

from pipelines.workspace.home import Home


def add_to(main: click.Group) -> None:
    """Puts them beside the others."""
    main.add_command(keys)


@click.group()
def keys() -> None:
    """Keys that let programs and browsers ask `quickduck serve`: made, listed and revoked one by one.

    \b
    quickduck keys new bookkeeper
    quickduck keys list
    quickduck keys revoke bookkeeper
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["read"],
    show_default=True,
    type=click.Choice(["read", "manage", "write"]),
    help="read: the books. manage: sign companies in and out. write: change QuickBooks. May be given several times.",
)
@click.option(
    "--realm", "realm_ids", default="", help="Company ids, with commas; default: every company there is."
)
def new(name: str, scopes: tuple[str, ...], realm_ids: str) -> None:
    """Make a key and print it, this once.

    \b
    quickduck keys new dashboard
    quickduck keys new bookkeeper --realm 9130350000000001
    quickduck keys new admin --scope read --scope manage
    """
    from pipelines.serve.access.keys import Keys, Scope
    from pipelines.workspace import settings

    click.echo(Keys(Home()).new(name, [Scope(one) for one in scopes], settings.realm_ids(realm_ids)))
    click.echo("Keep it: it is shown this once. Send it as the header Authorization: Bearer KEY.", err=True)


@keys.command("list")
def list_keys() -> None:
    """Show each key's name, scopes, companies and the day it was made.

    \b
    quickduck keys list
    """
    from pipelines.serve.access.keys import Keys

    listed = Keys(Home()).all()
    for key in listed:
        companies = ", ".join(key.realm_ids) or "every company"
        click.echo(f"{key.name}: {', '.join(key.scopes)}; {companies}; made {key.made_at:%Y-%m-%d}")
    if not listed:
        click.echo("No key is made yet: `quickduck keys new NAME` makes one.")


@keys.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End a key at once, in a running server too; browsers that came in by it are out.

    \b
    quickduck keys revoke bookkeeper
    quickduck keys revoke "key 1"
    """
    from pipelines.serve.access.keys import Keys

    Keys(Home()).revoke(name)
    click.echo(f"{name} opens nothing any more.")
