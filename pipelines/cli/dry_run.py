"""What `quickduck run --dry-run` prints: the stages, what each company is expected to cost, what would be published."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain

import pendulum

from pipelines.base.text import as_json, table
from pipelines.nightly.choices import Choices
from pipelines.nightly.explain import Explanation, explain
from pipelines.nightly.forecast import Forecast
from pipelines.quickbooks.meters import METERED
from pipelines.quickbooks.statements import MOST_OBJECTS
from pipelines.workspace.home import Home

WIDTH, INDENT = 100, "    "


def explained(home: Home, choices: Choices, *, to_json: bool = False) -> str:
    """What the run would do. Raises WrongUsage, ConfigurationError or SignInNeeded where it would before it asks."""
    explanation = explain(home, choices, pendulum.now("UTC"))
    if to_json:
        return as_json(asdict(explanation))
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield "A dry run: QuickBooks is asked nothing, and nothing is changed. A run would take these stages:"
    yield ""
    yield from table(
        ("stage", "command", "does"), ((one.stage, one.step, one.does) for one in explanation.stages)
    )
    yield ""
    yield "Calls expected, by kind:"
    yield ""
    yield from table(
        ("company", "last visit", "expected", *METERED, "calls"),
        chain.from_iterable(map(_costs, explanation.companies)),
    )
    yield ""
    for company in explanation.companies:
        yield from _notes(company)
    yield from _publishing(explanation)


def _costs(company: Forecast) -> Iterator[tuple[object, ...]]:
    last = company.last_visit.to_datetime_string() if company.last_visit else "never"
    yield company.realm_id, last, "at least", *_by_kind(company.least)
    if company.runs:
        yield "", "", f"median of {company.runs}", *_by_kind(company.lately)


def _by_kind(calls: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(f"{calls[kind]:,g}" for kind in METERED) + (f"{sum(calls.values()):,g}",)


def _notes(company: Forecast) -> Iterator[str]:
    if company.first:
        named = f"{len(company.first)} entities were" if len(company.first) > 1 else f"{company.first[0]} was"
        yield (
            f"{company.realm_id}: {named} never read here. A first load takes a query more for every {MOST_OBJECTS:,} "
            "objects of each; how many there are, QuickBooks says only once it is asked."
        )
    else:
        yield (
            f"{company.realm_id}: so many if nothing has changed. An entity whose changes do not fit into one answer "
            "takes queries of its own, and what differs is read again."
        )
    if company.is_deep:
        yield f"{company.realm_id}: every object is compared, not counts and totals alone."
    elif company.deep_from:
        yield f"{company.realm_id}: from {company.deep_from.to_date_string()} on a run compares every object."


def _publishing(explanation: Explanation) -> Iterator[str]:
    yield ""
    yield f"If their checks pass, {explanation.published_file} gets the rows of:"
    yield f"  {', '.join(company.realm_id for company in explanation.companies)}"
    if explanation.others:
        yield f"The rows of {', '.join(explanation.others)} stay there as they are."
    yield "Its tables would be:"
    for schema, names in explanation.tables.items():
        yield f"  {schema}, {len(names)} tables:"
        yield textwrap.fill(", ".join(names), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    yield f"  and what is kept of earlier runs: {', '.join(explanation.kept)}"
    if explanation.left_out:
        yield f"Left out of it, as the settings say: {', '.join(explanation.left_out)}"
    if explanation.hashed:
        yield f"Hashed in it, as the settings say: {', '.join(explanation.hashed)}"
