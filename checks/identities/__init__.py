"""What must hold within the books, whatever QuickBooks reports: one query each, whose rows are the violations."""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from checks import receivables
from checks.evidence import Suspect, TieOut
from checks.queries import Rule, rules
from pipelines.quickbooks.entities import BY_NAME

NAME = "identities"
HEALED_AT_MOST = 500


def identities() -> list[Rule]:
    """Every query of this folder."""
    return rules(Path(__file__).parent)


def check(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """How many rows violate each identity, and which."""
    found = {one.name: one.violations(connection, realm_id) for one in identities()}
    differences = [row for listed in found.values() for row in listed]
    known = (row for row in differences if row.entity in BY_NAME and row.id.isdigit())
    suspects = list(dict.fromkeys(Suspect(row.entity, row.id) for row in known))[:HEALED_AT_MOST]
    if families := [row.id for row in differences if row.check == "family_balances"]:
        suspects += receivables.family_documents(connection, realm_id, families)
    figures = {name: len(listed) for name, listed in found.items()}
    return TieOut(NAME, figures, tuple(differences), tuple(suspects))
