"""Commands that look: at how the runs went, at what is published, and at what a run would need."""

from __future__ import annotations

import sys
from shutil import get_terminal_size

import click

from pipelines.workspace.home import Home

ROWS_ON_SCREEN = 40

to_json = click.option("--json", "to_json", is_flag=True, help="As JSON, for programs.")


def add_to(main: click.Group) -> None:
    """Puts these commands beside the others."""
    for command in (status, report, marts, sql, doctor, completion):
        main.add_command(command)


@click.command()
@to_json
def status(to_json: bool) -> None:
    """How fresh each company is, its last verdict, this month's calls, and how long its sign-in lasts.

    Calls are those of the runs of this folder. A run that was killed outright leaves no count behind, and other
    folders and programs that use the same keys count at Intuit alone; Intuit meters production, not sandboxes.

    \b
    quickduck status
    quickduck status --json | jq '.companies[] | select(.verdict != "published")'
    """
    import pendulum

    from pipelines.pages.status_screen import status_of

    click.echo(status_of(Home(), pendulum.now("UTC"), to_json=to_json))


@click.command()
def report() -> None:
    """Write the published file's charts and tables into one page, reports/report.html; `run` does so too.

    \b
    quickduck report
    """
    from pipelines.pages.report import write

    click.echo(f"Open {write(Home(make=False))}")


@click.command()
@click.argument("name", required=False)
@to_json
def marts(name: str | None, to_json: bool) -> None:
    """What can be asked of the published file: its marts, or the columns of one of its tables.

    \b
    quickduck marts
    quickduck marts invoices
    quickduck marts core.companies
    quickduck marts invoices --json
    """
    from pipelines.cli.marts import mart_of, marts_of

    home = Home(make=False)
    click.echo(mart_of(home, name, to_json=to_json) if name else marts_of(home, to_json=to_json))


@click.command()
@click.argument("question")
@to_json
@click.option("--csv", "to_csv", is_flag=True, help="As CSV, for spreadsheets.")
def sql(question: str, to_json: bool, to_csv: bool) -> None:
    """Ask the published file one question in SQL; `-` reads it from standard input.

    It only reads, and only this file. On a terminal a long or wide answer is cut to fit; piped, or as JSON or
    CSV, it is whole.

    \b
    quickduck sql "from marts.ar_aging_by_customer order by overdue_amount desc limit 5"
    quickduck sql "select realm_id, sum(open_home) from marts.ar_aging_as_of(date '2026-06-30') group by all"
    quickduck sql --csv "from marts.collection_worklist" > call.csv
    quickduck sql --json - < question.sql
    """
    from pipelines.cli.sql import Form, answer

    if to_json and to_csv:
        raise click.UsageError("--json and --csv are two forms of one answer: name one.")
    form = Form.JSON if to_json else Form.CSV if to_csv else Form.TABLE
    text = sys.stdin.read() if question == "-" else question
    fits = {"width": get_terminal_size().columns, "rows": ROWS_ON_SCREEN} if sys.stdout.isatty() else {}
    click.echo(answer(Home(make=False), text, form, **fits))


@click.command()
@click.option("--offline", is_flag=True, help="Ask no server.")
@to_json
def doctor(offline: bool, to_json: bool) -> None:
    """Check everything that a run needs, a line each, and change nothing.

    Reads CompanyInfo once per company, which costs one call each. An access token that has run out is renewed
    and kept, as in every run. Exit code: 0 nothing failed, 1 something did, 3 only a sign-in is missing.

    \b
    quickduck doctor
    quickduck doctor --offline
    quickduck doctor --json | jq '.[] | select(.verdict == "failed")'
    """
    from dataclasses import asdict

    from pipelines.base.text import as_json
    from pipelines.doctor.examine import examine
    from pipelines.doctor.finding import exit_code

    findings = []
    for finding in examine(Home(make=False), offline=offline):
        if not to_json:
            click.echo(str(finding))
        findings.append(finding)
    if to_json:
        click.echo(as_json([asdict(finding) for finding in findings]))
    sys.exit(exit_code(findings))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands and options at the tab key.

    \b
    quickduck completion bash > ~/.local/share/bash-completion/completions/quickduck
    quickduck completion zsh > "${fpath[1]}/_quickduck"
    quickduck completion fish > ~/.config/fish/completions/quickduck.fish
    """
    from click import shell_completion

    main = click.get_current_context().find_root().command
    classes: dict[str, type[shell_completion.ShellComplete]] = {
        "bash": shell_completion.BashComplete,
        "zsh": shell_completion.ZshComplete,
        "fish": shell_completion.FishComplete,
    }
    # Its `source` would first ask which bash there is; every one since 2011 will do.
    writer = classes[shell](main, {}, "quickduck", "_QUICKDUCK_COMPLETE")
    click.echo(writer.source_template % writer.source_vars())
