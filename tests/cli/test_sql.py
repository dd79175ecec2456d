"""`quickduck sql` as people call it: it asks the published file and can do nothing else."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from tests.support.harness import Installation

OWED = "select customer_name, total_open from marts.ar_aging_by_customer order by all"


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data folder and a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    return tmp_path


def quickduck(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def test_three_forms_of_one_answer(copied: Installation) -> None:
    """An answer comes as a table of every row, or as JSON or CSV with every digit."""
    with duckdb.connect(str(copied.home.analytics), read_only=True) as file:
        rows = file.execute(OWED).fetchall()
    assert len(rows) > 40
    table = quickduck("sql", OWED)
    assert table.exit_code == 0, table.output
    assert all(f"│ {name} " in table.output and f" {owed} │" in table.output for name, owed in rows)
    as_json = json.loads(quickduck("sql", "--json", OWED).output, parse_float=Decimal)
    assert [(row["customer_name"], row["total_open"]) for row in as_json] == rows
    head, *as_csv = csv.reader(io.StringIO(quickduck("sql", "--csv", OWED).output))
    assert head == ["customer_name", "total_open"]
    assert [(name, Decimal(owed)) for name, owed in as_csv] == rows


def test_values_of_every_kind(copied: Installation) -> None:
    """Dates and moments are ISO text in JSON, and a second column of a name hides nothing."""
    question = "select 1.10::decimal(9, 2) as a, 2 as a, date '2026-01-02' as d, true as b, null as n, "
    question += "timestamptz '2026-01-02 00:00:00-08:00' as t"
    (row,) = json.loads(quickduck("sql", "--json", question).output, parse_float=Decimal)
    assert row == {
        "a": Decimal("1.10"), "a_2": 2, "d": "2026-01-02", "b": True, "n": None, "t": "2026-01-02T08:00:00Z",
    }  # fmt: skip
    lines = quickduck("sql", "--csv", question).output.splitlines()
    assert lines == ["a,a_2,d,b,n,t", "1.10,2,2026-01-02,true,,2026-01-02 08:00:00+00:00"]


@pytest.mark.parametrize(
    "question",
    [
        "with owed as (from marts.ar_aging_by_invoice) select count(*) from owed",
        "from marts.ar_aging_as_of(date '2026-01-31')",
        "show all tables",
        "describe marts.invoices",
        "summarize marts.ar_aging_by_customer",
        "pivot marts.invoices on payment_status using count(*) group by realm_id",
        "explain select 1",
    ],
)
def test_whatever_asks_is_answered(copied: Installation, question: str) -> None:
    """Every kind of statement that only reads is answered."""
    result = quickduck("sql", question)
    assert (result.exit_code, "│" in result.output) == (0, True), result.output


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("delete from marts.invoices", "DELETE is not answered"),
        ("create table mine (a int)", "CREATE is not answered"),
        ("copy marts.invoices to 'stolen.csv'", "COPY is not answered"),
        ("attach 'mine.duckdb'", "ATTACH is not answered"),
        ("set enable_external_access = true", "SET is not answered"),
        ("select 1; drop table marts.invoices", "DROP is not answered"),
        ("from read_text('secret.txt')", "Cannot access file"),
        ("select 1; select 2", "That is 2 questions; ask one at a time."),
        ("", "There is no question in it"),
        ("select nobody from marts.invoices", 'Referenced column "nobody" not found'),
        ("selct 1", "syntax error"),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(
    copied: Installation, somewhere: Path, question: str, said: str
) -> None:
    """A statement that would write is wrong usage; the published file stays as it was, and no file appears."""
    (somewhere / "secret.txt").write_text("secret")
    before, files = copied.home.analytics.read_bytes(), sorted(somewhere.rglob("*"))
    result = quickduck("sql", question)
    assert (result.exit_code, said in result.output) == (64, True), result.output
    assert "secret\n" not in result.output
    assert copied.home.analytics.read_bytes() == before
    assert sorted(somewhere.rglob("*")) == files


def test_a_question_from_standard_input(copied: Installation) -> None:
    """A question is read from standard input."""
    assert quickduck("sql", "--csv", "-", given="select 1 as one\n").output == "one\n1\n"


def test_one_form_at_a_time_and_nothing_published_yet(somewhere: Path) -> None:
    """Two forms are wrong usage, and without a published file a sentence says what to run and no folder is made."""
    both = quickduck("sql", "--csv", "--json", "select 1")
    assert (both.exit_code, "name one" in both.output) == (64, True)
    nothing = quickduck("sql", "select 1")
    assert (nothing.exit_code, "`quickduck run` does that" in nothing.output) == (1, True)
    assert not (somewhere / "home").exists()
