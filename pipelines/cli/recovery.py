"""The commands backup, restore and rollback."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.workspace.home import Home

no_wait = click.option("--no-wait", is_flag=True, help="Fail at once when another run holds the data folder.")


def add_to(main: click.Group) -> None:
    """Puts these commands beside the others."""
    for command in (backup, restore, rollback):
        main.add_command(command)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@no_wait
def backup(file: Path | None, no_wait: bool) -> None:
    """Archive what cannot be fetched again, without any sign-in; default: a new file in backups/.

    \b
    quickduck backup
    quickduck backup /mnt/safe/books.tar
    """
    from pipelines.published.backup import backup as make
    from pipelines.published.folder import hold
    from pipelines.workspace.settings import settings

    home = Home()
    with hold(home, 0 if no_wait else 600):
        made = make(home, settings().environment, file)
    click.echo(
        f"{made} holds the warehouse and what was published, no sign-in. `quickduck restore` puts it back."
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the warehouse that is there.")
@no_wait
def restore(file: Path, force: bool, no_wait: bool) -> None:
    """Put the data folder back to a backup; sign-ins stay as they are.

    \b
    quickduck restore books.tar
    quickduck restore books.tar --force
    """
    from pipelines.published.folder import hold
    from pipelines.published.restore import restore as put_back
    from pipelines.workspace.settings import settings

    home = Home()
    with hold(home, 0 if no_wait else 600):
        manifest = put_back(home, file, settings().environment, force=force)
    click.echo(
        f"{home.path} is as it was on {manifest.made_at:%Y-%m-%d %H:%M} UTC. "
        "`quickduck run` brings it up to date."
    )


@click.command()
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="Say which published files are kept; change nothing.")
@no_wait
def rollback(name: str | None, listing: bool, no_wait: bool) -> None:
    """Let people open the file published before, or the one named; the next good night publishes anew.

    \b
    quickduck rollback --list
    quickduck rollback
    """
    from pipelines.cli.screen import kept_of, opens
    from pipelines.pages.report import reported
    from pipelines.published.folder import hold
    from pipelines.published.rollback import rollback as put_back
    from pipelines.workspace.settings import settings

    home = Home()
    if listing:
        click.echo(kept_of(home))
        return
    with hold(home, 0 if no_wait else 600):
        now = settings()
        file = put_back(home, name, leave_out_columns=now.leave_out_columns, hash_columns=now.hash_columns)
        click.echo(f"People now open {file.name}:\n{opens(home)}")
        click.echo(reported(home))
