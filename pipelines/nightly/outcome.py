"""How a run ended for each company, and what that means for the process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from checks.evidence import Evidence
from checks.verdict.verdict import Verdict
from pipelines.nightly.extract import Company, Extraction
from pipelines.nightly.ops import RunOfCompany
from pipelines.nightly.progress import At
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.workspace.exits import Exit, origin, sentence

WORST_FIRST = (Exit.FAILED, Exit.SIGN_IN_NEEDED, Exit.CHECKS_FAILED, Exit.PUBLISHED)


@dataclass
class Outcome:
    """One company's way through a run."""

    record: RunOfCompany
    company: Company | None = None
    extraction: Extraction | None = None
    accuracy: float | None = None
    accuracy_by_entity: dict[str, float] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    verdict: Verdict | None = None
    evidence: Evidence | None = None
    exit: Exit = Exit.PUBLISHED

    @property
    def realm_id(self) -> str:
        return self.record.realm_id

    @property
    def is_sound(self) -> bool:
        """Nothing has failed so far."""
        return self.exit is Exit.PUBLISHED

    @property
    def rows(self) -> Counter[str]:
        """Versions stored, per table of `raw`."""
        return self.extraction.rows if self.extraction else Counter()

    @property
    def at(self) -> At:
        """How far this company has come."""
        if self.company is None:
            return At(self.realm_id, self.record.step)
        tally = self.company.client.tally
        return At(self.realm_id, self.record.step, tally.rows, self.calls, tally.pages_left)

    @property
    def calls(self) -> int:
        """HTTP requests so far."""
        return self.company.client.calls.total if self.company else 0

    def failed(self, error: Exception) -> None:
        """The run ends here for this company; the others go on."""
        reason = sentence(error)
        self.exit = Exit.SIGN_IN_NEEDED if isinstance(origin(error), SignInNeeded) else Exit.FAILED
        self.record.verdict = "sign-in needed" if self.exit is Exit.SIGN_IN_NEEDED else "failed"
        self.record.error = reason
        self.record.intuit_tid = getattr(origin(error), "intuit_tid", None)
        self.findings.append(reason)

    def refused(self, reason: str) -> None:
        """This company's rows stay in, for nothing says that they are right."""
        self.exit = Exit.CHECKS_FAILED
        self.record.verdict, self.record.error = "checks failed", reason
        self.findings.append(reason)

    def interrupted(self) -> None:
        """Somebody stopped the run."""
        self.exit = Exit.FAILED
        self.record.verdict, self.record.error = "interrupted", "Stopped by hand or by the system."

    def judged(self, verdict: Verdict, evidence: Evidence) -> None:
        """What the checks say; with an error among them, this company's rows stay in."""
        self.verdict, self.evidence = verdict, evidence
        self.accuracy = verdict.accuracy
        self.accuracy_by_entity = {row.entity: row.accuracy for row in evidence.accuracy}
        self.record.verdict = "passed" if verdict.passed else "checks failed"
        if not verdict.passed:
            self.exit = Exit.CHECKS_FAILED
            self.record.error = "; ".join(verdict.errors)
        self.findings += [*verdict.errors, *(f"warning: {warning}" for warning in verdict.warnings)]


def worst(outcomes: Iterable[Outcome]) -> Exit:
    """The exit code of a run: the worst of its companies'."""
    found = {outcome.exit for outcome in outcomes}
    return next((code for code in WORST_FIRST if code in found), Exit.PUBLISHED)
