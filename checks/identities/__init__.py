"""What must hold within the books, whatever QuickBooks reports: one query each, whose rows are the violations."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks import receivables
from checks.evidence import Difference, Suspect, TieOut
from pipelines.quickbooks.entities import BY_NAME

FOLDER = Path(__file__).parent
NAME = "identities"
HEALED_AT_MOST = 500


@dataclass(frozen=True)
class Identity:
    """One identity: its query, and the sentence in its first line that says when it fails."""

    name: str
    sentence: str
    query: str

    @property
    def is_error(self) -> bool:
        return self.sentence.startswith("Fails")


def identities() -> list[Identity]:
    """Every query of this folder."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        query = path.read_text(encoding="utf-8")
        found.append(Identity(path.stem, query.partition("\n")[0].removeprefix("-- "), query))
    return found


def check(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """How many rows violate each identity, and which."""
    figures: dict[str, int] = {}
    differences: list[Difference] = []
    for identity in identities():
        rows = connection.execute(identity.query, {"realm_id": realm_id}).fetchall()
        figures[identity.name] = len(rows)
        differences += [
            Difference(
                identity.name,
                entity,
                str(id),
                column,
                expected,
                actual,
                None if apart is None else Decimal(apart),
                is_money=identity.is_error,
            )
            for entity, id, column, expected, actual, apart in rows
        ]

    known = (row for row in differences if row.entity in BY_NAME and row.id.isdigit())
    suspects = list(dict.fromkeys(Suspect(row.entity, row.id) for row in known))[:HEALED_AT_MOST]
    if families := [row.id for row in differences if row.check == "family_balances"]:
        suspects += receivables.family_documents(connection, realm_id, families)
    return TieOut(NAME, figures, tuple(differences), tuple(suspects))
