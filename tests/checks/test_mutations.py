"""Mutation tests of the checks: each damage is found by the pass that should find it, named, and stops publishing.

A check that none of them trips proves nothing and has no place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from checks.evidence import Evidence
from checks.rules.identities import identities
from checks.suites.company import published_suites, suites_of
from checks.suites.comparisons import TIE_OUTS, sync_accuracy
from checks.suites.counts import Result
from checks.verdict.verdict import Verdict
from pipelines.quickbooks.client import QuickBooks
from tests.checks.conftest import EVERYTHING, GATHERED, REALM, Copied
from tests.support.damage import MUTATIONS, Mutation, Named

NEEDS_BOOKS = ("resurrect_a_deleted_row", "resurrect_a_deleted_invoice")


Json = dict[str, Any]


@dataclass(frozen=True)
class Damaged:
    """A copy after one mutation, the object that must be named, and what the pass that must see it comes to."""

    mutation: Mutation
    copied: Copied
    culprit: Named
    evidence: Evidence
    verdict: Verdict


@pytest.fixture(scope="module", params=MUTATIONS, ids=lambda mutation: mutation.do.__name__)
def damaged(
    request: pytest.FixtureRequest, night: Copied, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Damaged]:
    """A copy of the night's, damaged once for all tests of that damage.

    It is built whole where some pass is to find nothing that stops; else what the checks gather from is enough.
    """
    mutation, folder = request.param, tmp_path_factory.mktemp("damaged")
    owner = night.with_own_books if mutation.do.__name__ in NEEDS_BOOKS else night.with_own_copy
    with owner(folder) as copied:
        culprit = mutation.do(copied)
        is_deep = mutation.found_by == "deep"
        if not mutation.built:
            copied.build(GATHERED if mutation.stops else EVERYTHING)
        evidence = copied.look(deep=is_deep)
        yield Damaged(mutation, copied, culprit, evidence, copied.judged(evidence))


def columns_of(failed: Iterable[Result]) -> set[str]:
    """The expectations that failed, by suite and column."""
    return {f"{one.suite}.{column}" for one in failed for column in one.column.split(", ")}


def tripped(verdict: Verdict) -> set[str]:
    """The expectations that failed, whether they stop publishing or not."""
    return columns_of(one for one in verdict.results if not one.passed)


def stopping(verdict: Verdict) -> set[str]:
    """The expectations that failed and stop publishing."""
    return columns_of(one for one in verdict.results if one.is_error)


def test_damage_is_found_named_and_stops_publishing(damaged: Damaged) -> None:
    """Each mutation is found by the pass that should find it, names its row, and stops publishing if it should."""
    mutation, verdict = damaged.mutation, damaged.verdict
    assert verdict.passed is not mutation.stops
    assert bool(mutation.trips & stopping(verdict)) is mutation.stops
    assert damaged.culprit in {(row.entity, row.id) for row in verdict.differences if not row.in_flight}
    assert bool(verdict.remedies) is mutation.stops
    assert mutation.trips <= tripped(verdict)


def test_a_night_sees_nothing_of_what_a_deep_check_finds(night: Copied, tmp_path: Path) -> None:
    """All damage that is said to be found by a deep check is in one copy, and the night's verdict on it passes."""
    deep = [one for one in MUTATIONS if one.found_by == "deep"]
    with night.with_own_copy(tmp_path) as copied:
        for mutation in sorted(deep, key=lambda one: one.built):
            if mutation.built:
                copied.build(EVERYTHING)
            mutation.do(copied)
        verdict = copied.judged(copied.look())
    assert verdict.passed, verdict.errors


COMPARED: set[tuple[str, frozenset[str]]] = set()
"""Suites that both judges have judged alike, each with the expectations that failed."""


def test_both_judges_find_the_same_in_what_is_damaged(damaged: Damaged) -> None:
    """Of every suite that fails, Great Expectations gives the same results as the counts, values and numbers too.

    A suite that fails as it did with another damage is left out to be quick, and so are those that pass: `test_suites`
    has both judge all of them.
    """
    from checks.engine import checkpoint

    with damaged.copied.warehouse() as connection:
        tables = suites_of(connection, published_suites(), damaged.evidence).tables
        failing = {name: frozenset(tripped) for name, tripped in by_suite(damaged.verdict).items()}
        of_failed = [table for table in tables if table.suite.name in failing]
        assert {table.suite.name for table in of_failed} == failing.keys() != set()
        fresh = [one for one in of_failed if (one.suite.name, failing[one.suite.name]) not in COMPARED]
        by_library = checkpoint.results(connection, {REALM: fresh})[REALM] if fresh else []
        names = {table.suite.name for table in fresh}
        assert by_library == [one for one in damaged.verdict.results if one.suite in names]
    COMPARED.update(failing.items())


def by_suite(verdict: Verdict) -> dict[str, set[str]]:
    """The columns of the expectations that failed, by suite."""
    found: dict[str, set[str]] = {}
    for one in verdict.results:
        if not one.passed:
            found.setdefault(one.suite, set()).add(one.column)
    return found


Changes = Mapping[str, Callable[[Json], object]]


class Altered:
    """The company's answers, with some reports in another shape."""

    def __init__(self, client: QuickBooks, changes: Changes) -> None:
        self.query, self.batch = client.query, client.batch
        self._client, self._changes = client, changes

    def report(self, name: str, **params: str) -> Json:
        answer: Json = self._client.report(name, **params)
        if name in self._changes:
            self._changes[name](answer)
        return answer


def rows_of(answer: Json) -> list[Json]:
    rows: list[Json] = answer["Rows"]["Row"]
    return rows


def leaves(rows: list[Json]) -> Iterator[tuple[list[Json], Json]]:
    """Every posting line, with the list it stands in."""
    for row in list(rows):
        if "ColData" in row:
            yield rows, row
        yield from leaves((row.get("Rows") or {}).get("Row", []))


def split_a_bucket(answer: Json) -> None:
    columns = answer["Columns"]["Column"]
    columns.insert(5, columns[5] | {"ColTitle": "91 - 120"})
    for _, row in leaves(rows_of(answer)):
        row["ColData"].insert(5, {"value": ""})


def lose_a_line(answer: Json) -> None:
    within, row = next(leaves(rows_of(answer)))
    within.remove(row)


def lose_all_lines(answer: Json) -> None:
    answer["Rows"], answer["Columns"] = {}, {}


def lose_the_ids(answer: Json) -> None:
    for _, row in leaves(rows_of(answer)):
        row["ColData"][0].pop("id", None)


def write_amounts_for_people(answer: Json) -> None:
    for _, row in leaves(rows_of(answer)):
        for cell in row["ColData"][1:]:
            cell["value"] = f"$ {cell['value']}" if cell["value"] else ""


def cut_it_short(answer: Json) -> None:
    rows_of(answer).append(
        {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}]}
    )


def lose_a_column(answer: Json) -> None:
    answer["Columns"]["Column"].pop()


def add_a_cent(answer: Json) -> None:
    """To one line of the first column, and to its total."""
    line = next(row for _, row in leaves(rows_of(answer)) if row["ColData"][1]["value"])
    for cells in (line["ColData"], rows_of(answer)[-1]["Summary"]["ColData"]):
        cells[1]["value"] = str(Decimal(cells[1]["value"]) + Decimal("0.01"))


UNANSWERED = "questions.unanswered"
Change = tuple[str, Callable[[Json], object], str]
"""A report, what becomes of it, and the expectation that this trips."""
CHANGED: tuple[Change, ...] = (
    ("AgedReceivables", split_a_bucket, UNANSWERED),
    ("AgedReceivables", lose_a_line, UNANSWERED),
    ("AgedReceivables", lose_all_lines, "aged_receivables.total_diff"),
    ("AgedReceivables", lose_the_ids, "aged_receivables.differing_customers"),
    ("AgedReceivables", write_amounts_for_people, UNANSWERED),
    ("AgedReceivables", cut_it_short, UNANSWERED),
    ("TrialBalance", lose_a_column, UNANSWERED),
    ("TrialBalance", lose_all_lines, "trial_balance.receivables_diff"),
    ("TrialBalance", add_a_cent, "trial_balance.out_of_balance"),
    ("CustomerBalance", lose_a_line, UNANSWERED),
    ("CustomerBalance", add_a_cent, "customer_balance.differing_customers"),
    ("ProfitAndLoss", lose_a_line, "profit_and_loss.unexplained_diff"),
    ("AgedReceivableDetail", lose_a_line, "aged_receivable_detail.differing_documents"),
    ("AgedReceivableDetail", lose_all_lines, UNANSWERED),
)


NIGHTLY = ("AgedReceivables", "TrialBalance")
WEEKLY = ("CustomerBalance", "ProfitAndLoss", "AgedReceivableDetail")
"""Reports that only `--deep` asks for."""


def passes() -> Iterator[list[Change]]:
    """Changes that one pass meets together, one to a report, so that each is told from the others by its report."""
    for reports in (NIGHTLY, WEEKLY):
        for together in zip_longest(*([one for one in CHANGED if one[0] == report] for report in reports)):
            yield [one for one in together if one]


@pytest.fixture(scope="module")
def undamaged(night: Copied, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    """A copy of the night's in which verdicts may be kept."""
    with night.with_own_copy(tmp_path_factory.mktemp("undamaged")) as copied:
        yield copied


@pytest.mark.parametrize(
    "changes",
    list(passes()),
    ids=lambda changes: "-".join(f"{report}-{change.__name__}" for report, change, _ in changes),
)
def test_a_report_that_changed_its_shape_is_named_and_proves_nothing(
    undamaged: Copied, changes: list[Change]
) -> None:
    """A report in another shape is refused by its name, or its own comparison fails, and publishing stops."""
    client = Altered(undamaged.installation.client(REALM), {report: change for report, change, _ in changes})
    verdict = undamaged.judged(undamaged.look(client, deep=changes[0][0] in WEEKLY))
    refused = [report for report, _, trips in changes if trips == UNANSWERED]
    assert {trips for *_, trips in changes} <= stopping(verdict)
    assert len(verdict.evidence.unanswered) == len(refused)
    for report in refused:
        assert any(f"Report {report}" in error for error in verdict.errors), verdict.errors


def reorder(answer: Json) -> None:
    """The total first, the buckets backwards, in another language, with and without keys."""
    order = [0, *range(len(answer["Columns"]["Column"]) - 1, 0, -1)]
    answer["Columns"]["Column"] = [answer["Columns"]["Column"][position] for position in order]
    for column in answer["Columns"]["Column"]:
        column["ColTitle"] = {"Current": "Zurzeit", "Total": "Gesamt"}.get(
            column["ColTitle"], column["ColTitle"]
        )
        del column["MetaData"]

    def reordered(row: Json) -> None:
        for holder in (row, row.get("Summary") or {}, row.get("Header") or {}):
            if "ColData" in holder:
                holder["ColData"] = [holder["ColData"][position] for position in order]
        for inner in (row.get("Rows") or {}).get("Row", []):
            reordered(inner)

    for row in rows_of(answer):
        reordered(row)


def test_order_and_language_of_columns_do_not_matter(night: Copied) -> None:
    """A report whose columns come in another order and language shows no difference."""
    client = Altered(night.installation.client(REALM), {"AgedReceivables": reorder})
    assert night.look(client).differences == []


def test_no_check_is_without_a_mutation_that_trips_it() -> None:
    """Every check but expectations, oddities, drift and the fresh build, which have tests of their own, is tripped."""
    found = set().union(*(one.trips for one in MUTATIONS), {trips for *_, trips in CHANGED})
    wanted = {f"identities.{one.name}" for one in identities()}
    wanted |= {f"{name}.{column}" for name, columns in TIE_OUTS.items() for column in columns}
    wanted -= {f"fresh_build.{column}" for column in TIE_OUTS["fresh_build"]}
    wanted |= {f"sync_accuracy.{one.columns[0]}" for one in sync_accuracy().expectations}
    assert wanted - found == set()


def test_the_documentation_lists_every_mutation() -> None:
    """The documentation lists each mutation by its name, with who finds it and whether it stops publishing."""
    page = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| (night|deep) \| (.+) \|$", page, re.MULTILINE)
    found = {(damage, pass_, stops == "yes") for damage, pass_, stops in rows}
    assert found == {(one.do.__name__.replace("_", " "), one.found_by, one.stops) for one in MUTATIONS}
