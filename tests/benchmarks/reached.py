"""A company served by `pages.py`, as quickduck reaches one: nothing to sign in to, and no limits unless there are."""

from __future__ import annotations

import os

from pipelines.connect.companies import QUIET_DLT
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.limits import Limits
from tests.support.harness import free
from tests.support.still import StillTime

REALM = "1"

os.environ.update(QUIET_DLT)


class Token:
    """An access token as long as Intuit's."""

    def access_token(self) -> str:
        return "x" * 900

    def refresh(self, rejected: str) -> str:
        raise AssertionError("nobody rejects it")


def client(url: str, limits: Limits | None = None) -> QuickBooks:
    """Asks as fast as it can, unless limits are given."""
    return QuickBooks(REALM, api_url=url, tokens=Token(), limits=limits or free(StillTime()))
