"""The tests as texts: each says what it proves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def silent(source: str) -> Iterator[str]:
    """Names of the test functions whose docstring is missing or no sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node) or ""
            if not (docstring[:1].isupper() and docstring.endswith(".")):
                yield node.name


def test_every_test_says_in_a_sentence_what_it_proves() -> None:
    """Every test function has a docstring that begins with a capital letter and ends with a full stop."""
    files = sorted(TESTS.rglob("*.py"))
    assert [f"{file.relative_to(TESTS)}: {name}" for file in files for name in silent(file.read_text())] == []


@pytest.mark.parametrize(
    "docstring", ["pass", '"""An invoice"""', '"""an invoice is paid."""', '""""""', '"""100 are paid."""']
)
def test_a_test_without_a_sentence_is_named(docstring: str) -> None:
    """A docstring that is missing, empty, unfinished or begins without a capital letter is reported."""
    source = f"class TestPayments:\n    async def test_paid(self):\n        {docstring}\n"
    assert list(silent(source)) == ["test_paid"]
