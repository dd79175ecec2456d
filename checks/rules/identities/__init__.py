"""What must hold within the books, whatever QuickBooks reports: one query each, whose rows are the violations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.evidence import Suspect, TieOut
from checks.ours import receivables
from checks.rules import broken_links
from checks.rules.queries import Rule, rules
from pipelines.quickbooks.entities import BY_NAME

NAME = "identities"
HEALED_AT_MOST = 500


def identities() -> list[Rule]:
    """Every query of this folder."""
    return rules(Path(__file__).parent)


def check(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """How many rows violate each identity, and which; links that are broken in QuickBooks too stand beside them."""
    violations = {one.name: one.violations(connection, realm_id) for one in identities()}
    broken = broken_links.admitted(connection, realm_id, violations["link_targets"])
    violations["link_targets"] = [row for row in violations["link_targets"] if row not in broken]
    differences = [row for listed in violations.values() for row in listed]
    doubtful = [Suspect(row.entity, row.id) for row in differences]
    doubtful += [broken_links.namer(row) for row in violations["link_targets"]]
    readable = (one for one in doubtful if one.entity in BY_NAME and one.id.isdigit())
    suspects = list(dict.fromkeys(readable))[:HEALED_AT_MOST]
    if families := [row.id for row in differences if row.check == "family_balances"]:
        suspects += receivables.family_documents(connection, realm_id, families)
    figures = {name: len(listed) for name, listed in violations.items()}
    beside = tuple(replace(row, is_money=False) for row in broken)
    return TieOut(NAME, figures, tuple(differences), tuple(suspects), beside)
