"""Answers that show one object otherwise under one stamp."""

from __future__ import annotations

import pytest


def test_a_query_and_a_read_by_id_show_different_fields(client, company):
    """Some fields stand in queries alone, others in reads alone."""
    company.put("Customer", "7", ClientEntityId="0", DefaultTaxCodeRef={"value": "3"}, DisplayName="Ada")
    queried = client.rows("SELECT * FROM Customer")["Customer"][0]
    read = client.get(f"{client.base}/customer/7", timeout=5).json()["Customer"]
    assert set(queried) ^ set(read) == {"ClientEntityId", "DefaultTaxCodeRef"}
    assert queried["MetaData"] == read["MetaData"]


def test_links_to_files_are_signed_anew_in_every_answer(client, company, server):
    """An attachment's links differ between two answers, and only pictures have a thumbnail."""
    company.put("Attachable", "1", FileName="a.pdf", ContentType="application/pdf")
    company.put("Attachable", "2", FileName="b.jpg", ContentType="image/jpeg")
    company.put("Attachable", "3", Note="A note without a file")
    assert "TempDownloadUri" not in client.rows("SELECT * FROM Attachable")["Attachable"][0]
    server.switches.signed_links = True
    first, second = (client.rows("SELECT * FROM Attachable")["Attachable"] for _ in range(2))
    links = [{row["Id"]: row.get("TempDownloadUri") for row in rows} for rows in (first, second)]
    assert [id for id in links[0] if links[0][id] == links[1][id]] == ["3"]
    assert ["ThumbnailTempDownloadUri" in row for row in first] == [False, True, False]
    read = client.get(f"{client.base}/attachable/1", timeout=5).json()["Attachable"]
    assert read["TempDownloadUri"] not in (first[0]["TempDownloadUri"], second[0]["TempDownloadUri"])


def test_newer_custom_fields_have_to_be_asked_for(client, company):
    """Without `include=enhancedAllCustomFields` an object shows its classic fields alone."""
    fields = [{"DefinitionId": "1", "Type": "StringType"}, {"DefinitionId": "1000000001", "NumberValue": 2}]
    company.put("Invoice", "1", CustomField=fields)
    statement = {"query": "SELECT * FROM Invoice"}
    plain = client.get(f"{client.base}/query", params=statement, timeout=5)
    asked = client.get(
        f"{client.base}/query", params=statement | {"include": "enhancedAllCustomFields"}, timeout=5
    )
    found = [answer.json()["QueryResponse"]["Invoice"][0]["CustomField"] for answer in (plain, asked)]
    assert found == [fields[:1], fields]


def test_a_batch_item_beyond_1000_objects_may_be_refused(client, server, invoices):
    """A switch refuses the item that would exceed 1,000 objects with code 10100; the next may still fit."""
    server.switches.batch_over = "refuse"
    invoices(600)
    sizes = {"a": 600, "b": 600, "c": 400}
    items = [{"bId": bid, "Query": f"SELECT * FROM Invoice MAXRESULTS {size}"} for bid, size in sizes.items()]
    first, second, third = client.batch(*items).json()["BatchItemResponse"]
    assert len(first["QueryResponse"]["Invoice"]) == 600
    assert second["Fault"]["Error"][0]["code"] == "10100"
    assert len(third["QueryResponse"]["Invoice"]) == 400


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("SELECT count(*) FROM Invoice", set()),
        ("SELECT * FROM Invoice", {"Invoice", "startPosition", "maxResults"}),
    ],
)
def test_an_answer_may_lack_its_count(client, server, invoices, statement, left):
    """A scripted fault takes totalCount out of an answer, a count's or a list's."""
    invoices(2)
    server.faults.add("no_total", path="query")
    assert set(client.rows(statement)) == left
    assert "totalCount" in client.rows(statement)
