import time

import pytest
import requests

SELECT = "SELECT * FROM Invoice"


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "text"),
    [
        ("429", 429, "application/json", '"code":"3001"'),
        ("429_xml", 429, "application/xml;charset=utf-8", '<Error code="3001">'),
        ("401", 401, "application/json", '"code":"3200"'),
        ("401_xml", 401, "application/xml;charset=utf-8", "<IntuitResponse"),
        ("403", 403, "application/json", '"code":"3100"'),
        ("500", 500, "application/json", '"code":"10000"'),
        ("503", 503, "application/json", '"Fault"'),
        ("502", 502, "text/html;charset=utf-8", "502 Bad Gateway"),
        ("504", 504, "application/json", '"code":"7001"'),
        ("maintenance", 200, "text/html;charset=utf-8", "Down for maintenance"),
        ("fault200", 200, "application/json", '"Fault"'),
        ("lowercase", 500, "application/json", '"fault":{"error":[{'),
        ("empty", 200, "application/json", ""),
    ],
)
def test_a_scripted_answer_comes_once(client, server, kind, status, content_type, text):
    """A scripted fault answers one request in its own status and format, and the next request succeeds."""
    scripted = server.faults.add(kind, path="query")
    answer = client.ask(SELECT)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert text in answer.text
    assert answer.headers["intuit_tid"]
    assert scripted.fired == 1
    assert client.ask(SELECT).json()["QueryResponse"] == {}


def test_429_says_when_to_come_back_only_if_told(client, server):
    """A 429 carries Retry-After only if the script sets it."""
    server.faults.add("429")
    assert "Retry-After" not in client.ask(SELECT).headers
    server.faults.add("429", retry_after=7)
    assert client.ask(SELECT).headers["Retry-After"] == "7"


def test_a_fault_has_the_code_and_status_it_is_given(client, server):
    """A scripted fault carries the code and the HTTP status that the script names."""
    server.faults.add("fault", code="6190", detail="Subscription has ended")
    answer = client.ask(SELECT)
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "6190"
    server.faults.add("fault", code="610", status=200)
    assert client.ask(SELECT).status_code == 200


@pytest.mark.parametrize("kind", ["reset", "lost"])
def test_the_connection_may_be_reset(client, server, kind):
    """A scripted reset breaks the connection twice, and the third request succeeds."""
    server.faults.add(kind, times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            client.ask(SELECT)
    assert client.ask(SELECT).status_code == 200


def test_a_body_may_end_too_early_in_two_ways(client, server, invoices):
    """A scripted fault can break off the HTTP body or send JSON that ends too early."""
    invoices(100)
    server.faults.add("truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.ask(SELECT)
    server.faults.add("cut_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.ask(SELECT).json()


@pytest.mark.parametrize("kind", ["slow", "delay"])
def test_an_answer_may_take_its_time(client, server, invoices, kind):
    """A scripted delay makes a complete answer arrive later."""
    invoices(10)
    server.faults.add(kind, seconds=0.2)
    started = time.monotonic()
    assert len(client.ids("Invoice")) == 10
    assert time.monotonic() - started >= 0.2


def test_an_answer_may_be_xml(client, server, company):
    """A scripted fault sends the rows of a query as XML, in Intuit's elements and attributes."""
    company.put(
        "Invoice", "1", CustomerRef={"value": "5", "name": "A & B"}, Line=[{"Amount": 1}, {"Amount": 2}]
    )
    server.faults.add("xml")
    answer = client.ask(SELECT)
    assert answer.headers["Content-Type"] == "application/xml;charset=utf-8"
    assert (
        '<QueryResponse startPosition="1" maxResults="1" totalCount="1"><Invoice domain="QBO" sparse="false">'
        in (answer.text)
    )
    assert '<CustomerRef name="A &amp; B">5</CustomerRef><Line><Amount>1</Amount></Line><Line>' in answer.text


def test_faults_choose_their_requests(client, server):
    """A fault strikes only requests that match its path, its count or its condition."""
    server.faults.add("500", path="cdc")
    server.faults.add("503", path="query", after=1)
    server.faults.add("502", when=lambda request: "Customer" in request.statement)
    statuses = [
        client.ask(f"SELECT * FROM {entity}").status_code for entity in ("Bill", "Bill", "Customer", "Bill")
    ]
    assert statuses == [200, 503, 502, 200]
    assert client.changes("Invoice", "2026-11-19T00:00:00Z").status_code == 500
    assert server.faults.pending == []
    assert server.counters.faults == {"500": 1, "503": 1, "502": 1}


def test_a_fault_may_last_until_it_is_cleared(client, server):
    """A fault without a limit strikes every request until it is cleared."""
    server.faults.add("503", times=None)
    assert [client.ask(SELECT).status_code for _ in range(5)] == [503] * 5
    server.faults.clear()
    assert client.ask(SELECT).status_code == 200


def test_one_item_of_a_batch_may_fault(client, server):
    """A scripted fault can strike one item of a batch while the others succeed."""
    server.faults.add("batch_item", bid="2", code="10000")
    items = [{"bId": bid, "Query": "SELECT count(*) FROM Bill"} for bid in "123"]
    answered = client.batch(*items).json()["BatchItemResponse"]
    assert ["Fault" in item for item in answered] == [False, True, False]
    assert answered[1]["Fault"]["type"] == "SystemFault"


def test_the_token_endpoint_may_fail_or_lose_its_answer(client, server):
    """The token endpoint can refuse, fail, or rotate the token and lose the answer."""
    server.switches.refresh_rotation = "always"
    value = server.grant("100")["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": value}
    auth = (server.client_id, server.client_secret)
    server.faults.add("token")
    assert requests.post(server.token_url, data=form, auth=auth, timeout=5).json()["error"] == "invalid_grant"
    server.faults.add("token", status=503)
    assert requests.post(server.token_url, data=form, auth=auth, timeout=5).status_code == 503
    server.faults.add("lost", path="token")
    with pytest.raises(requests.ConnectionError):
        requests.post(server.token_url, data=form, auth=auth, timeout=5)
    assert requests.post(server.token_url, data=form, auth=auth, timeout=5).status_code == 400


def test_an_unknown_kind_is_a_mistake(server):
    """A fault of an unknown kind raises an error that names it."""
    with pytest.raises(ValueError, match="no fault is called 'flood'"):
        server.faults.add("flood")
