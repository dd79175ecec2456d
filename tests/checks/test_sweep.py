"""Sync accuracy: what a sweep finds after the copy has been damaged in one way."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import pendulum
import pytest

from checks.compare import sweep
from checks.evidence import Suspect
from checks.theirs.questions import Questions
from pipelines.quickbooks.answers import QueryAnswer
from pipelines.quickbooks.entities import BY_NAME

REALM = "9130"
CUTOFF = pendulum.datetime(2026, 11, 20, 12)


def invoice(id: int, total: str = "100.00", **fields: Any) -> dict[str, Any]:
    return {
        "Id": str(id),
        "SyncToken": "0",
        "MetaData": {
            "CreateTime": "2026-05-05T03:09:39-07:00",
            "LastUpdatedTime": "2026-05-05T03:09:39-07:00",
        },
        "CustomerRef": {"value": "1", "name": "Amy"},
        "Line": [{"Amount": Decimal(total), "DetailType": "SalesItemLineDetail"}],
        "TotalAmt": Decimal(total),
        "Balance": Decimal(total),
        **fields,
    }


class Books:
    """Stands in for QuickBooks: answers any query about the one entity it holds, a page at a time."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[str] = []

    def query(self, statement: str) -> QueryAnswer:
        self.asked.append(statement)
        rows = self.rows
        if " Id IN (" in statement:
            wanted = statement.partition(" Id IN (")[2].partition(")")[0].replace("'", "").split(", ")
            rows = [row for row in rows if row["Id"] in wanted]
        else:
            words = statement.split()
            start = int(words[words.index("STARTPOSITION") + 1]) - 1
            rows = rows[start : start + 1000]
        return QueryAnswer(CUTOFF, [msgspec.Raw(text(row)) for row in rows], None)


def asked_of(books: Books) -> Questions:
    return Questions(books, [])


def text(row: dict[str, Any]) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(row)


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute('create schema "raw"')
        connection.execute(
            'create table "raw".invoice (realm_id varchar, id varchar, sync_token bigint, '
            "last_updated_at timestamptz, answered_at timestamptz, changed_at timestamptz, payload json, "
            "load_id varchar)"
        )
        connection.execute(
            'create table "raw".deletions (realm_id varchar, entity varchar, id varchar, answered_at timestamptz, '
            "deleted_at timestamptz, found_by varchar, load_id varchar)"
        )
        yield connection


def load(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], hour: int = 10) -> None:
    answered = pendulum.datetime(2026, 11, 20, hour)
    for row in rows:
        updated = row["MetaData"]["LastUpdatedTime"]
        connection.execute(
            'insert into "raw".invoice values (?, ?, ?, ?, ?, ?, ?, ?)',
            [
                REALM,
                row["Id"],
                int(row["SyncToken"]),
                updated,
                answered,
                updated,
                text(row).decode(),
                "1",
            ],
        )


def contents(connection, rows):
    return sweep.contents(connection, asked_of(Books(rows)), REALM, BY_NAME["Invoice"], CUTOFF)


def test_an_exact_copy_is_exactly_1(warehouse):
    """An exact copy of more than two pages has accuracy 1, in rows and in money."""
    rows = [invoice(id) for id in range(1, 2502)]
    load(warehouse, rows)
    found = contents(warehouse, rows)
    assert (found.accuracy.accuracy, found.accuracy.source_count, found.differences) == (1.0, 2501, [])
    assert found.accuracy.money_accuracy == 1.0


def test_punctuation_copied_names_and_stamps_are_no_difference(warehouse):
    """Number formats, copied names, empty lists and stamps make no difference."""
    load(warehouse, [invoice(1)])
    renamed = invoice(1, CustomerRef={"name": "Amy's Birds", "value": "1"}, LinkedTxn=[])
    renamed["TotalAmt"] = Decimal("100")
    renamed["MetaData"] = {"LastUpdatedTime": "2026-06-05T03:09:39-07:00"}
    assert contents(warehouse, [renamed]).accuracy.accuracy == 1.0


DAMAGE = {
    "drop a row": ([invoice(2)], [invoice(1), invoice(2)], 0.5, ("1", "Id")),
    "phantom": ([invoice(1), invoice(2)], [invoice(1)], 0.5, ("2", "Id")),
    "stale row": ([invoice(1), invoice(2)], [invoice(1, SyncToken="1"), invoice(2)], 0.5, ("1", "SyncToken")),
    "change a cent": ([invoice(1, "100.01"), invoice(2)], [invoice(1), invoice(2)], 0.5, ("1", "Balance")),
    "swap two balances": (
        [invoice(1, Balance=Decimal(40)), invoice(2, Balance=Decimal(60))],
        [invoice(1, Balance=Decimal(60)), invoice(2, Balance=Decimal(40))],
        0.0,
        ("1", "Balance"),
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "accuracy", "named"), DAMAGE.values(), ids=DAMAGE)
def test_damage_lowers_accuracy_and_is_named(warehouse, ours, theirs, accuracy, named):
    """Each kind of damage lowers the accuracy by its share and is named by row and column."""
    load(warehouse, ours)
    found = contents(warehouse, theirs)
    assert found.accuracy.accuracy == accuracy
    assert named in [(row.id, row.column) for row in found.differences]
    assert Suspect("Invoice", named[0]) in found.suspects


def test_a_cent_is_money_and_a_note_is_not(warehouse):
    """A different cent is an error of money, and a different note is not."""
    load(warehouse, [invoice(1, "100.01"), invoice(2, PrivateNote="old")])
    found = contents(warehouse, [invoice(1), invoice(2, PrivateNote="new")])
    assert found.accuracy.money_diff == 1
    assert {row.column for row in found.differences if row.is_error} == {
        "Balance",
        "Line[0].Amount",
        "TotalAmt",
    }
    assert [row.column for row in found.differences if not row.is_money] == ["PrivateNote"]
    assert found.accuracy.amount_diff == Decimal("0.01")


def test_what_people_wrote_is_not_repeated(warehouse):
    """A difference does not repeat free text, because the column it comes from may be withheld."""
    load(warehouse, [invoice(1, PrivateNote="call 555-3311", DueDate="2026-01-01")])
    found = contents(warehouse, [invoice(1, PrivateNote="call 555-3312", DueDate="2026-01-02")])
    shown = {row.column: (row.expected, row.actual) for row in found.differences}
    assert shown.pop("DueDate") == ("2026-01-02", "2026-01-01")
    assert shown == {"PrivateNote": ("text of 13 characters", "text of 13 characters")}


def test_a_row_stored_twice_is_one_object(warehouse):
    """A row that is stored twice counts as one object."""
    load(warehouse, [invoice(1)])
    load(warehouse, [invoice(1)], hour=11)
    assert contents(warehouse, [invoice(1)]).accuracy.accuracy == 1.0


def test_a_row_deleted_after_it_was_read_is_not_held(warehouse):
    """A row with a later deletion does not count as held."""
    load(warehouse, [invoice(1), invoice(2)])
    warehouse.execute(
        """insert into "raw".deletions values (?, 'Invoice', '2', '2026-11-20T11:00:00Z', null, 'cdc', '1')""",
        [REALM],
    )
    assert contents(warehouse, [invoice(1)]).accuracy.accuracy == 1.0


def test_what_moved_after_the_cut_off_is_in_flight(warehouse):
    """Objects that changed after the cut-off are in flight and no errors, and are still asked for again."""
    late = {"CreateTime": "2026-05-05T03:09:39-07:00", "LastUpdatedTime": "2026-11-20T12:01:00Z"}
    load(warehouse, [invoice(1)])
    found = contents(warehouse, [invoice(1, "5.00", MetaData=late), invoice(2, MetaData=late)])
    assert (found.accuracy.in_flight, found.accuracy.missing, found.accuracy.money_diff) == (2, 0, 0)
    assert not any(row.is_error for row in found.differences)
    assert found.suspects == [Suspect("Invoice", "1"), Suspect("Invoice", "2"), Suspect("Customer", "1")]


def test_ids_alone_find_missing_and_phantom_rows_behind_equal_counts(warehouse):
    """Comparing ids finds a missing and a phantom row although the counts are equal."""
    load(warehouse, [invoice(1), invoice(2)])
    found = sweep.ids(warehouse, asked_of(Books([invoice(1), invoice(3)])), REALM, BY_NAME["Invoice"], CUTOFF)
    assert (found.accuracy.missing, found.accuracy.phantom) == (1, 1)
    assert found.accuracy.accuracy == pytest.approx(1 / 3)


def test_a_row_that_a_page_skipped_is_asked_for_by_id(warehouse):
    """A row that slips past a page because of a deletion is asked for by id and does not count as lost."""
    load(warehouse, [invoice(1), invoice(2)])
    books = Books([invoice(1), invoice(2)])
    skipping = books.query

    def query(statement: str) -> QueryAnswer:
        answer = skipping(statement)
        return answer if "Id IN" in statement else QueryAnswer(CUTOFF, answer.rows[1:], None)

    books.query = query
    found = sweep.ids(warehouse, asked_of(books), REALM, BY_NAME["Invoice"], CUTOFF)
    assert (found.accuracy.accuracy, found.differences) == (1.0, [])


def test_the_worked_example_of_the_definition():
    """One missing, two stale and one differing row of 1,000 give 99.6%, and two phantoms lower it to 99.40%."""
    from checks.evidence import Accuracy

    tally = {"missing": 1, "stale": 2, "content_diff": 1}
    assert Accuracy("Invoice", "content", 1000, 999, **tally).accuracy == pytest.approx(0.996)
    assert Accuracy("Invoice", "content", 1000, 1001, phantom=2, **tally).accuracy == pytest.approx(
        996 / 1002
    )


def test_json_is_compared_exactly():
    """A difference of one cent is found in an amount too large for a float to tell apart."""
    from checks.compare.content import differences

    pair = (
        json.dumps({"TotalAmt": 0}).replace("0", f"9007199254740993.{cents}").encode()
        for cents in ("01", "02")
    )
    assert [row.amount_diff for row in differences(BY_NAME["Invoice"], *pair)] == [Decimal("0.01")]


def test_a_null_is_an_absent_field(warehouse):
    """A field that QuickBooks sends as null is treated as absent and does not end the comparison."""
    nothing = {"TxnDate": None, "CurrencyRef": None, "CustomerRef": {"value": None}, "Balance": None}
    entry = {"Amount": Decimal(5), "JournalEntryLineDetail": None}
    for entity, odd in (
        ("Invoice", nothing),
        ("JournalEntry", {"Line": [entry]}),
        ("Invoice", {"Line": None}),
    ):
        found = sweep.contents(
            warehouse, asked_of(Books([invoice(1, **odd)])), REALM, BY_NAME[entity], CUTOFF
        )
        assert (found.accuracy.missing, found.accuracy.source_count) == (1, 1)


LINK = "https://files.example.com/57?signature="


def test_a_text_that_differs_in_every_answer_is_learned_and_left_out(warehouse):
    """After one reading a difference is told; after two under one stamp the field is volatile, on every object."""
    load(warehouse, [invoice(1, Link=f"{LINK}a"), invoice(2, Link=f"{LINK}b")])
    now = [invoice(1, Link=f"{LINK}c"), invoice(2, Link=f"{LINK}d")]
    assert [row.column for row in contents(warehouse, now).differences] == ["Link", "Link"]
    load(warehouse, [invoice(1, Link=f"{LINK}e")], hour=11)
    assert contents(warehouse, now).accuracy.accuracy == 1.0
    assert (
        contents(warehouse, [invoice(1, PrivateNote="changed"), now[1]]).differences[0].column
        == "PrivateNote"
    )


def test_an_amount_or_an_edited_text_is_never_volatile(warehouse):
    """A balance that moves under one stamp is money, and a text under another stamp was edited."""
    load(warehouse, [invoice(1), invoice(2, PrivateNote="a")])
    load(warehouse, [invoice(1, Balance=Decimal(90)), invoice(2, PrivateNote="b", SyncToken="1")], hour=11)
    now = [invoice(1, Balance=Decimal(80)), invoice(2, PrivateNote="c", SyncToken="2")]
    assert [row.column for row in contents(warehouse, now).differences] == [
        "Balance", "SyncToken", "PrivateNote",
    ]  # fmt: skip


def test_links_to_files_and_fields_of_some_answers_are_not_compared(warehouse):
    """They say nothing about the object: signed links, and what only a read by id or only a query holds."""
    load(warehouse, [invoice(1, TempDownloadUri="a", InvoiceLink="b")])
    now = invoice(1, TempDownloadUri="c", ThumbnailTempDownloadUri="d", V4IDPseudonym="e")
    assert contents(warehouse, [now]).accuracy.accuracy == 1.0
