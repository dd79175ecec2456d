"""The command accept."""

from __future__ import annotations

from datetime import datetime

import click

from pipelines.base.errors import WrongUsage
from pipelines.workspace.home import Home


def add_to(main: click.Group) -> None:
    """Puts this command beside the others."""
    main.add_command(accept)


@click.command()
@click.argument("realm_id", required=False)
@click.argument("check", required=False)
@click.argument("id", required=False)
@click.option("--reason", help="Why the difference is known and harmless; people read it in the report.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day it is let through; at most 92 days."
)
@click.option("--revoke", is_flag=True, help="Let it stop the company again.")
@click.option("--list", "listing", is_flag=True, help="Say what is and was accepted; change nothing.")
@click.option("--no-wait", is_flag=True, help="Fail at once when another run holds the data folder.")
def accept(
    realm_id: str | None,
    check: str | None,
    id: str | None,
    reason: str | None,
    until: datetime | None,
    revoke: bool,
    listing: bool,
    no_wait: bool,
) -> None:
    """Let one known difference through: the next run publishes its company with it, visibly, for a while.

    REALM_ID is the company; CHECK and ID are those of checks.differences, as the last checks named them. With another
    amount, or with a row more, the difference stops the company again.

    \b
    quickduck accept 9130350000000001 aged_receivables 57 --reason "known to the accountant" --until 2026-12-31
    quickduck accept 9130350000000001 aged_receivables 57 --revoke
    quickduck accept --list
    """
    import pendulum

    from pipelines.nightly import accept as accepting
    from pipelines.published.folder import hold
    from pipelines.workspace.warehouse import open_warehouse

    home, now = Home(), pendulum.now("UTC")
    if not home.warehouse.exists():
        raise WrongUsage(
            f"Nothing has run in {home.path} yet, so that nothing can be accepted: `quickduck run`."
        )
    with hold(home, 0 if no_wait else 600), open_warehouse(home) as warehouse:
        if listing:
            click.echo(accepting.listed(warehouse))
            return
        if not (realm_id and check and id):
            raise WrongUsage("Name the company, the check and the id: quickduck accept REALM_ID CHECK ID.")
        if revoke:
            click.echo(accepting.revoke(warehouse, realm_id, check, id, now=now))
            return
        if not (reason and until):
            raise WrongUsage("Say why and for how long: --reason WHY --until YYYY-MM-DD.")
        said = accepting.accept(warehouse, realm_id, check, id, reason=reason, until=until.date(), now=now)
    click.echo(said)
