"""quickduck's public face, for notebooks, orchestrators and dlt projects.

Everything else is the application's own and may change between versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlt.extract import DltSource
    from duckdb import DuckDBPyConnection

__all__ = ["open_published", "source"]


def open_published(home: Path | str | None = None) -> DuckDBPyConnection:
    """A read-only connection on the published file of a data folder; close it soon, for it keeps one night's file.

    `home` is the data folder; without it, `QUICKDUCK_HOME` names it, else it is `data` in the working directory.
    Raises NothingPublished, a QuickduckError, where no run has published yet.

    >>> with open_published() as books:
    ...     books.sql("select count(*) from marts.invoices").fetchone()
    (...,)
    """
    import duckdb

    from pipelines.published.file import NothingPublished
    from pipelines.workspace.home import Home

    folder = Home(home, make=False)
    if not folder.analytics.exists():
        raise NothingPublished(folder)
    return duckdb.connect(str(folder.analytics), read_only=True)


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
