"""The command `quickduck`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipelines.base.errors import about_file
from pipelines.cli import accept, keys, read, recovery, serve
from pipelines.cli.embedded import a_day_passes, embedded
from pipelines.cli.read import to_json
from pipelines.cli.recovery import no_wait
from pipelines.workspace.exits import ON_PURPOSE, Exit, exit_of
from pipelines.workspace.home import Home

if TYPE_CHECKING:
    from pipelines.nightly.choices import Choices

PRIVATE = 0o077
"""Set for the whole process, since dlt, DuckDB and Great Expectations make files of their own in the data folder."""


class Commands(click.Group):
    """Turns what was raised on purpose into a sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        os.umask(PRIVATE)
        try:
            sys.exit(super().main(*args, **(kwargs | {"standalone_mode": False})))
        except click.ClickException as error:
            error.show()
            sys.exit(Exit.WRONG_USAGE)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(Exit.FAILED)
        except ON_PURPOSE as error:
            click.echo(str(error), err=True)
            sys.exit(exit_of(error))
        except OSError as error:
            click.echo(about_file(error), err=True)
            sys.exit(Exit.FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="quickduck")
def main() -> None:
    """Copies QuickBooks Online books into DuckDB and proves that the copy is right.

    \b
    quickduck run                        the nightly run, on the companies that are signed in
    quickduck status                     how it went, and how fresh everything is
    quickduck sql "from marts.ar_aging_by_customer"
    quickduck doctor                     what is missing, when something does not work
    """


accept.add_to(main)
recovery.add_to(main)
read.add_to(main)
serve.add_to(main)
keys.add_to(main)
main.add_command(embedded)


def _comma_separated(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in (value or "").split(",") if part.strip())
    if value is not None and not parts:
        raise click.BadParameter("it is given and names nothing; leave it out to mean all")
    return parts


def _instant(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    import pendulum

    return pendulum.instance(value, tz="UTC") if value else None


def _date(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    return value.date() if value else None


def which_companies(command: Callable[..., None]) -> Callable[..., None]:
    """Options of every command that works on companies."""
    command = click.option(
        "--realm",
        "realm_ids",
        callback=_comma_separated,
        help="Company ids, with commas; default: all signed in.",
    )(command)
    return no_wait(command)


day = click.DateTime(["%Y-%m-%d"])
entities = click.option(
    "--entities", callback=_comma_separated, help="QuickBooks names, such as Invoice,Payment."
)
since = click.option(
    "--from", "since", type=day, callback=_instant, help="Also read again what changed since."
)
as_of = click.option(
    "--as-of", type=day, callback=_date, help="The date of the marts; default: the company's today."
)
deep = click.option(
    "--deep/--no-deep",
    default=None,
    help="Compare every object, not counts and totals alone; a run does so by itself once a week.",
)
rebuild = click.option("--rebuild", is_flag=True, help="Parse every document anew.")
trigger = click.option("--trigger", default="manual", show_default=True, help="Noted in ops.runs.")


@main.command()
@entities
@since
@as_of
@deep
@rebuild
@trigger
@click.option(
    "--live-on", is_flag=True, help="Then let a day pass at the embedded companies, and run once more."
)
@click.option("--dry-run", is_flag=True, help="Say what a run would do and cost; ask and change nothing.")
@to_json
@which_companies
def run(
    realm_ids: tuple[str, ...], no_wait: bool, live_on: bool, dry_run: bool, to_json: bool, **options: Any
) -> None:
    """Extract, transform, check and publish, once.

    Exit code: 0 all published, 1 failed, 2 checks failed, 3 sign-in needed, 64 wrong usage. What the settings
    on_failure_command and on_failure_url name is told of any but 0.

    \b
    quickduck run
    quickduck run --trigger schedule --no-wait
    quickduck run --realm 9130350000000001 --entities Invoice,Payment
    quickduck run --from 2026-01-01
    quickduck run --as-of 2026-06-30
    quickduck run --live-on
    quickduck run --dry-run
    quickduck run --json 2> run.log | jq .exit_code
    """
    if dry_run:
        from pipelines.cli.dry_run import explained

        click.echo(explained(Home(make=False), _choices(realm_ids, no_wait, **options), to_json=to_json))
        return
    _carry_out(realm_ids, no_wait, to_json=to_json, live_on=live_on, **options)


@main.command()
@entities
@since
@click.option(
    "--full",
    is_flag=False,
    flag_value="all",
    callback=_comma_separated,
    help="Read these entities, or all, whole again; history stays.",
)
@which_companies
def extract(realm_ids: tuple[str, ...], no_wait: bool, full: tuple[str, ...], **options: Any) -> None:
    """Copy what changed in QuickBooks into raw.

    \b
    quickduck extract
    quickduck extract --full Invoice,Payment
    quickduck extract --full
    """
    from pipelines.quickbooks.entities import BY_NAME

    whole = tuple(BY_NAME) if full == ("all",) else full
    _carry_out(realm_ids, no_wait, "extract", full=whole, **options)


@main.command()
@as_of
@rebuild
@which_companies
def transform(realm_ids: tuple[str, ...], no_wait: bool, **options: Any) -> None:
    """Build staging, core and marts out of raw.

    \b
    quickduck transform
    quickduck transform --as-of 2026-06-30
    quickduck transform --rebuild
    """
    _carry_out(realm_ids, no_wait, "transform", **options)


@main.command()
@as_of
@deep
@click.option("--plan", is_flag=True, help="Say what each check costs in calls, and ask nothing.")
@to_json
@which_companies
def check(realm_ids: tuple[str, ...], no_wait: bool, plan: bool, **options: Any) -> None:
    """Compare the copy with QuickBooks and say whether it may be published.

    \b
    quickduck check
    quickduck check --deep
    quickduck check --plan
    quickduck check --json | jq '.companies[].findings'
    """
    if plan:
        from pipelines.cli.screen import plan_of

        click.echo(plan_of(Home(), to_json=options["to_json"]))
        return
    _carry_out(realm_ids, no_wait, "check", **options)


@main.command()
@which_companies
def publish(realm_ids: tuple[str, ...], no_wait: bool) -> None:
    """Publish the companies whose last check passed.

    \b
    quickduck publish
    """
    _carry_out(realm_ids, no_wait, "publish")


@main.command()
@click.option("--paste", is_flag=True, help="Print the link and take back the address the browser landed on.")
def login(paste: bool) -> None:
    """Connect a company: sign in at Intuit and keep the tokens, encrypted, in the data folder.

    \b
    quickduck login
    quickduck login --paste              with production keys
    """
    from pipelines.connect.companies import sign_in

    click.echo(sign_in(Home(), paste=paste, say=click.echo, ask=click.prompt))


@main.command()
@click.argument("realm_id")
def logout(realm_id: str) -> None:
    """Revoke a company's connection at Intuit and forget its tokens.

    \b
    quickduck logout 9130350000000001
    """
    from pipelines.connect.companies import sign_out

    click.echo(sign_out(Home(), realm_id))


@main.command()
def notify() -> None:
    """Send the notice of a failed run, without one, to try on_failure_command and on_failure_url.

    \b
    quickduck notify
    """
    from pipelines.nightly.notify import tried

    for line in tried():
        click.echo(line)


def _choices(realm_ids: tuple[str, ...], no_wait: bool, *steps: str, **chosen: Any) -> Choices:
    from pipelines.nightly.choices import WHOLE, Choices, Step

    wait = 0 if no_wait else 600
    return Choices(realm_ids, tuple(map(Step, steps)) or WHOLE, wait=wait, **chosen)


def _carry_out(
    realm_ids: tuple[str, ...],
    no_wait: bool,
    *steps: str,
    to_json: bool = False,
    live_on: bool = False,
    **chosen: Any,
) -> NoReturn:
    """Ends the process with the exit code of what was carried out."""
    from pipelines.cli.runs import carry_out

    home, choices = Home(), _choices(realm_ids, no_wait, *steps, **chosen)
    code = carry_out(home, choices, to_json=to_json)
    if live_on and code is Exit.PUBLISHED and a_day_passes(home):
        code = carry_out(home, choices, to_json=to_json)
    sys.exit(code)
