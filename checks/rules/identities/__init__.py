"""What must hold within the books, whatever QuickBooks reports: one query each, whose rows are the violations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, Suspect, TieOut
from checks.ours import receivables
from checks.ours.set_aside import NOTHING, SetAside
from checks.rules import broken_links
from checks.rules.queries import Rule, rules
from pipelines.quickbooks.entities import BY_NAME

NAME = "identities"
SET_ASIDE = ("rejected_documents", "many_rejected_documents")
HEALED_AT_MOST = 500


def identities() -> list[Rule]:
    """Every query of this folder."""
    return rules(Path(__file__).parent)


def check(connection: DuckDBPyConnection, realm_id: str, aside: SetAside = NOTHING) -> TieOut:
    """How many rows violate each identity, and which.

    Beside them stand links that are broken in QuickBooks too, and what follows from the documents set aside.
    """
    violations = {one.name: one.violations(connection, realm_id) for one in identities()}
    broken = broken_links.admitted(connection, realm_id, violations["link_targets"])
    violations["link_targets"] = [row for row in violations["link_targets"] if row not in broken]
    explained = [row for listed in violations.values() for row in listed if _follows_from(aside, row)]
    violations = {
        name: [row for row in listed if row not in explained] for name, listed in violations.items()
    }
    differences = [row for listed in violations.values() for row in listed]
    doubtful = [Suspect(row.entity, row.id) for row in differences]
    doubtful += [broken_links.namer(row) for row in violations["link_targets"]]
    readable = (one for one in doubtful if one.entity in BY_NAME and one.id.isdigit())
    suspects = list(dict.fromkeys(readable))[:HEALED_AT_MOST]
    if families := [row.id for row in differences if row.check == "family_balances"]:
        suspects += receivables.family_documents(connection, realm_id, families)
    figures = {name: len(listed) for name, listed in violations.items()}
    beside = (
        *(replace(row, is_money=False) for row in broken),
        *(replace(row, explains=True) for row in explained),
    )
    return TieOut(NAME, figures, tuple(differences), tuple(suspects), beside)


def _follows_from(aside: SetAside, row: Difference) -> bool:
    if row.check in SET_ASIDE:
        return False
    return row.id in (aside.customers if row.entity == "Customer" else aside.documents)
