"""What an error means for the process, and for the people who read how it ended."""

from __future__ import annotations

from enum import IntEnum

from pipelines.base.errors import QuickduckError, WrongUsage, about_file
from pipelines.quickbooks.errors import QuickBooksError, SignInNeeded, UnknownEntity

ON_PURPOSE = (QuickduckError, QuickBooksError)
"""The roots of all that is raised on purpose; the text of such an error is a sentence for people."""


class Exit(IntEnum):
    """Exit codes of `quickduck run`."""

    PUBLISHED = 0
    FAILED = 1
    CHECKS_FAILED = 2
    SIGN_IN_NEEDED = 3
    WRONG_USAGE = 64


def exit_of(error: BaseException) -> Exit:
    """The exit code of an error that stopped the command."""
    match error:
        case SignInNeeded():
            return Exit.SIGN_IN_NEEDED
        case WrongUsage() | UnknownEntity():
            return Exit.WRONG_USAGE
        case _:
            return Exit.FAILED


def origin(error: BaseException) -> BaseException:
    """The error that was raised on purpose, else the first one, out of whatever dlt wrapped around it."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return next((link for link in chain if isinstance(link, ON_PURPOSE)), chain[-1])


def sentence(error: BaseException) -> str:
    """What went wrong, as people read it."""
    cause = origin(error)
    if isinstance(cause, ON_PURPOSE):
        return str(cause)
    if isinstance(cause, OSError):
        return about_file(cause)
    lines = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {lines[0] if lines else 'no message'}"
