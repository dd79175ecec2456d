"""What a run works with, whatever it was chosen to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.evidence import Evidence
from checks.verdict.verdict import Verdict
from pipelines.nightly.choices import HouseRules
from pipelines.quickbooks.client import QuickBooks
from pipelines.workspace.home import Home

OpenCompany = Callable[[str], QuickBooks]
Say = Callable[[str], None]


class Judges(Protocol):
    """What decides, out of evidence and tables, which companies may be published; as `checks.verdict.judge` does."""

    def __call__(
        self,
        connection: DuckDBPyConnection,
        evidence: Mapping[str, Evidence],
        *,
        before: Mapping[str, Evidence] | None = None,
        docs_folder: Path | None = None,
    ) -> dict[str, Verdict]: ...


@dataclass(frozen=True)
class Means:
    """What a run works with: the data folder, a client for each company, the house's rules, a judge and a clock."""

    home: Home
    open_company: OpenCompany
    rules: HouseRules
    judge: Judges
    clock: Callable[[], DateTime]
