def query(bid, statement):
    return {"bId": bid, "Query": statement}


def test_items_answer_by_their_bid_and_one_that_faults_stands_alone(client, company):
    """Each item of a batch is answered under its bId, and a faulty item does not harm the others."""
    company.put("Payment", "1")
    answer = client.batch(
        query("a", "SELECT count(*) FROM Invoice"),
        query("b", "SELECT * FROM Custmoer"),
        query("c", "SELECT * FROM Payment"),
        {"bId": "d", "operation": "launch", "Rocket": {}},
    )
    assert answer.status_code == 200
    items = {item.pop("bId"): item for item in answer.json()["BatchItemResponse"]}
    assert items["a"] == {"QueryResponse": {"totalCount": 0}}
    assert items["b"]["Fault"]["Error"][0]["code"] == "4001"
    assert items["b"]["Fault"]["type"] == "ValidationFault"
    assert [row["Id"] for row in items["c"]["QueryResponse"]["Payment"]] == ["1"]
    assert items["d"]["Fault"]["Error"][0]["code"] == "500"
    assert "time" in answer.json()


def test_31_items_are_too_many(client):
    """A batch takes 30 items and refuses 31 with code 1040."""
    items = [query(str(number), "SELECT count(*) FROM Invoice") for number in range(31)]
    assert client.batch(*items[:30]).status_code == 200
    refused = client.batch(*items)
    assert refused.status_code == 400
    assert refused.json()["Fault"]["Error"][0]["code"] == "1040"


def test_1000_objects_are_the_most_and_the_rest_is_missing_without_a_word(client, invoices):
    """A batch answers with at most 1,000 objects and silently leaves out the rest."""
    invoices(600)
    items = [query(bid, "SELECT * FROM Invoice MAXRESULTS 1000") for bid in "abc"]
    answered = [item["QueryResponse"] for item in client.batch(*items).json()["BatchItemResponse"]]
    assert [len(found.get("Invoice", [])) for found in answered] == [600, 400, 0]
    assert answered[1]["maxResults"] == 400
    assert answered[2] == {}


def test_the_order_of_items_may_be_another(client, server):
    """A switch makes a batch answer its items in reverse order."""
    server.switches.batch_order = "reversed"
    items = [query(bid, "SELECT count(*) FROM Invoice") for bid in "ab"]
    assert [item["bId"] for item in client.batch(*items).json()["BatchItemResponse"]] == ["b", "a"]


def test_a_body_that_is_no_batch_is_refused(client):
    """A batch whose body is broken JSON or has no items is refused with status 400."""
    assert client.post(f"{client.base}/batch", data="{", timeout=5).status_code == 400
    assert client.post(f"{client.base}/batch", json={"items": []}, timeout=5).status_code == 400


def test_a_batch_is_metered_both_ways(client, server):
    """The counters count a batch of five items as one request and as five."""
    client.batch(*[query(str(number), "SELECT count(*) FROM Invoice") for number in range(5)])
    assert server.counters.kinds["batch"] == 1
    assert (server.counters.total, server.counters.total_by_item) == (1, 5)
