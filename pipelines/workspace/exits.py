"""What the process answers when it ends."""

from __future__ import annotations

from enum import IntEnum

from pipelines.base.errors import SignInNeeded, WrongUsage


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
        case WrongUsage():
            return Exit.WRONG_USAGE
        case _:
            return Exit.FAILED
