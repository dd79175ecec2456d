"""What an error of quickduck's own tree, of QuickBooks's and of neither means for the process and for people."""

from __future__ import annotations

import pytest

from pipelines.base.errors import ConfigurationError, QuickduckError, WrongUsage
from pipelines.connect.token_endpoint import GrantRefused
from pipelines.quickbooks.errors import SignInNeeded, UnknownEntity, Unreachable, UnsafeAddress
from pipelines.quickbooks.exchange import Exchange
from pipelines.workspace.exits import Exit, exit_of, origin, sentence

UNREACHABLE = Unreachable("no answer", Exchange("GET", "https://quickbooks.example", "1", "cdc"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QuickduckError("The folder is busy."), Exit.FAILED),
        (ConfigurationError("A setting is wrong."), Exit.FAILED),
        (WrongUsage("There is no such company."), Exit.WRONG_USAGE),
        (UnknownEntity("There is no such entity."), Exit.WRONG_USAGE),
        (UnsafeAddress("A token would travel in the clear."), Exit.FAILED),
        (SignInNeeded("Sign in."), Exit.SIGN_IN_NEEDED),
        (GrantRefused("The refresh token is refused."), Exit.SIGN_IN_NEEDED),
        (UNREACHABLE, Exit.FAILED),
        (ZeroDivisionError(), Exit.FAILED),
    ],
)
def test_exit_code(error: Exception, code: Exit) -> None:
    """Each error of both trees has its exit code, and so has one that nobody raised on purpose."""
    assert exit_of(error) is code


def wrapped(error: Exception) -> Exception:
    """The error as dlt hands it on: the cause of another one."""
    try:
        try:
            raise error
        except Exception as cause:
            raise RuntimeError("pipeline execution failed at step extract") from cause
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize("error", [QuickduckError("The folder is busy."), UNREACHABLE])
def test_an_error_raised_on_purpose_is_found_again(error: Exception) -> None:
    """Whatever dlt wraps around an error of either tree, people read that error's own sentence."""
    assert origin(wrapped(error)) is error
    assert sentence(wrapped(error)) == str(error)


def test_an_error_that_nobody_foresaw_is_named_with_its_first_line() -> None:
    """Of an error outside both trees, people read its class and its first line, taken from where it began."""
    assert sentence(wrapped(ValueError("no date\nat line 3"))) == "ValueError: no date"


def test_a_file_that_cannot_be_written_says_what_to_do() -> None:
    """An error of the system about a file becomes a sentence with advice."""
    full = OSError(28, "No space left on device", "data/warehouse.duckdb")
    assert sentence(full) == (
        "data/warehouse.duckdb cannot be used, no space left on device: make room on the disk and run again; what was "
        "published is untouched."
    )
