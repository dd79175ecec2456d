"""quickduck's public face, for notebooks, orchestrators and dlt projects.

Everything else is the application's own and may change between versions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlt.extract import DltSource
    from duckdb import DuckDBPyConnection

    from pipelines.nightly.outcome import RunResult

__all__ = ["exit_of", "open_published", "run", "source"]

PRIVATE = 0o077


def open_published(home: Path | str | None = None) -> DuckDBPyConnection:
    """A read-only connection on the published file of a data folder; close it soon, for it keeps one night's file.

    `home` is the data folder; without it, `QUICKDUCK_HOME` names it, else it is `data` in the working directory.
    Raises NothingPublished, a QuickduckError, where no run has published yet.

    >>> with open_published() as books:
    ...     books.sql("select realm_id, home_currency from core.companies order by all").fetchall()
    [('9130350000000001', 'USD'), ('9130350000000002', 'CAD')]
    """
    import duckdb

    from pipelines.published.file import NothingPublished
    from pipelines.workspace.home import Home

    folder = Home(home, make=False)
    if not folder.analytics.exists():
        raise NothingPublished(folder)
    return duckdb.connect(str(folder.analytics), read_only=True)


def run(
    home: Path | str | None = None,
    *,
    realm_ids: Sequence[str] = (),
    entities: Sequence[str] = (),
    since: datetime | None = None,
    as_of: date | None = None,
    deep: bool | None = None,
    rebuild: bool = False,
    trigger: str = "manual",
    wait: float = 600,
    say: Callable[[str], None] = lambda line: None,
) -> RunResult:
    """Extracts, transforms, checks and publishes once, as `quickduck run` does, and returns the outcome.

    Without `realm_ids` it runs for the companies of the settings, or else all signed in; without `entities` for all.
    `since` reads again what changed since then; `as_of` builds the marts for another day than each company's today.
    `deep` compares every object; None does so a week after the last time. `wait` is how many seconds to wait for
    another run in the folder; `say` is called with a line of progress now and then.

    The result has `run_id`, `exit_code`, `published_file` (None before anything is) and `companies`, each with
    `realm_id, verdict, exit_code, step, accuracy, versions, deletions, calls, error, findings`. The exit code is the
    worst company's: 0 published, 1 failed, 2 checks failed, 3 sign-in needed. A company that fails raises nothing, and
    `reasons` says why, by id. A run that cannot begin raises HomeBusy, ConfigurationError or WrongUsage, which are
    QuickduckErrors, or UnknownEntity or SignInNeeded, which are QuickBooksErrors; `exit_of` gives the exit code of
    each. Either way on_failure_command and on_failure_url get their notice.

    Meanwhile quickduck may use whole processors for seconds, and the memory of dlt and DuckDB.

    >>> result = run(realm_ids=["9130350000000002"], trigger="doctest")
    >>> result.exit_code, result.reasons, result.published_file.name
    (0, {}, 'analytics.duckdb')
    >>> [(company.realm_id, company.verdict, company.accuracy) for company in result.companies]
    [('9130350000000002', 'published', 1.0)]
    """
    import pendulum

    from pipelines.nightly.choices import Choices
    from pipelines.nightly.start import carried_out
    from pipelines.workspace.home import Home

    choices = Choices(
        tuple(realm_ids),
        entities=tuple(entities),
        since=pendulum.instance(since) if since else None,
        as_of=as_of,
        deep=deep,
        rebuild=rebuild,
        trigger=trigger,
        wait=wait,
    )
    # dlt, DuckDB and Great Expectations make files of their own in the data folder.
    before = os.umask(PRIVATE)
    try:
        return carried_out(Home(home), choices, say)
    finally:
        os.umask(before)


def exit_of(error: BaseException) -> int:
    """The exit code with which the command would have ended for what `run` raised: 1, 3 or 64; 1 may pass by itself.

    >>> try:
    ...     run(entities=["Invoices"])
    ... except Exception as error:
    ...     print(exit_of(error), error)
    64 Unknown entity Invoices. QuickBooks calls them Account, ...
    """
    from pipelines.workspace import exits

    return int(exits.exit_of(error))


def source(realm_id: str | None = None, *, entities: Sequence[str] | None = None) -> DltSource:
    """The dlt source of one company, signed in by the settings and the data folder; a resource per entity.

    `realm_id` may be left out where the settings name one company, or one is signed in; `entities` are QuickBooks's
    names, all of them when left out. Rows are versions of documents as sent, with
    `realm_id, id, sync_token, created_at, last_updated_at, answered_at, changed_at, payload, load_id`.
    Raises ConfigurationError or WrongUsage, which are QuickduckErrors, and UnknownEntity or SignInNeeded, which are
    QuickBooksErrors.

    >>> sorted(source("9130350000000001", entities=["Invoice", "Payment"]).resources)
    ['cdc', 'deletions', 'invoice', 'payment']
    """
    from pipelines.connect.companies import open_client
    from pipelines.quickbooks import quickbooks

    return quickbooks(open_client(realm_id), entities=entities)
