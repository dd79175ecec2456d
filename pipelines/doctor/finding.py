"""What one check of `quickduck doctor` found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

import duckdb

from pipelines.quickbooks.errors import SignInNeeded
from pipelines.workspace.exits import ON_PURPOSE

P = ParamSpec("P")
FAILED_EXIT, SIGN_IN_NEEDED_EXIT = 1, 3


class Verdict(StrEnum):
    """How bad it is: a warning lets runs go on."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line: what was examined, its state, and what to do; `sign_in` if `quickduck login` is all that it needs."""

    name: str
    verdict: Verdict
    says: str
    advice: str = ""
    sign_in: bool = False

    def __str__(self) -> str:
        return f"{self.verdict:7}  {self.name}: {self.says} {self.advice}".rstrip()


def ok(says: str) -> Finding:
    """A finding that needs nothing."""
    return Finding("", Verdict.OK, says)


def warning(says: str, advice: str = "") -> Finding:
    """A finding that stops no run but that somebody should look at."""
    return Finding("", Verdict.WARNING, says, advice)


def failed(says: str, advice: str = "", *, sign_in: bool = False) -> Finding:
    """A finding that makes the next run fail or leaves something private open."""
    return Finding("", Verdict.FAILED, says, advice, sign_in)


def check(examine: Callable[P, Finding]) -> Callable[P, Finding]:
    """Names a finding after its function, and turns an error raised on purpose into one."""
    name = examine.__name__.replace("_", " ")

    @wraps(examine)
    def named(*args: P.args, **kwargs: P.kwargs) -> Finding:
        try:
            finding = examine(*args, **kwargs)
        except ON_PURPOSE as error:
            finding = failed(str(error), sign_in=isinstance(error, SignInNeeded))
        except (OSError, duckdb.Error) as error:
            finding = failed(str(error).splitlines()[0])
        return replace(finding, name=name)

    return named


def exit_code(findings: Iterable[Finding]) -> int:
    """0 when nothing failed, 3 when only a sign-in is missing, else 1."""
    failures = [finding for finding in findings if finding.verdict is Verdict.FAILED]
    if not failures:
        return 0
    return SIGN_IN_NEEDED_EXIT if all(finding.sign_in for finding in failures) else FAILED_EXIT
