"""Only the rows that a night loaded are parsed again, with the same result as a full build."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import product
from random import Random

import msgspec
import pytest

from checks.ours import raw_copy
from pipelines.quickbooks.entities import BY_NAME
from tests.support.books import day
from transforms.engine import models
from transforms.engine.runner import build

D = Decimal


def snapshot(books):
    """Every row of every table that people see, and of the tables of checks."""
    tables = books.connection.execute("""
        select schema_name, table_name from duckdb_tables()
        where schema_name in ('staging', 'core', 'marts', 'checks')
    """).fetchall()
    return {table: books.rows(f'from {table[0]}."{table[1]}" order by all') for table in sorted(tables)}


def test_second_build_parses_nothing(books):
    """A second build without new loads parses nothing."""
    books.invoice("1", 10, "01-01")
    assert books.stage().changed == ["Invoice"]
    assert books.stage().changed == []


def test_newer_version_replaces_lines_as_a_set(books):
    """A newer version replaces all lines of the older one."""
    books.invoice("1", 30, "01-01", Line=[{"Amount": 10}, {"Amount": 20}])
    books.stage()
    books.invoice("1", 5, "01-01", Line=[{"Amount": 5}])
    books.stage()
    assert books.rows("select line_no, line_amount from staging.invoice_lines") == [(1, D(5))]
    assert books.rows("select total_amount from staging.invoices") == [(D(5),)]


def test_deletion_takes_the_document_and_its_lines(books):
    """A deletion removes the document and its lines, and no other document."""
    books.invoice("1", 10, "01-01")
    books.invoice("2", 20, "01-01")
    books.stage()
    books.delete("Invoice", "1")
    assert books.stage().changed == ["Invoice"]
    assert books.rows("select invoice_id from staging.invoices") == [("2",)]
    assert books.rows("select invoice_id from staging.invoice_lines") == [("2",)]


def test_document_read_again_after_its_deletion_is_live(books):
    """A document read again after its deletion is live, as change data capture may report it deleted wrongly."""
    books.invoice("1", 10, "01-01")
    books.delete("Invoice", "1")
    books.stage()
    assert books.rows("from staging.invoices") == []
    books.invoice("1", 10, "01-01")
    books.stage()
    assert books.value("select count(*) from staging.invoices") == 1


def test_deletion_answered_with_the_document_does_not_hide_it(books):
    """A deletion hides a document only if it was answered strictly later."""
    books.invoice("1", 10, "01-01")
    books.delete("Invoice", "1")
    books.change("update raw.deletions set answered_at = (select answered_at from raw.invoice)")
    books.stage()
    assert books.value("select count(*) from staging.invoices") == 1


def test_older_version_arriving_later_changes_nothing(books):
    """A version that was read earlier but loaded later changes nothing: the answer's time decides first."""
    books.invoice("1", 10, "01-01")
    books.stage()
    books.invoice("1", 99, "01-01")
    books.change("update raw.invoice set answered_at = '2025-01-01' where load_id = '1'")
    assert books.stage().changed == ["Invoice"]
    assert books.value("select total_amount from staging.invoices") == D(10)


@pytest.mark.parametrize("column", ["last_updated_at", "sync_token"])
def test_version_of_one_answer_is_decided_by_stamp_then_token(books, column):
    """Of two versions in one answer, the later stamp wins, and then the higher SyncToken."""
    books.invoice("1", 10, "01-01")
    books.invoice("1", 20, "01-01")
    newer = "timestamptz '2027-01-01'" if column == "last_updated_at" else "7"
    books.change("update raw.invoice set answered_at = '2026-01-01', last_updated_at = '2026-01-01'")
    books.change(f"update raw.invoice set {column} = {newer} where (payload->>'TotalAmt')::int = 10")
    books.stage()
    assert books.value("select total_amount from staging.invoices") == D(10)


def ours_by_both_routes(books):
    """Total of invoice 1 in staging, and the one that the checks read from raw."""
    (text,) = raw_copy.texts(books.as_is, "1", BY_NAME["Invoice"], ["1"]).values()
    return books.value("select total_amount from staging.invoices"), D(msgspec.json.decode(text)["TotalAmt"])


def test_of_versions_with_equal_stamps_the_one_loaded_last_is_current(books):
    """Of two answers with equal stamps, staging and the checks both take the one loaded last."""
    books.invoice("1", 10, "01-01")
    books.invoice("1", 20, "01-01")
    books.change(
        "update raw.invoice set answered_at = '2026-01-01', last_updated_at = '2026-01-01', sync_token = 1"
    )
    books.stage()
    assert ours_by_both_routes(books) == (D(20), D(20))


@pytest.mark.parametrize("column", ["last_updated_at", "sync_token"])
def test_a_version_that_lacks_a_stamp_is_older_than_one_that_has_it(books, column):
    """Of two versions in one answer, staging and the checks both prefer the one that has a stamp."""
    books.invoice("1", 10, "01-01")
    books.invoice("1", 20, "01-01")
    books.change(
        "update raw.invoice set answered_at = '2026-01-01', last_updated_at = '2026-01-01', sync_token = 1"
    )
    books.change(f"update raw.invoice set {column} = null where (payload->>'TotalAmt')::int = 20")
    books.stage()
    assert ours_by_both_routes(books) == (D(10), D(10))


def test_load_that_grew_is_read_again(books):
    """A package finished after a crash adds rows under a load id that was already seen."""
    books.invoice("1", 10, "01-01")
    books.stage()
    books.load = 0
    books.invoice("2", 20, "01-01")
    books.stage()
    assert books.value("select count(*) from staging.invoices") == 2


def test_load_that_vanished_rebuilds_its_entity(books):
    """Rows that vanish from raw make their entity rebuild without them."""
    books.invoice("1", 10, "01-01")
    books.stage()
    books.invoice("2", 20, "01-01")
    books.stage()
    books.change("delete from raw.invoice where id = '2'")
    assert books.stage().changed == ["Invoice"]
    assert books.rows("select invoice_id from staging.invoices") == [("1",)]


def test_changed_sql_rebuilds_its_entity_alone(books, monkeypatch):
    """Changed SQL of a staging table rebuilds its entity and no other."""
    books.invoice("1", 10, "01-01")
    books.customer()
    books.stage()
    read = models.read

    def edited(schema):
        return [
            models.Model(
                model.schema, model.name, model.sql.replace("DocNumber as doc_number", "DocNumber as number")
            )
            if model.table == "staging.invoice_links"
            else models.Model(model.schema, model.name, model.sql.replace("'Voided'", "'VOID'"))
            if model.table == "staging.invoices"
            else model
            for model in read(schema)
        ]

    monkeypatch.setattr(models, "read", edited)
    assert books.stage().changed == ["Invoice"]
    assert books.value("select count(*) from staging.invoices") == 1


def test_dropped_staging_table_comes_back(books):
    """A staging table that was dropped is built again."""
    books.invoice("1", 10, "01-01")
    books.stage()
    books.change("drop table staging.invoice_lines")
    assert books.stage().changed == ["Invoice"]
    assert books.value("select count(*) from staging.invoice_lines") == 1


def test_failed_build_changes_nothing(books, monkeypatch):
    """A build that fails leaves every table as it was, and the next build succeeds."""
    books.invoice("1", 10, "01-01")
    books.build_all()
    before = snapshot(books)
    books.invoice("1", 20, "01-01")
    read = models.read
    broken = models.Model("marts", "broken", "select no_such_column from core.customers")
    monkeypatch.setattr(models, "read", lambda schema: read(schema) + ([broken] if schema == "marts" else []))
    with pytest.raises(Exception, match="no_such_column"):
        books.build_all()
    assert snapshot(books) == before
    monkeypatch.undo()
    books.build_all()
    assert books.value("select total_amount from staging.invoices") == D(20)


def test_company_without_a_date_is_an_error(books):
    """A company without an as-of date is an error that names it."""
    books.invoice("1", 10, "01-01")
    with pytest.raises(ValueError, match="no as-of date for company 1"):
        build(books.connection, as_of={})


def test_more_documents_than_a_page(books, monkeypatch):
    """More documents than a page are all staged, in an incremental and in a full build."""
    monkeypatch.setattr("transforms.engine.incremental.PAGE", 3)
    for number in range(8):
        books.invoice(str(number), number, "01-01")
    books.put("Invoice", "bad", TotalAmt="ten")
    for full in (False, True):
        assert books.stage(full=full).rejected == 1
        for table in ("invoices", "invoice_lines"):
            assert books.value(f"select count(*) from staging.{table}") == 8


WHAT = ("put", "delete", "break", "late")
WHOSE = ("Invoice", "Payment", "CreditMemo", "Customer")


def apply(books, event, entity, id, amount):
    if event == "delete":
        books.delete(entity, id)
    elif event == "break":
        books.put(entity, id, TotalAmt="ten", Balance="ten", CustomerRef={"value": "1"}, TxnDate=day("01-01"))
    elif entity == "Invoice":
        books.invoice(id, amount, "01-05", customer="1", Balance=D("1.005"))
    elif entity == "Payment":
        books.payment(id, amount, "01-10", ("Invoice", "1", amount), customer="2")
    elif entity == "CreditMemo":
        link = {"TxnId": "2", "TxnType": "Invoice"}
        books.credit_memo(id, amount, "01-07", customer="1", RemainingCredit=0, LinkedTxn=[link])
    else:
        books.customer(id, ParentRef={"value": str(amount % 4)})
    if event == "late":
        table = f"raw.{BY_NAME[entity].table}"
        books.change(
            f"update {table} set answered_at = ? where answered_at = (select max(answered_at) from {table})",
            datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC),
        )


def test_incremental_equals_rebuilt(books):
    """An incremental build equals a full one after any versions, deletions, and late or broken documents."""
    random = Random("incremental")
    books.realms = {"1", "2"}
    events = list(product("12", WHAT, WHOSE, "123"))
    for number, (books.realm_id, event, entity, id) in enumerate(random.sample(events, len(events))):
        apply(books, event, entity, id, random.randrange(30))
        if number % 12 == 6:
            books.stage()
    books.build_all()
    incremental = snapshot(books)
    books.build_all(full=True)
    assert snapshot(books) == incremental
    for table in ("invoices", "payments", "credit_memos", "customers"):
        assert incremental["staging", table] and incremental["checks", "rejected"]
