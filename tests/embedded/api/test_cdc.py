import pendulum
import pytest

SINCE = "2026-11-01T00:00:00-07:00"


def groups(client, entities, since=SINCE):
    answer = client.changes(entities, since)
    assert answer.status_code == 200, answer.text
    (response,) = answer.json()["CDCResponse"]
    return response["QueryResponse"]


def error(answer):
    assert answer.status_code == 400
    return answer.json()["Fault"]["Error"][0]


def test_groups_stand_in_the_order_asked_and_are_empty_without_changes(client, company):
    """CDC answers one group per entity in the order of the request, and a group without changes is empty."""
    company.put("Customer", "1", Active=False)
    company.put("Invoice", "2")
    asked = groups(client, "Payment,invoice,Customer")
    assert asked[0] == {}
    assert [row["Id"] for row in asked[1]["Invoice"]] == ["2"]
    assert asked[1]["totalCount"] == 1
    assert asked[2] == {"Customer": [company.get("Customer", "1")], "startPosition": 1, "maxResults": 1}


def test_rows_rise_by_time_and_tombstones_come_last(client, company):
    """CDC sorts changed rows by time and puts tombstones after all of them."""
    company.put("Invoice", "1", "2026-11-03T00:00:00-08:00")
    company.put("Invoice", "2", "2026-11-02T00:00:00-08:00")
    company.put("Invoice", "3", "2026-10-02T00:00:00-07:00")
    company.put("Invoice", "4")
    company.drop("Invoice", "4")
    company.put("Invoice", "5", "2027-01-01T00:00:00-08:00")
    (found,) = groups(client, "Invoice")
    assert [row["Id"] for row in found["Invoice"]] == ["2", "1", "5", "4"]
    assert found["Invoice"][-1] == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": "4",
        "MetaData": {"LastUpdatedTime": "2026-11-20T09:00:00-08:00"},
    }
    assert (found["maxResults"], found["totalCount"]) == (4, 4)


def test_a_change_at_the_moment_itself_is_reported_unless_switched_off(client, server, company):
    """CDC includes a change made exactly at changedSince, unless a switch excludes it."""
    company.put("Invoice", "1", "2026-11-03T00:00:00-08:00")
    assert groups(client, "Invoice", "2026-11-03T08:00:00Z") != [{}]
    server.switches.cdc_inclusive = False
    assert groups(client, "Invoice", "2026-11-03T08:00:00Z") == [{}]


def test_more_than_30_days_back_is_refused(client, server, company):
    """CDC refuses a changedSince of more than 30 days ago, unless a switch lets it answer."""
    company.put("Invoice", "1")
    old = "2026-10-20T00:00:00-07:00"
    refused = error(client.changes("Invoice", old))
    assert refused["code"] == "500"
    assert refused["Detail"] == (
        f"Operation cdc with changedSince date {old} which is older than fixed days is not supported."
    )
    server.switches.cdc_too_old = "answer"
    assert len(groups(client, "Invoice", old)) == 1


@pytest.mark.parametrize("entity", ["TaxCode", "TaxRate", "TaxAgency", "JournalCode", "TimeActivity"])
def test_some_entities_have_no_cdc(client, entity):
    """CDC refuses a request that names an entity for which Intuit offers no CDC."""
    assert error(client.changes(f"Invoice,{entity}", SINCE))["code"] == "500"


def test_time_activity_may_have_cdc(client, server):
    """A switch lets CDC answer for TimeActivity."""
    server.switches.cdc_time_activity = True
    assert groups(client, "TimeActivity") == [{}]


@pytest.mark.parametrize(
    ("entities", "since", "code"),
    [
        ("", SINCE, "2020"),
        ("Invoice", "", "2020"),
        ("Invoice", "yesterday", "2060"),
        ("Invoyce", SINCE, "4001"),
    ],
)
def test_incomplete_requests_are_refused(client, entities, since, code):
    """CDC refuses missing parameters, an unreadable time and an unknown entity, each with its own code."""
    assert error(client.changes(entities, since))["code"] == code


def fill(company, count):
    """Invoices and payments in turn, one a minute."""
    start = pendulum.parse("2026-11-05T00:00:00Z")
    for number in range(count):
        entity = ("Invoice", "Payment")[number % 2]
        when = start.add(minutes=number).in_timezone("America/Los_Angeles").isoformat()
        company.put(entity, str(number), when)


@pytest.mark.parametrize(
    ("cap", "cut", "sizes", "first"),
    [
        ("request", "newest", (500, 500), "0"),
        ("request", "oldest", (500, 500), "1400"),
        ("entity", "newest", (1000, 1000), "0"),
        ("entity", "oldest", (1000, 1000), "400"),
    ],
)
def test_1000_objects_are_the_most(client, server, company, cap, cut, sizes, first):
    """CDC cuts at 1,000 objects a request or an entity, and drops the newest or the oldest, as switched."""
    fill(company, 2400)
    server.switches.cdc_cap, server.switches.cdc_cut = cap, cut
    invoices, payments = groups(client, "Invoice,Payment")
    assert (len(invoices["Invoice"]), len(payments["Payment"])) == sizes
    assert invoices["Invoice"][0]["Id"] == first


def test_paging_parameters_change_nothing(client, company):
    """CDC ignores startPosition and maxResults."""
    fill(company, 10)
    params = {"entities": "Invoice", "changedSince": SINCE, "startPosition": "3", "maxResults": "1"}
    answer = client.get(f"{client.base}/cdc", params=params, timeout=5).json()
    assert len(answer["CDCResponse"][0]["QueryResponse"][0]["Invoice"]) == 5


def test_cdc_may_call_a_live_row_deleted(client, server, company):
    """A scripted fault makes CDC report a row as deleted although a query still returns it."""
    company.put("Invoice", "1", "2026-11-03T00:00:00-08:00")
    server.faults.add("cdc_deleted_live", entity="Invoice", id="1")
    assert groups(client, "Invoice")[0]["Invoice"][0]["status"] == "Deleted"
    assert groups(client, "Invoice")[0]["Invoice"][0]["Id"] == "1"
    assert client.ids("Invoice", "WHERE Id = '1'") == ["1"]
