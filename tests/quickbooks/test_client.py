"""The client against the embedded company over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import msgspec
import pendulum
import pytest

from pipelines.connect.tokens import Tokens
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.clock import stamp
from pipelines.quickbooks.answers import QueryAnswer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import QuickBooksFault, UnreadableAnswer, UnsafeAddress
from tests.support.rows_company import RowsCompany
from tests.support.still import StillTime

ALL_INVOICES = "SELECT * FROM Invoice MAXRESULTS 1000"


def ids(rows: list[msgspec.Raw]) -> list[str]:
    return [msgspec.json.decode(row)["Id"] for row in rows]


def test_query_keeps_the_bytes_of_each_row(client: QuickBooks, company: RowsCompany) -> None:
    """A query returns each row's bytes as sent, so that amounts keep their zeros."""
    company.put("Invoice", "7", "2026-05-05T03:09:39-07:00", TotalAmt=Decimal("362.10"), Note="Zoë’s")

    answer = client.query(ALL_INVOICES)

    assert b'"TotalAmt":362.10' in bytes(answer.rows[0])
    assert "Zoë’s" in bytes(answer.rows[0]).decode()
    assert msgspec.json.decode(answer.rows[0])["Id"] == "7"


def test_rows_do_not_keep_their_page_in_memory(client: QuickBooks, invoices: Callable[[int], None]) -> None:
    """A row is a copy, so that one row does not hold the whole page's buffer in memory."""
    invoices(2)

    rows = client.query(ALL_INVOICES).rows

    assert all(len(memoryview(row).obj) == len(bytes(row)) for row in rows)  # type: ignore[arg-type]


def test_query_without_rows(client: QuickBooks) -> None:
    """An empty QueryResponse is no error."""
    assert client.query(ALL_INVOICES).rows == []


def test_count_comes_without_rows(client: QuickBooks, invoices: Callable[[int], None]) -> None:
    """A count fills total_count and has no rows."""
    invoices(3)

    answer = client.query("SELECT count(*) FROM Invoice")

    assert (answer.rows, answer.total_count) == ([], 3)


def test_cdc_groups_by_entity_asked(client: QuickBooks, company: RowsCompany) -> None:
    """CDC groups map by position, an empty one names no entity, and tombstones are rows."""
    now = company.clock.now()
    company.put("Customer", "1", stamp(now.subtract(hours=2)), DisplayName="Amy")
    company.put("Payment", "2", stamp(now.subtract(hours=2)))
    company.put("Payment", "3", stamp(now.subtract(hours=1)))
    company.drop("Payment", "3")

    answer = client.cdc(["Customer", "Invoice", "Payment"], now.subtract(days=1))

    assert {name: ids(rows) for name, rows in answer.groups.items()} == {
        "Customer": ["1"],
        "Invoice": [],
        "Payment": ["2", "3"],
    }
    assert msgspec.json.decode(answer.groups["Payment"][1])["status"] == "Deleted"
    assert not answer.truncated


def test_cdc_at_its_cap_is_truncated(client: QuickBooks, invoices: Callable[[int], None]) -> None:
    """A CDC answer of 1,000 objects is truncated, because any group may lack something."""
    invoices(1001)

    answer = client.cdc(["Customer", "Invoice"], pendulum.datetime(2026, 10, 25))

    assert (len(answer.groups["Invoice"]), answer.truncated) == (1000, True)


def test_batch_answers_by_name(client: QuickBooks, invoices: Callable[[int], None]) -> None:
    """Batch items are matched by bId in whatever order they come, and a refused one is a fault among them."""
    invoices(2)

    answer = client.batch(
        {
            "invoices": ALL_INVOICES,
            "how many": "SELECT count(*) FROM Invoice",
            "misspelt": "SELECT * FROM Custmoer",
        }
    )

    assert isinstance(answer.items["invoices"], QueryAnswer)
    assert ids(answer.items["invoices"].rows) == ["2", "1"]
    assert isinstance(answer.items["how many"], QueryAnswer)
    assert answer.items["how many"].total_count == 2
    assert isinstance(answer.items["misspelt"], QuickBooksFault)
    assert answer.items["misspelt"].code == "4001"
    assert not answer.truncated


def test_batch_in_reverse_order(
    client: QuickBooks, server: EmbeddedServer, invoices: Callable[[int], None]
) -> None:
    """Batch items that come in reverse order are still matched to their names."""
    invoices(2)
    server.switches.batch_order = "reversed"

    answer = client.batch({"rows": ALL_INVOICES, "count": "SELECT count(*) FROM Invoice"})

    assert {name: len(item.rows) for name, item in answer.items.items() if isinstance(item, QueryAnswer)} == {
        "rows": 2,
        "count": 0,
    }


def test_batch_of_a_thousand_objects_is_truncated(
    client: QuickBooks, invoices: Callable[[int], None]
) -> None:
    """A batch answer of 1,000 objects is truncated, and its queries must be asked again alone."""
    invoices(1001)

    answer = client.batch({"rows": ALL_INVOICES, "count": "SELECT count(*) FROM Invoice"})

    assert answer.truncated


def test_batch_item_that_failed_for_a_moment_is_asked_again_alone(
    client: QuickBooks, server: EmbeddedServer, invoices: Callable[[int], None]
) -> None:
    """Code 10000 in one item costs one more item, not the batch."""
    invoices(2)
    server.faults.add("batch_item", entity="Customer", code="10000")

    answer = client.batch({"rows": ALL_INVOICES, "customers": "SELECT * FROM Customer"})

    assert isinstance(answer.items["customers"], QueryAnswer)
    assert (client.calls["batch"], client.calls["batch_item"]) == (2, 3)


def test_throttled_batch_item_waits_a_minute(
    client: QuickBooks, server: EmbeddedServer, time: StillTime
) -> None:
    """Code 3001 in one item of a batch is a throttle and waits a minute."""
    server.faults.add("batch_item", code="3001")

    answer = client.batch({"customers": "SELECT * FROM Customer"})

    assert isinstance(answer.items["customers"], QueryAnswer)
    assert time.seconds >= 60


def test_batch_item_that_fails_for_good_is_a_fault(client: QuickBooks, server: EmbeddedServer) -> None:
    """One record that QuickBooks cannot read costs its own query alone."""
    server.faults.add("batch_item", times=None, entity="Customer", code="10000")

    answer = client.batch({"terms": "SELECT * FROM Term", "customers": "SELECT * FROM Customer"})

    assert isinstance(answer.items["terms"], QueryAnswer)
    assert isinstance(answer.items["customers"], QuickBooksFault)
    assert client.calls["batch"] == 6


def test_batch_holds_thirty(client: QuickBooks) -> None:
    """A batch of more than thirty items is not sent, because QuickBooks would refuse it with code 1040."""
    with pytest.raises(ValueError, match="1 to 30"):
        client.batch({str(number): ALL_INVOICES for number in range(31)})


def test_report_keeps_exact_numbers(client: QuickBooks) -> None:
    """A report's parameters are sent and its JSON comes back whole."""
    report = client.report("AgedReceivables", report_date="2026-03-31", aging_method="Report_Date")

    assert report["Header"]["ReportName"] == "AgedReceivables"
    assert report["Header"]["Option"]["report_date"] == "2026-03-31"


def test_read_one_object(client: QuickBooks, company: RowsCompany) -> None:
    """A single read gives the object without its envelope."""
    company.put("Customer", "5", DisplayName="Dylan")

    answered_at, row = client.read("Customer", "5")

    assert msgspec.json.decode(row)["DisplayName"] == "Dylan"
    assert answered_at == company.clock.now()


def test_calls_count_attempts_by_kind(client: QuickBooks, server: EmbeddedServer) -> None:
    """The client's count is the server's."""
    server.faults.add("503", "query")
    client.query(ALL_INVOICES)
    client.batch({"a": ALL_INVOICES, "b": ALL_INVOICES})
    client.cdc(["Invoice"], pendulum.datetime(2026, 11, 1))
    client.report("AgedReceivables")

    assert dict(client.calls) == {
        "query": 2,
        "cdc": 1,
        "batch": 1,
        "report": 1,
        "read": 0,
        "batch_item": 2,
        "token": 0,
    }
    assert client.calls.total == server.counters.total == 5


def test_ten_threads_share_ten_connections(
    client: QuickBooks, server: EmbeddedServer, invoices: Callable[[int], None]
) -> None:
    """Threads side by side have at most ten requests in flight, and each gets its whole answer."""
    invoices(50)
    server.switches.latency = 0.05

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.query(ALL_INVOICES), range(32)))

    assert {len(answer.rows) for answer in answers} == {50}
    assert server.counters.most_in_flight <= 10


def test_plain_http_is_for_this_machine(tokens: Tokens) -> None:
    """The client refuses plain http to another machine, so that no token travels in the clear."""
    with pytest.raises(UnsafeAddress, match="https only"):
        QuickBooks("100", api_url="http://quickbooks.api.intuit.com", tokens=tokens)


def test_report_over_the_cell_limit(client: QuickBooks, server: EmbeddedServer) -> None:
    """A report over the cell limit is an error, although only one of its rows says so."""
    sentence = "Unable to display more data. Please reduce the date range."
    server.world.report = lambda realm_id, name, params: {  # type: ignore[method-assign]
        "Header": {},
        "Rows": {"Row": [{"ColData": [{"value": sentence}]}]},
    }

    with pytest.raises(UnreadableAnswer, match="Ask for a shorter period"):
        client.report("GeneralLedger")
