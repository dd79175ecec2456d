"""Extraction loses nothing: real dlt pipelines, a real socket, and books that move meanwhile."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pytest

from pipelines.embedded.life.business import advance
from pipelines.nightly.extract import CompanyCopy
from pipelines.nightly.repairs import found_gone
from pipelines.quickbooks import paging, quickbooks, source, statements
from pipelines.quickbooks.client import ALL_CUSTOM_FIELDS, QuickBooks
from pipelines.quickbooks.entities import BY_NAME
from pipelines.quickbooks.errors import UnknownEntity
from pipelines.quickbooks.source import catalogue
from pipelines.quickbooks.visit import Visit
from tests.support.harness import Granted, Installation

pytestmark = pytest.mark.survives("Extraction")

EVERYTHING = catalogue(None)


@pytest.fixture
def company(copied: Installation) -> CompanyCopy:
    """The first company, copied once."""
    return copied.company()


def night(company: CompanyCopy, *entities: str) -> None:
    company.copy(catalogue(entities))


def books(installation: Installation) -> Any:
    return installation.server.world.companies[installation.realm_ids[0]]


def some(installation: Installation, entity: str, **fields: Any) -> dict[str, Any]:
    """An object of the company whose fields are these."""
    return next(
        found
        for found in books(installation).objects(entity)
        if all(found.get(name) == value for name, value in fields.items())
    )


def deletions(installation: Installation) -> set[tuple[str, str]]:
    with installation.warehouse() as connection:
        return set(connection.execute("select entity, id from raw.deletions").fetchall())


def test_a_first_load_within_the_limits_meets_no_429(installation: Installation) -> None:
    """The server enforces 500 a minute, 10 a second, 10 at once and 40 batches; nobody is told to slow down."""
    installation.server.throttle.limits.enabled = True
    realm_id = installation.realm_ids[0]
    tokens = Granted(installation.server, realm_id)
    with QuickBooks(
        realm_id, api_url=installation.server.url, tokens=tokens, include=ALL_CUSTOM_FIELDS
    ) as client:
        CompanyCopy(client, installation.home).copy()
    assert installation.server.counters.throttled == 0
    assert installation.differences() == []


def test_second_run_adds_only_the_company_itself(copied: Installation, company: CompanyCopy) -> None:
    """Nothing changed, so nothing but the two singletons, read every night, is stored again."""
    extraction = company.extract(EVERYTHING)
    stored = {table: rows for table, rows in extraction.rows.items() if rows and not table.startswith("_dlt")}
    assert stored == {"company_info": 1, "preferences": 1}


def test_a_deletion_arrives_as_a_tombstone(copied: Installation, company: CompanyCopy) -> None:
    """The row is gone, its versions stay, and the deletion says when."""
    estimate = some(copied, "Estimate")["Id"]
    books(copied).delete("Estimate", estimate)
    assert company.copy(catalogue(["Estimate"])).deleted == 1
    assert copied.differences(entities=["Estimate"]) == []
    assert ("Estimate", estimate) in deletions(copied)
    with copied.warehouse() as connection:
        versions = connection.execute("select count(*) from raw.estimate where id = ?", [estimate]).fetchall()
    assert versions >= [(1,)]


def test_an_id_asked_for_in_vain_is_no_deletion(copied: Installation, company: CompanyCopy) -> None:
    """It is kept that QuickBooks has no such object, and nobody is told that one was deleted."""
    load = company.read_again({"Invoice": ["999999"]})
    assert ("Invoice", "999999") in deletions(copied)
    with copied.warehouse() as connection:
        assert found_gone(connection, company.client.realm_id, load.load_ids) == 0


def test_a_wrong_tombstone_does_not_kill_a_live_row(copied: Installation, company: CompanyCopy) -> None:
    """CDC calls an invoice deleted; a read still finds it, so it lives, with its latest content."""
    invoice = some(copied, "Invoice")["Id"]
    books(copied).update("Invoice", invoice, PrivateNote="still here")
    copied.server.faults.add("cdc_deleted_live", entity="Invoice", id=invoice)
    night(company, "Invoice", "Estimate")
    assert copied.differences(entities=["Invoice", "Estimate"]) == []


@pytest.mark.parametrize("left_inactive", [False, True])
def test_a_merge_moves_transactions_that_bear_no_new_stamp(
    copied: Installation, company: CompanyCopy, left_inactive: bool
) -> None:
    """The loser's invoices carry the winner's id in the same run, whether the loser vanishes or stays inactive."""
    books(copied).merge_leaves_inactive = left_inactive
    merge_two(copied)
    night(company)
    assert copied.differences() == []


@pytest.mark.parametrize("seen", [True, False])
def test_a_merge_of_a_name_that_we_never_saw_active_before(
    copied: Installation, company: CompanyCopy, seen: bool
) -> None:
    """The loser was inactive at the last visit already, or had not been read at all; its invoices move all the same."""
    books(copied).merge_leaves_inactive = True
    loser = some(copied, "Invoice")["CustomerRef"]["value"]
    if seen:
        books(copied).inactivate("Customer", loser)
    else:
        merge_away(copied, loser)
    with copied.warehouse() as connection:
        connection.execute("delete from raw.customer where id = ?", [loser])
    night(company)
    if seen:
        merge_away(copied, loser)
        night(company)
    assert copied.differences() == []


def test_inactive_and_back(copied: Installation, company: CompanyCopy) -> None:
    """An inactive customer is a row like any other; back again, it has its old name."""
    customer = some(copied, "Customer", Active=True, Balance=0)["Id"]
    books(copied).inactivate("Customer", customer)
    night(company, "Customer", "Invoice", "Payment")
    assert copied.differences(entities=["Customer", "Invoice", "Payment"]) == []
    books(copied).reactivate("Customer", customer)
    night(company, "Customer", "Invoice", "Payment")
    assert copied.differences(entities=["Customer", "Invoice", "Payment"]) == []


def test_forty_days_away(copied: Installation, company: CompanyCopy) -> None:
    """Beyond what CDC looks back, changes come by query and deletions by the ids that are missing."""
    estimate = some(copied, "Estimate")["Id"]
    books(copied).delete("Estimate", estimate)
    advance(books(copied), 40)
    names = ("Estimate", "Invoice", "Payment", "Customer", "Item")
    night(company, *names)
    assert copied.differences(entities=names) == []
    assert ("Estimate", estimate) in deletions(copied)


def test_more_changes_than_cdc_tells(
    copied: Installation, company: CompanyCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer at its cap is not believed: the entities are asked in halves, and a full one by query."""
    books(copied).clock.advance(seconds=3600)
    for entity in ("Invoice", "Customer", "Payment", "Bill"):
        for found in books(copied).objects(entity):
            books(copied).touch(entity, found["Id"])
    invoices = books(copied).objects("Invoice")
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.quickbooks.answers.MOST_OBJECTS", len(invoices))
        extraction = company.extract(catalogue(["Invoice", "Customer", "Payment", "Bill"]))
    assert extraction.rows["invoice"] >= len(invoices)
    assert copied.differences(entities=["Invoice", "Customer", "Payment", "Bill"]) == []


@pytest.mark.parametrize("windowed", [False, True])
def test_edits_between_pages_lose_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, windowed: bool
) -> None:
    """While the first load pages through the books, an invoice is edited before each page: none is skipped."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 40)
    monkeypatch.setattr(paging, "FEWEST_PAGES", 2 if windowed else 10_000)
    invoices = iter([invoice["Id"] for invoice in books(installation).objects("Invoice")])

    def edit(request: Any) -> None:
        if request.kind == "query" and "FROM Invoice" in request.statement:
            books(installation).clock.advance(seconds=1)
            books(installation).touch("Invoice", next(invoices))

    installation.server.between_requests = edit
    company = installation.company()
    extraction = company.extract(catalogue(["Invoice", "Customer"]))
    installation.server.between_requests = None
    night(company, "Invoice", "Customer")
    assert next(invoices)
    assert extraction.rows["invoice"] > len(books(installation).objects("Invoice"))
    assert installation.differences(entities=["Invoice", "Customer"]) == []


def test_a_first_load_asks_little_more_than_its_pages(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finding the windows and walking them costs is a seventh of the pages and ten calls at most."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 40)
    company = installation.company()
    extraction = company.extract(EVERYTHING)
    fewest = sum(math.ceil(rows / 40) for rows in extraction.counts.values())
    assert fewest > 40
    assert company.client.calls["query"] + company.client.calls["batch"] <= 1.15 * fewest + 10


@pytest.mark.parametrize("together", [1, 45, 81])
def test_pages_handed_over_together_lose_no_row(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    """However many pages dlt gets in one table, every row arrives once, with its text as sent."""
    monkeypatch.setattr(statements, "MOST_OBJECTS", 40)
    monkeypatch.setattr(source, "TOGETHER", together)
    extraction = installation.company().extract(catalogue(["Invoice"]))
    assert extraction.rows["invoice"] == len(books(installation).objects("Invoice")) > 3 * 81
    assert installation.differences(entities=["Invoice"]) == []


@pytest.mark.parametrize("table", ["invoice", "term"])
def test_payloads_are_stored_compressed(copied: Installation, table: str) -> None:
    """By zstd, many rows or few: what DuckDB would choose takes five times the room."""
    with copied.warehouse() as connection:
        found = connection.execute(
            f"""select distinct compression from pragma_storage_info('raw.{table}')
            where column_name = 'payload' and segment_type <> 'VALIDITY'"""
        ).fetchall()
    assert found == [("ZSTD",)]


def test_more_than_a_page_in_one_second(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that share a stamp are walked by position within that second."""
    for found in books(installation).objects("Invoice"):
        books(installation).touch("Invoice", found["Id"])
    monkeypatch.setattr(statements, "MOST_OBJECTS", 25)
    night(installation.company(), "Invoice")
    assert installation.differences(entities=["Invoice"]) == []


def test_a_stamp_in_the_future_hides_no_later_edit(installation: Installation) -> None:
    """One row stamped next year does not carry the cursor with it."""
    invoice, other = books(installation).objects("Invoice")[:2]
    invoice["MetaData"]["LastUpdatedTime"] = "2027-11-20T09:00:00-08:00"
    company = installation.company()
    night(company, "Invoice", "Customer")
    advance(books(installation), 1)
    books(installation).update("Invoice", other["Id"], PrivateNote="edited later")
    night(company, "Invoice", "Customer")
    advance(books(installation), 45)
    night(company, "Invoice", "Customer")
    assert [
        line
        for line in installation.differences(entities=["Invoice", "Customer"])
        if invoice["Id"] not in line
    ] == []


def test_entities_keep_their_own_marks(installation: Installation) -> None:
    """A run for invoices alone does not make the next one believe that payments were read."""
    company = installation.company()
    night(company, "Invoice")
    advance(books(installation), 2)
    night(company, "Invoice", "Payment", "Term")
    assert installation.differences(entities=["Invoice", "Payment", "Term"]) == []


def test_a_full_re_read_keeps_history(copied: Installation, company: CompanyCopy) -> None:
    """Every invoice gets one more version, and the live rows are the same."""
    load = company.read_again(since={"Invoice": None})
    assert load.rows["invoice"] == len(books(copied).objects("Invoice"))
    with copied.warehouse() as connection:
        versions = connection.execute("select count(*) from raw.invoice").fetchall()
    assert versions >= [(2 * load.rows["invoice"],)]
    assert copied.differences() == []


def merge_two(installation: Installation) -> None:
    """Merges a customer with invoices into another one."""
    merge_away(installation, some(installation, "Invoice")["CustomerRef"]["value"])


def merge_away(installation: Installation, loser: str) -> None:
    winner = next(
        customer["Id"]
        for customer in books(installation).objects("Customer")
        if customer["Id"] != loser and customer["Active"] and "ParentRef" not in customer
    )
    books(installation).merge(loser, winner)


def test_what_a_killed_run_left_is_repaired_by_the_next(copied: Installation, company: CompanyCopy) -> None:
    """Killed after the load and before the repair: the merge is not forgotten, though CDC tells it no more."""
    merge_two(copied)
    company.extract(EVERYTHING)
    advance(books(copied), 1)
    night(copied.company())
    assert copied.differences() == []


def test_a_lost_permission_is_no_missing_feature(copied: Installation, company: CompanyCopy) -> None:
    """Every plan has invoices; when QuickBooks now refuses them, the night fails rather than go on without."""
    copied.server.faults.add("batch_item", entity="Invoice", code="5020", times=None)
    with pytest.raises(Exception, match=r"batch item SELECT count\(\*\) FROM Invoice: fault 5020"):
        night(company)


@pytest.mark.parametrize("code", ["5020", "5030"])
@pytest.mark.parametrize("way", ["batch_item", "fault"])
def test_a_smaller_plan_takes_entities_away(
    copied: Installation, company: CompanyCopy, way: str, code: str
) -> None:
    """What was read of them stays, the rest is read, and what changed meanwhile comes once they are offered again."""
    if way == "batch_item":
        copied.server.faults.add("batch_item", entity="FROM Class ", code=code, times=None)
    else:  # the count is still answered, and a query no more
        copied.server.faults.add("fault", "FROM Class ", code=code, status=400, times=None)
    books(copied).clock.advance(days=40)  # past what change data capture tells
    books(copied).update("Class", some(copied, "Class")["Id"], Name="renamed")
    books(copied).update("Invoice", some(copied, "Invoice")["Id"], PrivateNote="changed")
    extraction = company.copy()
    assert extraction.no_longer_offered == ["Class"]
    assert copied.differences(entities=["Invoice"]) == []
    assert len(copied.ours(company.client.realm_id, ["Class"])) == len(books(copied).objects("Class"))
    copied.server.faults.clear()
    assert company.copy().no_longer_offered == []
    assert copied.differences() == []


def test_resources_that_are_not_selected_are_not_taken_for_read(installation: Installation) -> None:
    """After a run for invoices alone, the next one for all still reads every payment."""
    company, names = installation.company(), ("Invoice", "Payment", "Customer")
    source = quickbooks(company.client, visit=Visit(company.client, catalogue(names)))
    company.pipeline.run(source.with_resources("invoice", "deletions"))
    night(company, *names)
    assert installation.differences(entities=names) == []


def test_a_package_left_by_a_killed_run_is_loaded_first(copied: Installation, company: CompanyCopy) -> None:
    """Killed between extract and load: the next run loads that package, repairs it, and then still extracts."""
    merge_two(copied)
    advance(books(copied), 1)
    company.pipeline.extract(quickbooks(company.client, visit=Visit(company.client, EVERYTHING)))
    advance(books(copied), 1)
    night(copied.company())
    assert copied.differences() == []


def test_a_deleted_warehouse_is_filled_again(copied: Installation, company: CompanyCopy) -> None:
    """The cursors in dlt's own state mean nothing without the file, so everything is read again."""
    copied.home.warehouse.unlink()
    night(copied.company(), "Invoice", "Term")
    assert copied.differences(entities=["Invoice", "Term"]) == []


def test_calls_are_counted(copied: Installation, company: CompanyCopy) -> None:
    """What we count is what the server counted; items of a batch stand beside."""
    copied.server.counters.reset()
    before = dict(company.client.calls)
    night(company)
    after = dict(company.client.calls)
    ours = {kind: after[kind] - before[kind] for kind in ("query", "cdc", "batch")}
    assert ours == {kind: copied.server.counters.kinds[kind] for kind in ours} == {
        "query": 0, "cdc": 1, "batch": 2,
    }  # fmt: skip


def test_in_somebody_elses_project(installation: Installation, tmp_path: Path) -> None:
    """A plain dlt pipeline with the filesystem destination: resources by name, versions in Parquet."""
    pipeline = dlt.pipeline(
        "elsewhere",
        destination=dlt.destinations.filesystem((tmp_path / "lake").as_uri()),
        dataset_name="books",
        pipelines_dir=str(tmp_path / "dlt"),
    )
    client = installation.client(installation.realm_ids[0])
    pipeline.run(quickbooks(client).with_resources("invoice", "term"), loader_file_format="parquet")
    files = f"{tmp_path}/lake/books/invoice/*.parquet"
    rows = duckdb.sql(f"select count(distinct id), count(*) from '{files}'").fetchall()
    many = len(books(installation).objects("Invoice"))
    assert rows == [(many, many)]
    advance(books(installation), 2)
    pipeline.run(quickbooks(client).with_resources("invoice"), loader_file_format="parquet")
    assert duckdb.sql(f"select count(*) from '{files}'").fetchall() > rows


def test_unknown_entity_is_refused() -> None:
    """The sentence lists what there is."""
    with pytest.raises(UnknownEntity, match="Unknown entity Quote. QuickBooks calls them Account"):
        catalogue(["Quote"])
    assert catalogue(["invoice"]) == [BY_NAME["Invoice"]]
