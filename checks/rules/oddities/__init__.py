"""What an accountant would look at, though QuickBooks says the same: one query each, whose rows are the cases.

Each names every column whose value it tells, so that what a setting withholds is withheld here, too.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.evidence import TieOut
from checks.rules.queries import Rule, rules

NAME = "oddities"
NAMED_AT_MOST = 500


def oddities() -> list[Rule]:
    """Every query of this folder."""
    return rules(Path(__file__).parent)


def check(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """How many cases there are of each oddity, and which, the first of each query; nothing is read again for them."""
    cases = {one.name: one.violations(connection, realm_id) for one in oddities()}
    figures = {name: len(listed) for name, listed in cases.items()}
    return TieOut(
        NAME, figures, beside=tuple(row for listed in cases.values() for row in listed[:NAMED_AT_MOST])
    )
