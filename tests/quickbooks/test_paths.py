"""Every way around what the API does not tell: each ends with the company's rows, exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pendulum
import pytest

from pipelines.embedded.api import properties as query_properties
from pipelines.embedded.api.properties import Properties
from pipelines.embedded.books.ledger import Ledger
from pipelines.embedded.clock import PACIFIC
from pipelines.embedded.life.business import advance
from pipelines.nightly.choices import Choices, Step
from pipelines.nightly.extract import CompanyCopy
from pipelines.nightly.run import Run
from pipelines.quickbooks import statements
from pipelines.quickbooks.answers import BatchAnswer, QueryAnswer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.entities import BY_NAME
from pipelines.quickbooks.errors import UnreadableAnswer
from pipelines.quickbooks.paging import by_id, ids, pages
from pipelines.quickbooks.source import catalogue
from pipelines.quickbooks.statements import STAMP
from pipelines.quickbooks.visit import Visit
from pipelines.workspace.exits import Exit
from tests.support.harness import Installation
from tests.support.nights import touch_everything
from transforms.engine.dates import as_of_dates

pytestmark = pytest.mark.survives("Extraction")

EVERYTHING = catalogue(None)
SINGLETONS = ("CompanyInfo", "Preferences")


def books(installation: Installation) -> Any:
    return installation.server.world.companies[installation.realm_ids[0]]


@pytest.mark.parametrize(("cap", "cut"), [("request", "newest"), ("entity", "oldest")])
def test_more_than_a_thousand_changes(copied: Installation, cap: str, cut: str) -> None:
    """An import touches every row: CDC stops at 1,000, counted and cut in each of the ways it may be.

    What is cut is not believed, so that the ways to count and to cut need not meet each other.
    """
    copied.server.switches.__dict__.update(cdc_cap=cap, cdc_cut=cut)
    advance(books(copied), 1)
    touch_everything(books(copied))
    books(copied).clock.advance(seconds=1)
    books(copied).delete("Estimate", books(copied).objects("Estimate")[0]["Id"])
    assert len(books(copied).objects("Invoice") + books(copied).objects("Payment")) > 300
    copied.company().copy()
    assert copied.differences() == []


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_change_in_the_second_of_the_last_visit(copied: Installation, inclusive: bool) -> None:
    """Edited right after the answer that set the mark, within its second, whether CDC counts that second or not."""
    copied.server.switches.cdc_inclusive = inclusive
    copied.server.switches.answer_seconds = 0
    copied.company().copy(catalogue(["Invoice", "Term"]))
    invoice = books(copied).objects("Invoice")[0]["Id"]
    books(copied).update("Invoice", invoice, PrivateNote="in the same second")
    copied.company().copy(catalogue(["Invoice", "Term"]))
    assert copied.differences(entities=["Invoice", "Term"]) == []


def test_an_hour_that_comes_twice(copied: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks go back in Pacific time: 01:30 is two moments, and rows of both arrive, by query and by CDC."""
    clock, invoices = books(copied).clock, [found["Id"] for found in books(copied).objects("Invoice")]
    first = pendulum.datetime(2027, 11, 7, 8, 30)
    for number, invoice in enumerate(invoices[:40]):
        clock.set(first.add(minutes=3 * number))
        books(copied).update("Invoice", invoice, PrivateNote=f"edit {number}")
    monkeypatch.setattr(statements, "MOST_OBJECTS", 7)
    copied.company().copy(catalogue(["Invoice"]))
    assert copied.differences(entities=["Invoice"]) == []
    stamps = [str(found["MetaData"]["LastUpdatedTime"]) for found in books(copied).objects("Invoice")[:40]]
    assert {stamp[-6:] for stamp in stamps} == {"-07:00", "-08:00"}
    clock.set(first.add(hours=2))
    books(copied).update("Invoice", invoices[1], PrivateNote="by change data capture")
    copied.company().copy(catalogue(["Invoice"]))
    assert copied.differences(entities=["Invoice"]) == []


def test_a_wrong_clock_of_this_machine(copied: Installation) -> None:
    """Cursors and dates are the server's: a machine whose clock is wrong by a day or by months loses nothing."""
    realm_id = copied.realm_ids[0]
    for days, steps in ((-200, (Step.EXTRACT,)), (1, (Step.EXTRACT, Step.TRANSFORM))):
        advance(books(copied), 2)
        books(copied).delete("Estimate", books(copied).objects("Estimate")[0]["Id"])
        wrong = Run(
            copied.home,
            [realm_id],
            copied.client,
            Choices(steps=steps),
            clock=lambda: pendulum.now("UTC").add(days=days),  # noqa: B023 - carried out at once
        )
        assert wrong.carry_out() is Exit.PUBLISHED
        assert copied.differences(realm_id) == []
        with copied.warehouse() as warehouse:
            assert str(as_of_dates(warehouse)[realm_id]) == books(copied).today()
    with copied.warehouse() as warehouse:
        dates = warehouse.execute(
            "select as_of_date::varchar from core.companies where realm_id = ?", [realm_id]
        ).fetchall()
    assert dates == [(books(copied).today(),)]


def test_entities_that_change_data_capture_leaves_out(copied: Installation) -> None:
    """Time activities and tax rates change and disappear all the same: asked beside the counts."""
    advance(books(copied), 1)
    activities = books(copied).objects("TimeActivity")
    books(copied).update("TimeActivity", activities[0]["Id"], Description="corrected")
    books(copied).delete("TimeActivity", activities[1]["Id"])
    books(copied).update("TaxRate", books(copied).objects("TaxRate")[0]["Id"], Description="renamed")
    copied.company().copy(catalogue(["TimeActivity", "TaxRate", "Invoice"]))
    assert copied.differences(entities=["TimeActivity", "TaxRate", "Invoice"]) == []


def test_odd_rows_are_rows(copied: Installation) -> None:
    """Without number, without due date, inactive, or with an id beyond 32 bits: they are in the copy."""
    held = {key: json.loads(text) for key, text in copied.ours(copied.realm_ids[0]).items()}
    invoices = [found for (entity, _), found in held.items() if entity == "Invoice"]
    assert any("DocNumber" not in found for found in invoices)
    assert any("DueDate" not in found for found in invoices)
    assert any(entity == "Customer" and not found["Active"] for (entity, _), found in held.items())
    assert any(id.isdigit() and int(id) > 2**32 for _, id in held)


def test_a_company_with_no_rows_at_all(installation: Installation) -> None:
    """Nobody has written anything yet: it is copied, checked and published, and its first row arrives."""
    realm_id = installation.realm_ids[0]
    company = books(installation)
    kept = {entity: dict(company.store[entity]) for entity in company.store}
    for entity in company.store:
        if entity not in SINGLETONS:
            company.store[entity].clear()
    company.ledger = Ledger.read(company)
    company.revision += 1
    assert installation.night(realm_id) is Exit.PUBLISHED, installation.findings()
    assert installation.differences(realm_id) == []
    company.store["Term"].update(kept["Term"])
    company.revision += 1
    company.clock.advance(days=1)
    installation.company().copy()
    assert installation.differences(realm_id, ["Term"]) == []


@pytest.mark.parametrize("code", ["500", "4001", "5020", "5030"])
def test_an_edition_that_lacks_an_entity(installation: Installation, code: str) -> None:
    """An entity that the edition lacks is reported and is no error, whichever fault says so."""
    realm_id = installation.realm_ids[1]
    installation.server.switches.lacking_code = code  # type: ignore[assignment]
    night = Visit(installation.client(realm_id), EVERYTHING)
    night.begin({})
    assert {"Budget", "TimeActivity"} <= night.missing.keys()


def test_an_entity_that_change_data_capture_refuses(copied: Installation) -> None:
    """It is read by query, and the others are captured all the same."""
    copied.server.faults.add(
        "fault", "cdc", times=None, code="4001", detail="invalid context declaration: Class", status=400,
        when=lambda request: "Class" in str(request.params),
    )  # fmt: skip
    company = books(copied)
    advance(company, 1)
    company.update("Class", company.objects("Class")[0]["Id"], Name="renamed")
    company.update("Invoice", company.objects("Invoice")[0]["Id"], PrivateNote="changed")
    client = copied.client(copied.realm_ids[0])
    CompanyCopy(client, copied.home).copy()
    assert copied.differences() == []
    assert client.calls["cdc"] <= 12


def test_an_entity_without_the_property_we_ask_by(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some edition's lists know no Active, and not all can be sorted by their stamps: they are read without."""
    known = query_properties.properties

    def fewer(entity: str) -> Properties:
        found = known(entity)
        if entity == "Class":
            found = replace(
                found, **{name: _without(getattr(found, name), "active") for name in ("filters", "known")}
            )
        if entity in ("Term", "Attachable"):
            found = replace(found, sorts=_without(found.sorts, STAMP.lower()))
        return found

    monkeypatch.setattr("pipelines.embedded.api.query.properties", fewer)
    entities = ["Class", "Term", "Attachable", "Invoice"]
    installation.company().copy(catalogue(entities))
    assert installation.differences(entities=entities) == []
    assert books(installation).objects("Class")
    books(installation).update("Term", books(installation).objects("Term")[0]["Id"], Name="renamed")
    installation.company().copy(catalogue(entities))
    assert installation.differences(entities=entities) == []


def _without(properties: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in properties.items() if key != name}


def test_rows_that_come_in_no_order_of_time(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some bear no stamp: the pages then go by position, and a row edited meanwhile is not lost."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 7)
    company = books(installation)
    for found in company.objects("Term") + company.objects("Item")[:3]:
        del found["MetaData"]
    company.revision += 1
    installation.company().copy(catalogue(["Invoice", "Item", "Term"]))
    assert installation.differences(entities=["Invoice", "Item", "Term"]) == []


@pytest.mark.parametrize("refused", [True, False])
def test_an_entity_that_is_not_counted_is_read_all_the_same(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """No number is not the number 0: whether the count is refused, or answered with nothing in it."""
    client = installation.client(installation.realm_ids[0])
    if refused:
        for entity in ("Term", "TaxAgency"):
            installation.server.faults.add(
                "batch_item", times=None, entity=f"count(*) FROM {entity}", code="4001",
                detail="QueryValidationError: count is not supported",
            )  # fmt: skip
    else:
        batch = client.batch

        def uncounted(asked: Mapping[str, str]) -> BatchAnswer:
            answer = batch(asked)
            items = {
                name: replace(item, total_count=None)
                if isinstance(item, QueryAnswer) and name.startswith("count:T")
                else item
                for name, item in answer.items.items()
            }
            return replace(answer, items=items)

        monkeypatch.setattr(client, "batch", uncounted)
    entities = ["Term", "TaxAgency", "Customer"]
    extraction = CompanyCopy(client, installation.home).copy(catalogue(entities))
    assert books(installation).objects("Term") and set(extraction.counts) == {"Customer"}
    assert installation.differences(entities=entities) == []


@pytest.mark.parametrize("held", [3, 12])
def test_pages_without_a_count(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """QuickBooks answers `count(*)` without a number: one page is whole, more are read until two readings agree."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 5)
    company = books(installation)
    for number in range(held):
        company.create("TaxAgency", {"DisplayName": f"Agency {number}"})
    client = installation.client(installation.realm_ids[0])
    query = client.query
    monkeypatch.setattr(client, "query", lambda statement: replace(query(statement), total_count=None))
    read = {row.id for page in pages(client, BY_NAME["TaxAgency"]) for row in page.rows}
    assert read == {found["Id"] for found in company.objects("TaxAgency")}


@pytest.mark.parametrize("left", [0, 1])
def test_exchange_rates_that_a_later_list_lacks_are_gone(installation: Installation, left: int) -> None:
    """They have no id to be asked by: the list decides, even an empty one, and no phantom stays."""
    realm_id = installation.realm_ids[1]
    rates = installation.server.world.companies[realm_id].store["ExchangeRate"]
    held = sorted(rates)[:2]
    for key in list(rates):
        if key not in held[:left]:
            del rates[key]
    answers = list(by_id(installation.client(realm_id), BY_NAME["ExchangeRate"], held))
    assert [row.id for page, _ in answers for row in page.rows] == held[:left]
    assert [deletion.id for _, deleted in answers for deletion in deleted] == held[left:]


def test_an_item_too_large_for_its_batch_is_asked_alone(installation: Installation) -> None:
    """A first load whose attachments would pass 1,000 objects with the rest of the batch reads them page by page."""
    installation.server.faults.add(
        "batch_item", times=None, entity="SELECT * FROM Attachable", code="10100",
        detail="The batch would answer more than 1000 objects",
    )  # fmt: skip
    installation.company().copy(catalogue(["Attachable", "Term"]))
    assert books(installation).objects("Attachable")
    assert installation.differences(entities=["Attachable", "Term"]) == []


def test_a_company_that_does_not_tell_about_itself(installation: Installation) -> None:
    """Neither CompanyInfo nor Preferences may be read: the day is Pacific, and the books are published."""
    realm_id = installation.realm_ids[0]
    for entity in SINGLETONS:
        installation.server.faults.add("batch_item", times=None, entity=entity, code="5020")
    assert installation.night(realm_id, steps=["extract"]) is Exit.PUBLISHED, installation.findings()
    assert installation.night(realm_id) is Exit.PUBLISHED, installation.findings()
    pacific = books(installation).clock.now().in_timezone(PACIFIC).date()
    with installation.warehouse() as warehouse:
        assert as_of_dates(warehouse) == {realm_id: pacific}


class Deaf:
    """Answers every page of an entity with the first, as a proxy with a cache of its own may."""

    def __init__(self, client: QuickBooks) -> None:
        self.realm_id, self.retries = client.realm_id, client.retries
        self.batch, self._ask = client.batch, client.query

    def query(self, statement: str) -> QueryAnswer:
        return self._ask(re.sub(r"STARTPOSITION \d+|WHERE \S+ >= \S+", "", statement))


def test_a_server_that_does_not_turn_the_page(copied: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends, and says so."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 7)
    client: Any = Deaf(copied.client(copied.realm_ids[0]))
    assert len(ids(client, BY_NAME["Invoice"])) == 7
    with pytest.raises(UnreadableAnswer, match="come in no order"):
        list(pages(client, BY_NAME["Invoice"]))


def test_ids_are_listed_past_a_page(copied: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list that settles a wrong count goes on where a page ends."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 25)
    listed = ids(copied.company().client, BY_NAME["Invoice"])
    assert listed == {found["Id"] for found in books(copied).objects("Invoice")}
