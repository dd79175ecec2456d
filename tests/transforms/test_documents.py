"""Documents that do not fit their shape are set aside and named; no value turns NULL silently."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pipelines.quickbooks.entities import CATALOGUE
from transforms.engine import models, shapes

D = Decimal


ODD = [
    ('{"TotalAmt": "ten"}', "Expected `float | null`, got `str` - at `$.TotalAmt`"),
    ('{"TotalAmt": true}', "Expected `float | null`, got `bool` - at `$.TotalAmt`"),
    ('{"TotalAmt": {"value": 1}}', "Expected `float | null`, got `object` - at `$.TotalAmt`"),
    ('{"TotalAmt": 1e13}', "Expected `float` < 10000000000000.0 - at `$.TotalAmt`"),
    ('{"TxnDate": "2026-02-30"}', "Invalid RFC3339 encoded date - at `$.TxnDate`"),
    ('{"TxnDate": "01/02/2026"}', "Invalid RFC3339 encoded date - at `$.TxnDate`"),
    ('{"ApplyTaxAfterDiscount": "maybe"}', "Expected `bool | null`, got `str` - at `$.ApplyTaxAfterDiscount`"),
    ('{"Line": {"Amount": 1}}', "Expected `array | null`, got `object` - at `$.Line`"),
    ('{"Line": [1]}', "Expected `object | null`, got `int` - at `$.Line[0]`"),
    ('{"Line": [{"Amount": 1}, {"Amount": "x"}]}', "Expected `float | null`, got `str` - at `$.Line[1].Amount`"),
    ('{"CustomerRef": ["1"]}', "Expected `object | null`, got `array` - at `$.CustomerRef`"),
    ('{"CustomerRef": "1"}', "Expected `object | null`, got `str` - at `$.CustomerRef`"),
    (
        '{"CustomerRef": {"value": {}}}',
        "Expected `bool | int | float | str | null`, got `object` - at `$.CustomerRef.value`",
    ),
    (
        '{"DeliveryInfo": {"DeliveryTime": "this morning"}}',
        "Invalid RFC3339 encoded datetime - at `$.DeliveryInfo.DeliveryTime`",
    ),
    ('[{"TotalAmt": 1}]', "Expected `object | null`, got `array`"),
]  # fmt: skip


def test_document_that_does_not_fit_is_set_aside(books):
    """A document that does not fit its shape is set aside with the reason, and the others are staged."""
    for id, (payload, _) in enumerate(ODD):
        books.put_text("Invoice", str(id), payload)
    books.invoice("good", 10, "01-01")
    assert books.stage().rejected == len(ODD)
    rejected = books.rows("select realm_id, entity, reason from checks.rejected order by id::integer")
    assert rejected == [("1", "Invoice", reason) for _, reason in ODD]
    assert books.rows("select invoice_id from staging.invoices") == [("good",)]


def test_corrected_document_is_no_longer_set_aside(books):
    """A document that was set aside is staged once a corrected version arrives."""
    books.put("Invoice", "1", TotalAmt="ten")
    books.stage()
    books.invoice("1", 10, "01-01")
    assert books.stage().rejected == 0
    assert books.value("select total_amount from staging.invoices") == D(10)


def test_broken_version_does_not_leave_the_older_one_standing(books):
    """A broken version removes the older one from staging."""
    books.invoice("1", 10, "01-01")
    books.stage()
    books.put("Invoice", "1", TotalAmt="ten")
    assert books.stage().rejected == 1
    assert books.rows("from staging.invoices") == []


@pytest.mark.parametrize(
    "payload", ["{}", '{"Line": null, "CustomerRef": null}', '{"Line": [], "Unheard": {"of": [1]}}']
)
def test_missing_null_and_unknown_fields_are_fine(books, payload):
    """Missing, null and unknown fields do not set a document aside."""
    books.put_text("Invoice", "1", payload)
    assert books.stage().rejected == 0
    assert books.value("select count(*) from staging.invoices") == 1


OTHER_FORMS = [
    ("txn_date", '"TxnDate": "2026-05-05-07:00"', "2026-05-05"),
    ("txn_date", '"TxnDate": "2026-05-05Z"', "2026-05-05"),
    ("txn_date", '"TxnDate": "2026-05-05T23:30:00-07:00"', "2026-05-05"),
    ("due_date", '"DueDate": ""', None),
    ("balance", '"Balance": " "', None),
    ("is_tax_after_discount", '"ApplyTaxAfterDiscount": ""', None),
    ("total_amount", '"TotalAmt": "5.10", "DueDate": ""', "5.10"),
    ("doc_number", '"DocNumber": "", "DueDate": ""', ""),
    (
        "delivered_at at time zone 'UTC'",
        '"DeliveryInfo": {"DeliveryTime": "2026-01-01T10:00:00"}',
        "2026-01-01 18:00:00",
    ),
    ("line.ServiceDate", '"Line": [{"SalesItemLineDetail": {"ServiceDate": "2026-05-05T00:00:00"}}]', "2026-05-05"),
]  # fmt: skip


def test_dates_and_blanks_in_other_forms_are_read(books):
    """A date is the day it names, whatever follows it, and a time without offset is on QuickBooks's own clock."""
    for id, (_, sent, _) in enumerate(OTHER_FORMS):
        books.put_text("Invoice", str(id), f'{{"PrivateNote": "kept", "Deposit": 9999999999999.99, {sent}}}')
    assert books.stage().rejected == 0
    assert books.rows("select private_note, deposit_amount, count(*) from staging.invoices group by all") == [
        ("kept", D("9999999999999.99"), len(OTHER_FORMS))
    ]
    for id, (field, _, read) in enumerate(OTHER_FORMS):
        table, column = ("invoice_lines", "service_date") if "line." in field else ("invoices", field)
        found = books.value(f"select ({column})::varchar from staging.{table} where invoice_id = '{id}'")
        assert (field, found) == (field, read)


def test_amounts_are_exact(books):
    """Amounts keep every digit, up to the largest that are read."""
    books.put_text("Invoice", "1", '{"TotalAmt": 9999999999999.99, "Balance": 0.10, "Deposit": 0}')
    books.build()
    assert books.row("select total_amount, balance, deposit_amount from staging.invoices") == (
        D("9999999999999.99"), D("0.10"), D("0.00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "staged"),
    [
        ({}, (D("1"), D("99.99"), D("9.99"))),
        ({"ExchangeRate": 1}, (D("1"), D("99.99"), D("9.99"))),
        ({"ExchangeRate": D("1.2345678901")}, (D("1.2345678901"), D("123.44"), D("12.33"))),
        (
            {"ExchangeRate": D("1.5"), "HomeTotalAmt": D("149.98"), "HomeBalance": D("14.98")},
            (D("1.5"), D("149.98"), D("14.98")),
        ),
    ],
)
def test_home_amounts_are_never_missing(books, sent, staged):
    """Where QuickBooks sends no rate it is 1; where it sends no home amount, it is the amount at that rate."""
    books.put("Invoice", "1", TotalAmt=D("99.99"), Balance=D("9.99"), **sent)
    books.stage()
    assert books.row("select exchange_rate, home_total_amount, home_balance from staging.invoices") == staged


def test_excess_decimals_are_counted_wherever_they_hide_and_rounded(books):
    """Prices and rates may have more than two decimals, amounts may not."""
    line = {"Amount": D("1.001"), "SalesItemLineDetail": {"UnitPrice": D("1.23456"), "Qty": D("0.333")}}
    group = {"GroupLineDetail": {"Line": [line, line]}}
    books.put("Invoice", "1", TotalAmt=D("10.005"), ExchangeRate=D("1.23456"), Line=[line, group])
    books.invoice("2", "10.50", "01-01")
    assert books.stage().excess_decimals == 1
    counted = "select realm_id, entity, id, amount_count from checks.excess_decimals"
    assert books.row(counted) == ("1", "Invoice", "1", 4)
    assert books.row("select total_amount, exchange_rate from staging.invoices where invoice_id = '1'") == (
        D("10.01"), D("1.23456"),
    )  # fmt: skip


def test_stamps_come_from_raw_and_ids_stay_text(books):
    """Stamps come from raw, and ids become text without losing digits."""
    books.put("Class", "5000000000000005251", Name="Park", ParentRef={"value": 7})
    books.build()
    assert books.row("select class_id, parent_class_id, created_at is not null from staging.classes") == (
        "5000000000000005251", "7", True,
    )  # fmt: skip


def test_recurring_transaction_is_unwrapped(books):
    """A recurring transaction is staged from its inner object, with its schedule and lines."""
    info = {
        "Name": "Rent",
        "RecurType": "Automated",
        "Active": True,
        "ScheduleInfo": {"NextDate": "2026-02-01"},
    }
    inner = {
        "Id": "9",
        "TotalAmt": 5,
        "RecurringInfo": info,
        "Line": [{"Amount": 5}],
        "VendorRef": {"value": "V"},
    }
    books.put_text("RecurringTransaction", "9", json.dumps({"Bill": inner}))
    books.build()
    assert books.row("""
        select recurring_transaction_id, txn_type, name, vendor_id, total_amount, is_active, next_date::varchar
        from staging.recurring_transactions
    """) == ("9", "Bill", "Rent", "V", D(5), True, "2026-02-01")
    assert books.row("select line_no, line_amount from staging.recurring_transaction_lines") == (1, D(5))


def test_journal_entry_is_void_when_nothing_is_left_of_it(books):
    """A journal entry is voided only if its note says so and all its lines are zero."""
    books.receivable_account()
    books.journal_entry("1", "01-01", ("C", 0), PrivateNote="Voided")
    books.journal_entry("2", "01-01", ("C", 5), PrivateNote="Voided the cheque of May")
    books.journal_entry("3", "01-01", ("C", 0))
    books.build()
    assert books.rows("select journal_entry_id, is_voided from staging.journal_entries order by 1") == [
        ("1", True), ("2", False), ("3", False),
    ]  # fmt: skip


@pytest.mark.parametrize("entity", CATALOGUE, ids=lambda entity: entity.name)
def test_every_entity_has_a_shape_and_a_head(entity):
    """Each entity has a shape and a head table of the catalogue's name, keyed by company and the entity's id."""
    assert shapes.read(entity.name).structure
    (head,) = [model for model in models.read("staging") if model.name == entity.staging]
    assert head.sources == {f"documents.{entity.table}"}
    assert f"id as {entity.table}_id," in head.sql
