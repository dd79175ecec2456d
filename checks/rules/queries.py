"""Rules as queries whose rows are the violations: one file each, its first line the sentence that says when."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.evidence import Difference


@dataclass(frozen=True)
class Rule:
    """One rule: its query, and the sentence in its first line that says when it fails, or warns."""

    name: str
    sentence: str
    query: str

    @property
    def is_error(self) -> bool:
        return self.sentence.startswith("Fails")

    def violations(self, connection: DuckDBPyConnection, realm_id: str) -> list[Difference]:
        """The rows against it: entity, id, column, what is expected, what is there, and how far apart they are."""
        rows = connection.execute(self.query, {"realm_id": realm_id}).fetchall()
        return [
            Difference(
                self.name,
                entity,
                str(id),
                column,
                expected,
                actual,
                None if apart is None else Decimal(apart),
                is_money=self.is_error,
            )
            for entity, id, column, expected, actual, apart in rows
        ]


def rules(folder: Path) -> list[Rule]:
    """Every query of a folder."""
    listed = []
    for path in sorted(folder.glob("*.sql")):
        query = path.read_text(encoding="utf-8")
        listed.append(Rule(path.stem, query.partition("\n")[0].removeprefix("-- "), query))
    return listed
