import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.faults.throttle import Throttle

SELECT = "SELECT * FROM Invoice"


def test_books_may_change_between_two_pages(client, server, company, invoices):
    """A row deleted between two pages shifts the second page, so that a row is missed."""
    invoices(4)
    server.between_requests = lambda request: (
        company.drop("Invoice", "1") if "STARTPOSITION" in request.statement else None
    )
    assert client.ids("Invoice", "ORDERBY Id MAXRESULTS 2") == ["1", "2"]
    assert client.ids("Invoice", "ORDERBY Id STARTPOSITION 3 MAXRESULTS 2") == ["4"]


def test_answers_are_zipped_when_asked(client, invoices):
    """The server zips its answer unless the client asks for plain bytes."""
    invoices(100)
    raw = client.get(f"{client.base}/query", params={"query": SELECT}, stream=True, timeout=5).raw
    assert gzip.decompress(raw.read(decode_content=False)).startswith(b'{"QueryResponse"')
    plain = client.get(
        f"{client.base}/query", params={"query": SELECT}, headers={"Accept-Encoding": "identity"}, timeout=5
    )
    assert "Content-Encoding" not in plain.headers


def test_who_does_not_ask_for_json_gets_xml(client):
    """A client that does not ask for JSON gets XML."""
    answer = client.get(
        f"{client.base}/query", params={"query": SELECT}, headers={"Accept": "*/*"}, timeout=5
    )
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse')


def test_a_posted_query_is_text(client):
    """A query posted as JSON is refused with code 500."""
    answer = client.post(
        f"{client.base}/query", data=SELECT, headers={"Content-Type": "application/json"}, timeout=5
    )
    assert answer.json()["Fault"]["Error"][0]["code"] == "500"


def test_one_object_may_be_read(client, company):
    """Single reads return an invoice, the company's info and its preferences."""
    company.put("Invoice", "12", DocNumber="1001")
    company.put("CompanyInfo", "1", CompanyName="Fixture")
    company.put("Preferences", "1")
    read = client.get(f"{client.base}/invoice/12", timeout=5)
    assert read.json()["Invoice"]["DocNumber"] == "1001"
    assert (
        client.get(f"{client.base}/companyinfo/100", timeout=5).json()["CompanyInfo"]["CompanyName"]
        == "Fixture"
    )
    assert client.get(f"{client.base}/preferences", timeout=5).json()["Preferences"]["Id"] == "1"
    assert client.rows("SELECT * FROM CompanyInfo")["CompanyInfo"][0]["CompanyName"] == "Fixture"


@pytest.mark.parametrize(
    ("path", "code"),
    [("invoice/99", "610"), ("invoice/1.5", "2030"), ("rocket/1", "500"), ("reports/Nonsense", "500")],
)
def test_what_is_not_there_is_refused_with_400(client, path, code):
    """A read of an unknown id, entity or report is refused with status 400 and the right code."""
    answer = client.get(f"{client.base}/{path}", timeout=5)
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == code


def test_reports_come_from_the_books(client):
    """A report's answer comes from the books and receives the request's parameters."""
    params = {"report_date": "2026-11-20"}
    answer = client.get(f"{client.base}/reports/AgedReceivables", params=params, timeout=5).json()
    assert answer == {"Header": {"ReportName": "AgedReceivables", "Option": {"report_date": "2026-11-20"}}}


def test_tools_advance_the_books_and_read_the_counters(client, server, company):
    """The tool addresses advance the books, read the counters, and refuse a body that is no JSON."""
    before = company.clock.now()
    answer = requests.post(f"{server.url}/_embedded/advance", json={"days": 3}, timeout=5)
    assert answer.status_code == 200
    assert (company.clock.now() - before).days == 3
    server.grant("100")
    client.headers["Authorization"] = f"Bearer {server.grant('100')['access_token']}"
    client.ask(SELECT)
    counted = requests.get(f"{server.url}/_embedded/counters", timeout=5).json()
    assert (counted["total"], counted["kinds"]["query"], counted["statuses"]) == (1, 1, {"200": 1})
    assert requests.post(f"{server.url}/_embedded/advance", data="x", timeout=5).status_code == 400


def test_an_eleventh_request_within_a_second_is_throttled(client, server):
    """The eleventh request within a second gets a 429 and is counted."""
    server.throttle.limits.enabled = True
    answers = [client.ask(SELECT) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].json()["Fault"]["Error"][0] == {
        "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "The request limit was reached.  Try again later",
        "code": "3001",
    }
    assert (server.counters.throttled, server.counters.most_per_second) == (1, 11)


def test_windows_slide_and_every_company_has_its_own(server):
    """The throttle passes 500 requests in any minute, separately for each company."""
    moments = [0.0]
    throttle = Throttle(server.counters, monotonic=lambda: moments[0])
    passes = []
    for number in range(600):
        moments[0] = number * 0.1
        passes.append(throttle.enter("100", batch=False))
        if passes[-1]:
            throttle.leave("100")
    assert passes.count(True) == 500
    assert throttle.enter("200", batch=False)


def test_only_40_batches_a_minute_pass(server):
    """The throttle passes 40 batches in a minute."""
    moments = [0.0]
    throttle = Throttle(server.counters, monotonic=lambda: moments[0])
    passes = []
    for number in range(50):
        moments[0] = float(number)
        passes.append(throttle.enter("100", batch=True))
        throttle.leave("100")
    assert passes == [True] * 40 + [False] * 10


def test_requests_side_by_side_are_seen(client, server):
    """The server counts requests in flight and, with limits on, throttles more than ten of them."""
    server.switches.latency = 0.2
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: client.ask(SELECT).status_code, range(12)))
    assert statuses == [200] * 12
    assert server.counters.most_in_flight == 12
    server.throttle.limits.enabled = True
    server.throttle.limits.per_second = 100
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: client.ask(SELECT).status_code, range(12)))
    assert sorted(statuses) == [200] * 10 + [429] * 2


def test_a_bug_in_the_server_is_an_answer_and_an_error(server, company):
    """An exception inside the server answers with status 500 and is raised again when the server closes."""

    def broken(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), EmbeddedServer(server.world) as other:
        other.between_requests = broken
        answer = requests.get(f"{other.url}/v3/company/100/cdc", timeout=5)
        assert answer.status_code == 500
