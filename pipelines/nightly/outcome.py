"""How a run went for each company, while it is at work and as it is handed over at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks.evidence import Evidence
from checks.verdict.verdict import Verdict
from pipelines.nightly.ending import Ending
from pipelines.nightly.extract import CompanyCopy, Extraction
from pipelines.nightly.ops import Freshness, RunOfCompany
from pipelines.nightly.progress import At
from pipelines.pages.checks_words import warnings_of
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.workspace.exits import Exit, origin, sentence


@dataclass(frozen=True)
class CompanyResult:
    """How a run ended for one company: its `verdict` and `step` as `ops.runs` has them, and all that was found.

    `accuracy` is the lowest of all entities, 0 to 1; None where nothing was compared. `versions` of objects went into
    `raw`, `deletions` are objects that we held and QuickBooks has no more, `calls` are HTTP requests. `error` says why
    it failed, `notice` what people should hear of a company that has not been published for some nights.
    """

    realm_id: str
    verdict: str
    exit_code: int
    step: str
    accuracy: float | None
    versions: int
    deletions: int
    calls: int
    error: str | None
    findings: Sequence[str]
    notice: str | None = None


@dataclass(frozen=True)
class RunResult:
    """How a run ended: the exit code of `quickduck run`, the published file if there is one, and each company."""

    run_id: str
    exit_code: int
    published_file: Path | None
    companies: tuple[CompanyResult, ...]

    @property
    def reasons(self) -> dict[str, str]:
        """Why each company that failed did, by its id."""
        return {
            one.realm_id: one.notice or one.error or one.verdict for one in self.companies if one.exit_code
        }


@dataclass
class Outcome:
    """One company's way through a run."""

    record: RunOfCompany
    company: CompanyCopy | None = None
    extraction: Extraction | None = None
    first: Evidence | None = None
    evidence: Evidence | None = None
    verdict: Verdict | None = None
    findings: list[str] = field(default_factory=list)
    notice: str | None = None
    freshness: list[Freshness] | None = None

    @property
    def realm_id(self) -> str:
        return self.record.realm_id

    @property
    def ending(self) -> Ending:
        """How far the company has come."""
        return self.record.ending

    @property
    def exit(self) -> Exit:
        """What the process answers for this company."""
        return self.ending.exit

    @property
    def is_sound(self) -> bool:
        """Nothing has failed so far."""
        return self.exit is Exit.PUBLISHED

    @property
    def accuracy(self) -> float | None:
        """The lowest sync accuracy of all entities; None before the checks."""
        return self.verdict.accuracy if self.verdict else None

    @property
    def accuracy_by_entity(self) -> dict[str, float]:
        """Sync accuracy by entity, of what was judged."""
        judged = self.evidence if self.verdict else None
        return {row.entity: row.accuracy for row in judged.accuracy} if judged else {}

    @property
    def rows(self) -> Counter[str]:
        """Versions stored, per table of `raw`."""
        return self.extraction.rows if self.extraction else Counter()

    @property
    def versions(self) -> int:
        """Versions of objects that went into `raw`."""
        return sum(rows for table, rows in self.rows.items() if not table.startswith(("_dlt", "deletions")))

    @property
    def deletions(self) -> int:
        """Objects that we held and QuickBooks has no more."""
        return self.extraction.deleted if self.extraction else 0

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

    def note_plan(self) -> None:
        """Says which entities the company's plan has no more; the rest goes on."""
        if self.extraction and self.extraction.no_longer_offered:
            names = ", ".join(self.extraction.no_longer_offered)
            self.findings.append(
                f"QuickBooks no longer offers this company {names}, as after a change to a smaller plan: what was "
                "read of them stays, marked `no longer offered` in ops.sync_status, and everything else goes on."
            )

    def fail(self, error: BaseException) -> None:
        """The run ends here for this company; the others go on."""
        cause, reason = origin(error), sentence(error)
        self._end(Ending.SIGN_IN_NEEDED if isinstance(cause, SignInNeeded) else Ending.FAILED, reason)
        self.record.intuit_tid = getattr(cause, "intuit_tid", None)
        self.findings.append(reason)

    def refuse(self, reason: str) -> None:
        """This company's rows stay in, for nothing says that they are right."""
        self._end(Ending.CHECKS_FAILED, reason)
        self.findings.append(reason)

    def interrupt(self) -> None:
        """Somebody stopped the run."""
        self._end(Ending.INTERRUPTED, Ending.INTERRUPTED.sentence)

    def judge(self, verdict: Verdict, app_url: str | None = None) -> None:
        """What the checks say; with an error among them, this company's rows stay in. Links lead to `app_url`."""
        self.verdict = verdict
        if verdict.passed:
            self.record.ending = Ending.PASSED
        else:
            self._end(Ending.CHECKS_FAILED, "; ".join(verdict.errors))
        warnings = (f"warning: {warning}" for warning in warnings_of(verdict, app_url))
        self.findings += [*verdict.errors, *verdict.accepted, *warnings]

    def result(self) -> CompanyResult:
        """What is handed over at the end of the run."""
        return CompanyResult(
            realm_id=self.realm_id,
            verdict=str(self.ending),
            exit_code=int(self.exit),
            step=str(self.record.step),
            accuracy=self.accuracy,
            versions=self.versions,
            deletions=self.deletions,
            calls=self.calls,
            error=self.record.error,
            findings=tuple(self.findings),
            notice=self.notice,
        )

    def _end(self, ending: Ending, error: str) -> None:
        self.record.ending, self.record.error = ending, error
