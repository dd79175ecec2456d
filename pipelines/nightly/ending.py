"""The one way to say how far a company came in a run: its verdict in `ops.runs`, its exit code, a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pipelines.base.errors import QuickduckError
from pipelines.workspace.exits import Exit

WORST_FIRST = (Exit.FAILED, Exit.SIGN_IN_NEEDED, Exit.CHECKS_FAILED, Exit.PUBLISHED)


class Ending(StrEnum):
    """How a run went for a company; the text is the verdict that `ops.runs` stores.

    `exit` is what the process answers for it, `sentence` what it means.
    """

    exit: Exit
    sentence: str

    def __new__(cls, verdict: str, exit: Exit, sentence: str) -> Ending:
        """A member whose value is the verdict."""
        ending = str.__new__(cls, verdict)
        ending._value_ = verdict
        ending.exit = exit
        ending.sentence = sentence
        return ending

    RUNNING = "running", Exit.PUBLISHED, "The run is at work, and nothing has gone wrong."
    EXTRACTED = "extracted", Exit.PUBLISHED, "What changed in QuickBooks was copied."
    BUILT = "built", Exit.PUBLISHED, "The tables were built."
    PASSED = "passed", Exit.PUBLISHED, "The checks passed."
    PUBLISHED = "published", Exit.PUBLISHED, "The checks passed, and people see this run's rows."
    CHECKS_FAILED = (
        "checks failed",
        Exit.CHECKS_FAILED,
        "The checks failed, and people still see the rows before.",
    )
    FAILED = "failed", Exit.FAILED, "The run failed, and people still see the rows before."
    SIGN_IN_NEEDED = (
        "sign-in needed",
        Exit.SIGN_IN_NEEDED,
        "It has no sign-in that QuickBooks accepts.",
    )
    INTERRUPTED = "interrupted", Exit.FAILED, "Stopped by hand or by the system."
    KILLED = "killed", Exit.FAILED, "The run was killed outright, and the next one finishes it."

    @property
    def exit_code(self) -> Exit | None:
        """What `ops.runs` stores: nothing for a process that has not answered or never did."""
        return None if self in (Ending.RUNNING, Ending.INTERRUPTED, Ending.KILLED) else self.exit


def worst(endings: Iterable[Ending]) -> Exit:
    """The exit code of a run: the worst of its companies'."""
    exits = {ending.exit for ending in endings}
    return next((code for code in WORST_FIRST if code in exits), Exit.PUBLISHED)


class NotBuilt(QuickduckError):
    """One company's rows fit no table; the other companies go on."""

    def __init__(self, realm_id: str, reason: str) -> None:
        super().__init__(
            f"{realm_id}: no tables could be made of this company, and its rows of before stay. {reason} "
            "An amount, quantity, rate or date that no business has may be behind it: correct it in QuickBooks."
        )
