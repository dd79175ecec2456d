"""The command `quickduck`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, NoReturn

import click

from pipelines.cli_kept import add_to, no_wait
from pipelines.home import Home
from pipelines.quickbooks.errors import QuickduckError, SignInNeeded, WrongUsage, about_file

PRIVATE = 0o077
"""Set for the whole process, since dlt, DuckDB and Great Expectations make files of their own in the data folder."""

FAILED, SIGN_IN_NEEDED, WRONG_USAGE = 1, 3, 64


class Commands(click.Group):
    """Turns what was raised on purpose into a sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        os.umask(PRIVATE)
        try:
            sys.exit(super().main(*args, **(kwargs | {"standalone_mode": False})))
        except click.ClickException as error:
            error.show()
            sys.exit(WRONG_USAGE)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(FAILED)
        except QuickduckError as error:
            click.echo(str(error), err=True)
            sys.exit(_code(error))
        except OSError as error:
            click.echo(about_file(error), err=True)
            sys.exit(FAILED)


def _code(error: QuickduckError) -> int:
    match error:
        case SignInNeeded():
            return SIGN_IN_NEEDED
        case WrongUsage():
            return WRONG_USAGE
        case _:
            return FAILED


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="quickduck")
def main() -> None:
    """Copies QuickBooks Online books into DuckDB and proves that the copy is right.

    \b
    quickduck run                        the nightly run, on the companies that are signed in
    quickduck run --entities Invoice,Payment
    quickduck check --deep               compare every object with QuickBooks
    """


add_to(main)


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
@which_companies
def run(realm_ids: tuple[str, ...], no_wait: bool, **options: Any) -> None:
    """Extract, transform, check and publish, once.

    Exit code: 0 all published, 1 failed, 2 checks failed, 3 sign-in needed, 64 wrong usage.
    """
    _steps(realm_ids, no_wait, ("extract", "transform", "check", "publish"), **options)


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
    """Copy what changed in QuickBooks into raw."""
    from pipelines.quickbooks.entities import BY_NAME

    whole = tuple(BY_NAME) if full == ("all",) else full
    _steps(realm_ids, no_wait, ("extract",), full=whole, **options)


@main.command()
@as_of
@rebuild
@which_companies
def transform(realm_ids: tuple[str, ...], no_wait: bool, **options: Any) -> None:
    """Build staging, core and marts out of raw."""
    _steps(realm_ids, no_wait, ("transform",), **options)


@main.command()
@as_of
@deep
@click.option("--plan", is_flag=True, help="Say what each check costs in calls, and ask nothing.")
@which_companies
def check(realm_ids: tuple[str, ...], no_wait: bool, plan: bool, **options: Any) -> None:
    """Compare the copy with QuickBooks and say whether it may be published."""
    if plan:
        from pipelines.screen import plan_of

        click.echo(plan_of(Home()))
        return
    _steps(realm_ids, no_wait, ("check",), **options)


@main.command()
@which_companies
def publish(realm_ids: tuple[str, ...], no_wait: bool) -> None:
    """Publish the companies whose last check passed."""
    _steps(realm_ids, no_wait, ("publish",))


@main.command()
@click.option("--paste", is_flag=True, help="Print the link and take back the address the browser landed on.")
def login(paste: bool) -> None:
    """Connect a company: sign in at Intuit and keep the tokens, encrypted, in the data folder."""
    from pipelines.companies import sign_in

    click.echo(sign_in(Home(), paste=paste, say=click.echo, ask=click.prompt))


@main.command()
@click.argument("realm_id")
def logout(realm_id: str) -> None:
    """Revoke a company's connection at Intuit and forget its tokens."""
    from pipelines.companies import sign_out

    click.echo(sign_out(Home(), realm_id))


@main.command()
def status() -> None:
    """How fresh each company is, its last verdict, this month's calls, and how long its sign-in lasts.

    Calls are those of the runs of this folder. A run that was killed outright leaves no count behind, and other
    folders and programs that use the same keys count at Intuit alone; Intuit meters production, not sandboxes.
    """
    import pendulum

    from pipelines.status import status_of

    click.echo(status_of(Home(), pendulum.now("UTC")))


@main.command()
def report() -> None:
    """Write the published file's charts and tables into one page, reports/report.html; `run` does so too."""
    from pipelines.report import write

    click.echo(f"Open {write(Home(make=False))}")


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def marts(name: str | None, as_json: bool) -> None:
    """What can be asked of the published file: its marts, or the columns of one of them."""
    from pipelines.marts import mart_of, marts_of

    home = Home(make=False)
    click.echo(mart_of(home, name, as_json=as_json) if name else marts_of(home, as_json=as_json))


@main.command()
@click.option("--offline", is_flag=True, help="Ask no server.")
def doctor(offline: bool) -> None:
    """Check everything that a run needs, a line each, and change nothing.

    Reads CompanyInfo once per company, which costs one call each. An access token that has run out is renewed
    and kept, as in every run. Exit code: 0 nothing failed, 1 something did, 3 only a sign-in is missing.
    """
    from pipelines.doctor import examine
    from pipelines.finding import exit_code

    findings = []
    for finding in examine(Home(make=False), offline=offline):
        click.echo(str(finding))
        findings.append(finding)
    sys.exit(exit_code(findings))


@main.group()
def embedded() -> None:
    """The companies in a box."""


@embedded.command()
@click.option("--days", type=click.IntRange(1, 3650), default=1, show_default=True)
def advance(days: int) -> None:
    """Let it do business for some days: invoice, collect, void, delete, merge."""
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
    """Keep it up for other clients until Ctrl-C."""
    from pipelines.embedded import EmbeddedServer
    from pipelines.embedded.folder import opened_books

    folder = Home().embedded
    with opened_books(folder) as world, EmbeddedServer(world, port=port, folder=folder) as server:
        click.echo(f"export SOURCES__QUICKBOOKS__API_URL={server.url}   (Ctrl-C stops it)")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


def _steps(realm_ids: tuple[str, ...], no_wait: bool, names: tuple[str, ...], **options: Any) -> None:
    from dataclasses import replace

    from pipelines import lists
    from pipelines.companies import opened
    from pipelines.nightly import Nightly, note_unbegun
    from pipelines.options import Options
    from pipelines.screen import closing, reported
    from pipelines.settings import APP_URL
    from pipelines.warehouse import WarehouseBusy
    from transforms.inputs import Inputs

    home = Home()
    chosen = Options(**options)
    chosen.validate()
    # A second even with --no-wait: `status` and `doctor` hold the folder for a moment while they read.
    with home.lock(1 if no_wait else 600), ExitStack() as running:
        try:
            given = lists.read(home.path) if {"transform", "check"} & set(names) else {}
            companies = running.enter_context(opened(home, realm_ids))
        except WrongUsage:
            raise
        except QuickduckError as error:
            with suppress(WarehouseBusy):
                note_unbegun(home, realm_ids, chosen, error)
            raise
        chosen = replace(
            chosen,
            leave_out_columns=companies.settings.leave_out_columns,
            hash_columns=companies.settings.hash_columns,
            app_url=APP_URL.get(companies.settings.environment),
            inputs=Inputs(
                high_value_annual_revenue=companies.settings.high_value_annual_revenue,
                group_by_estimate=companies.settings.group_by_estimate,
                **given,
            ),
        )
        nightly = Nightly(
            home, companies.realm_ids, companies.open, chosen, say=lambda line: click.echo(line)
        )
        code = nightly.steps(*(getattr(nightly, name) for name in names))
        click.echo(closing(home, nightly, checks="check" in names and "publish" not in names))
        if "publish" in names and home.analytics.exists():
            click.echo(reported(home))
    sys.exit(code)
