"""Schema drift: fields that QuickBooks never sent before, no longer sends, or sends as another type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checks.ours import volatile_fields
from checks.rules import drift
from pipelines.quickbooks.entities import BY_NAME
from tests.checks.conftest import REALM, Copied

Told = list[tuple[str, str, str]]


@pytest.fixture
def described(copied: Copied) -> Copied:
    """A copy whose fields are all known."""
    assert told(copied) == []
    return copied


def told(copied: Copied) -> Told:
    with copied.warehouse() as connection:
        return [(row.entity, row.id, row.column) for row in drift.check(connection, REALM).beside]


def sent(copied: Copied, entity: str, change: Callable[[dict[str, Any]], object]) -> None:
    """One object comes in another form with the next load."""
    id = copied.ids(f"select id from raw.{entity.lower()} where realm_id = $realm order by id")[0]
    copied.store(entity, id, change)
    copied.execute(
        "insert into raw._dlt_loads select * replace ('damage' as load_id) from raw._dlt_loads limit 1"
    )


def test_what_was_never_sent_before_is_named_by_its_path(described: Copied) -> None:
    """A field that QuickBooks never sent before is named once, by its path."""
    sent(described, "Invoice", lambda found: found["Line"][0].update(Carbon={"Kilos": 3, "Source": "Intuit"}))
    assert told(described) == [("Invoice", "Line[].Carbon", "new field")]
    assert told(described) == [], "it is news once"


def test_a_field_that_every_object_had_and_none_has_is_said_to_be_gone(described: Copied) -> None:
    """A field that every object had and that is missing now is reported as vanished."""
    sent(described, "Invoice", lambda found: found.pop("TxnDate"))
    assert told(described) == [("Invoice", "TxnDate", "vanished field")]


def test_an_optional_field_may_be_absent(described: Copied) -> None:
    """An optional field may be absent from all of a night's objects without being reported."""
    sent(described, "Invoice", lambda found: (found.pop("BillEmail", None), found.pop("DocNumber", None)))
    assert told(described) == []


def test_a_field_that_is_another_text_in_every_answer_is_named_once(described: Copied) -> None:
    """What a deep night learned to leave out is news in that night alone."""
    with described.warehouse() as connection:
        volatile_fields.learn(connection, REALM, BY_NAME["Attachable"], ["Link"])
    assert told(described) == [("Attachable", "Link", "another text in every answer")]
    assert told(described) == []


def test_another_type_is_named(described: Copied) -> None:
    """A field that comes as another type is named."""
    sent(described, "Invoice", lambda found: found.update(TotalAmt="12.50"))
    assert told(described) == [("Invoice", "TotalAmt", "changed type")]


def test_whole_numbers_and_empty_objects_are_no_other_type(described: Copied) -> None:
    """A whole number for an amount and an empty object do not count as another type."""
    sent(described, "Invoice", lambda found: found.update(TotalAmt=100, BillAddr={}))
    assert told(described) == []


def test_drift_is_a_warning_of_the_verdict(described: Copied) -> None:
    """Drift is kept among the differences as a warning and does not stop publishing."""
    sent(described, "Customer", lambda found: found.update(Loyalty="gold"))
    described.build()
    verdict = described.judged(described.look())
    assert verdict.passed
    assert "QuickBooks sends a field that it never sent before (1)" in verdict.noticed
    with described.warehouse() as connection:
        kept = connection.execute(
            "select entity, id, actual, state from checks.differences where check_name = 'schema_drift'"
        ).fetchall()
    assert kept == [("Customer", "Loyalty", "text", "warning")]
