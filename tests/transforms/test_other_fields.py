"""Custom fields of every type, and what no column takes: nothing that QuickBooks sends is out of reach."""

from __future__ import annotations

import json

from transforms.engine.other_fields import of_paths

OTHERS = "select path, value from staging.other_fields where entity = '{}' order by path"


def test_custom_fields_are_text_whatever_their_type(books):
    """A number, a date and a flag in a custom field are text in `value`, of documents and of lists."""
    fields = [
        {"DefinitionId": "1", "Name": "Crew #", "Type": "StringType", "StringValue": "B-7"},
        {"DefinitionId": "1000000001", "Name": "Kilometres", "Type": "NumberType", "NumberValue": 412.5},
        {"DefinitionId": "1000000002", "Name": "Booked", "Type": "DateType", "DateValue": "2026-08-01"},
        {"DefinitionId": "1000000003", "Name": "Rush", "Type": "BooleanType", "BooleanValue": False},
        {"DefinitionId": "2", "Name": "Empty", "Type": "StringType"},
    ]
    entities = ("Invoice", "Customer", "Vendor", "Item", "Bill", "Purchase")
    for entity in entities:
        books.put(entity, "7", CustomField=fields)
    books.stage()
    for entity in entities:
        of_entity = f"select name, value from staging.{entity.lower()}_custom_fields order by field_no"
        assert books.rows(of_entity) == [
            ("Crew #", "B-7"),
            ("Kilometres", "412.5"),
            ("Booked", "2026-08-01"),
            ("Rush", "false"),
            ("Empty", None),
        ]


def test_what_no_column_takes_is_kept_as_rows(books):
    """Each field without a column has a row with its path and its value as sent; what is empty or known has none."""
    books.put_text(
        "Invoice",
        "1",
        """{
            "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false,
            "MetaData": {"CreateTime": "2026-01-02T03:04:05Z", "LastChangedInQB": "2026-01-03"},
            "CustomerRef": {"value": "5", "name": "Ann"}, "TotalAmt": 10.50, "TxnDate": "2026-01-02",
            "InvoiceLink": "https://example.com/pay", "AllowIPNPayment": true, "Weight": 12.50, "Boxes": [1, 2],
            "BillAddr": {"Id": "9", "Line1": "1 High St", "Lat": "37.4"}, "Nothing": null, "Blank": "", "List": [],
            "Line": [
                {"Amount": 10.50, "DetailType": "SalesItemLineDetail", "CustomExtensions": [{"a": 1}],
                 "SalesItemLineDetail": {"ItemRef": {"value": "3", "name": "Lamp"}, "TaxRef": {"value": "E"}}},
                {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": [{"Amount": 1, "Depth": 3}]}}
            ]
        }""",
    )
    books.stage()
    assert books.rows(OTHERS.format("Invoice")) == [
        ("AllowIPNPayment", "true"),
        ("BillAddr.Id", "9"),
        ("BillAddr.Lat", "37.4"),
        ("Boxes[1]", "1"),
        ("Boxes[2]", "2"),
        ("InvoiceLink", "https://example.com/pay"),
        ("Line[1].CustomExtensions[1].a", "1"),
        ("Line[1].SalesItemLineDetail.TaxRef.value", "E"),
        ("Line[2].GroupLineDetail.Line[1].Depth", "3"),
        ("MetaData.LastChangedInQB", "2026-01-03"),
        ("Weight", "12.50"),
    ]


def test_of_one_element_of_an_array_the_others_are_kept(books):
    """Of an array of which a column takes the first element, the others have rows, without Java's wrapper."""
    wrapped = [
        {"name": "NameValue", "declaredType": "x", "nil": False, "value": {"Name": name, "Value": value}}
        for name, value in (("TxnType", "54"), ("Other", "7"))
    ]
    books.put("Purchase", "1", PurchaseEx={"any": wrapped})
    books.stage()
    assert books.value("select txn_type_code from staging.purchases") == "54"
    assert books.rows(OTHERS.format("Purchase")) == [
        ("PurchaseEx.any[1].value.Name", "TxnType"),
        ("PurchaseEx.any[2].value.Name", "Other"),
        ("PurchaseEx.any[2].value.Value", "7"),
    ]


def test_what_is_left_out_on_purpose_stays_out(books):
    """Nothing that payroll knows of an employee, and no link that opens an attachment."""
    books.put("Employee", "1", DisplayName="Ann", SSN="XXX-XX-1234", BirthDate="1990-01-01")
    books.put("Attachable", "2", FileName="a.pdf", TempDownloadUri="https://example.com/?sig=1", Tag="x")
    books.stage()
    assert books.rows("select entity, path, value from staging.other_fields") == [("Attachable", "Tag", "x")]


def test_rows_follow_their_document(books):
    """A new version brings its own rows, a deletion takes them away, and a rebuild gives the same."""
    books.put("Payment", "1", Odd="a", Older="b")
    books.put("Payment", "2", Odd="c")
    books.put("Payment", "3", Odd="d")
    books.stage()
    books.put("Payment", "1", Odd="A")
    books.delete("Payment", "2")
    books.stage()
    rows = "select id, path, value from staging.other_fields order by all"
    assert books.rows(rows) == [("1", "Odd", "A"), ("3", "Odd", "d")]
    books.stage(full=True)
    assert books.rows(rows) == [("1", "Odd", "A"), ("3", "Odd", "d")]


def test_a_document_that_is_set_aside_has_no_rows(books):
    """What cannot be read into columns is named among the documents set aside, and nowhere else."""
    books.put_text("Invoice", "1", json.dumps({"TotalAmt": "ten", "Odd": "x"}))
    books.stage()
    assert books.rows("from staging.other_fields") == []


def test_paths_are_named_without_numbers(books):
    """A pattern means paths of every element, in any case, and * stands for anything."""
    books.put("Payment", "1", Line=[{"Odd": "a"}, {"Odd": "b", "Even": "c"}])
    books.put("Bill", "2", Odd="d")
    books.stage()

    def named(*patterns: str) -> list[str]:
        rows = books.rows(f"select value from staging.other_fields where {of_paths(patterns)} order by value")
        return [value for (value,) in rows]

    assert named("Payment.Line.Odd") == ["a", "b"]
    assert named("payment.*", "Bill.Even") == ["a", "b", "c"]
    assert named("*.Odd") == ["a", "b", "d"]
    assert named("Line.Odd", "Payment") == named() == []
