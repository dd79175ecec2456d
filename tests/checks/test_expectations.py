"""Every expectation on a table can fail: some damage to one row trips it, and the row is named.

An expectation that no damage trips proves nothing and has no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from checks.suites import staging
from checks.suites.company import published_suites
from checks.suites.counts import counted
from checks.suites.expectations import Expectation, NotBefore
from checks.suites.tables import Table, column_types, table
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.entities import CATALOGUE
from tests.checks.conftest import REALM, Copied
from tests.support.books import Books, money
from tests.support.harness import Installation
from transforms.engine import models
from transforms.engine.dates import as_of_dates
from transforms.engine.runner import build

SUITES = {suite.name: suite for suite in published_suites()}
STAGED = [f"staging.{model.name}" for model in models.read_all("staging")]
ROWS_TRIED = 40
SECOND = "9130350000000002"

LINK = [{"TxnId": "1", "TxnType": "Invoice"}]
CUSTOM = [{"DefinitionId": "1", "Name": "Route", "Type": "StringType", "StringValue": "North"}]
WHOLE: dict[str, Any] = {
    "TxnDate": "2026-01-10",
    "TotalAmt": money(10),
    "LinkedTxn": LINK,
    "CustomField": CUSTOM,
    "Line": [{"Id": "1", "LineNum": 1, "Amount": money(10), "LinkedTxn": LINK}],
    "TxnTaxDetail": {"TaxLine": [{"Amount": money(1), "DetailType": "TaxLineDetail", "TaxLineDetail": {}}]},
}
"""A transaction with one of everything that may hang on one."""
BY_HAND: dict[str, dict[str, Any]] = {
    **dict.fromkeys(
        ("Bill", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "Purchase", "PurchaseOrder"),
        WHOLE,
    ),
    **dict.fromkeys(
        ("RefundReceipt", "ReimburseCharge", "SalesReceipt", "TimeActivity", "VendorCredit"), WHOLE
    ),
    "Customer": {"DisplayName": "Amy", "CustomField": CUSTOM},
    "Vendor": {"DisplayName": "Bo", "CustomField": CUSTOM},
    "Item": {"Name": "Lamp", "CustomField": CUSTOM},
    "JournalCode": {"Name": "VT", "Type": "Sales"},
    "TaxCode": {
        "Name": "VAT",
        "PurchaseTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "1"}, "TaxOrder": 0}]},
    },
    "TaxRate": {"Name": "VAT", "EffectiveTaxRate": [{"RateValue": money(8), "EffectiveDate": "2020-01-01"}]},
}
ROWS_BY_HAND = {
    "core.estimate_scores": "'won' as model, 'brier' as metric, 'open' as judged_on, 'never' as baseline, "
    "12 as compared_count, 'fitted' as model_status",
    "core.item_offers": "'1' as customer_id, '2' as offer_item_id, 20 as both_count, 9 as expected_both_count, "
    "0.01 as false_discovery_rate",
    "marts.upsell_targets": "'1' as customer_id, '2' as offer_item_id, 'Amy' as customer_name, 20 as both_count, "
    "0.01 as false_discovery_rate",
    "core.contact_matches": "'7' as contact_id, '1' as root_customer_id, 'matched' as status",
    "marts.contact_matches": "'7' as contact_id, '1' as root_customer_id, 'matched' as status, false as is_ambiguous, "
    "'+15551234567' as matched_phone",
    "marts.customer_conversations": "'1' as conversation_id, '1' as root_customer_id, 'matched' as status, "
    "'out' as direction, 0 as overdue_amount, 5 as paid_amount, 3 as days_to_payment, true as is_paid_after",
    "core.campaign_touches": "'c' as campaign_id, '7' as contact_id, date '2026-01-01' as touch_date, "
    "false as is_held_out, '1' as root_customer_id",
    "core.campaign_documents": "'c' as campaign_id, 'Invoice' as doc_type, '1' as doc_id, false as is_held_out",
    "core.campaign_effects": "'c' as campaign_id, 'measured' as effect_status, 10 as contact_count, "
    "10 as held_out_count, 5 as incremental_margin, -1 as incremental_margin_low, 9 as incremental_margin_high",
    "marts.conversation_effects": "'measured' as effect_status, "
    "'all' as channel, 1 as paid_share, 2 as customer_count, -5 as change_days, "
    "-8 as change_low_days, -2 as change_high_days, -3 as incremental_change_days, -6 as incremental_low_days, "
    "0 as incremental_high_days",
    "marts.customer_contacts": "'7' as contact_id, '1' as quickbooks_customer_id, 'Amy' as customer_name",
    "marts.restated_transactions": "'1' as doc_id, 'deleted' as change, date '2026-02-01' as compared_date, "
    "date '2026-02-03' as found_date, date '2026-01-01' as month_start, '10.00' as before, null as after",
}
"""What takes months of history or people's own lists to come about."""
WITHOUT_ROWS: dict[str, str] = {}
"""Tables that none of these books fill, with the reason why their expectations cannot be shown to fail."""

Source = tuple[duckdb.DuckDBPyConnection, str]


@pytest.fixture(scope="module")
def sources(
    night: Copied, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Source]]:
    """Good books, each with the company whose they are: two embedded companies, and a few rows by hand."""
    second = Installation(server, tmp_path_factory.mktemp("second"))
    second.company(SECOND).extract(CATALOGUE)
    with night.warehouse() as first_books, second.warehouse() as second_books:
        build(second_books, as_of=as_of_dates(second_books))
        yield [(first_books, REALM), (second_books, SECOND), (by_hand(), "1")]


def by_hand() -> duckdb.DuckDBPyConnection:
    """One document of each kind that the embedded companies lack, and rows of tables that are made of history."""
    books = Books()
    books.put("CompanyInfo", "1", CompanyName="By hand")
    books.customer("1")
    for entity, fields in BY_HAND.items():
        books.put(entity, "1", **fields)
    books.build_all("02-01")
    for name, columns in ROWS_BY_HAND.items():
        books.connection.execute(f"insert into {name} by name select '1' as realm_id, {columns}")
    return books.connection


def reads(published: Table, expectation: Expectation, column: str) -> bool:
    """Whether the expectation has to do with this column; a row that stands twice is one of its key."""
    return any(re.search(rf"\b{column}\b", published.columns.get(name, "")) for name in expectation.columns)


def damages(
    connection: duckdb.DuckDBPyConnection, published: Table, rows: list[int]
) -> Iterator[tuple[str, str]]:
    """Statements that each change one value of one row, or repeat the row, or swap what should be in order.

    Each comes with a column that it changes; of a row repeated it is the company.
    """
    relation = published.suite.name
    schema, name = relation.split(".")
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    for row in rows:
        yield "realm_id", f"insert into {relation} from {relation} where rowid = {row}"
        for column, kind in columns:
            if column == "realm_id":
                continue
            if kind == "VARCHAR":
                values = ["null", "'no such thing'"]
            elif kind == "BOOLEAN":
                values = ["null", f'not "{column}"']
            elif kind in ("DATE",) or kind.startswith("TIMESTAMP"):
                values = ["null", f'"{column}" + interval 9 year', "'1999-01-01'"]
            elif kind.startswith(("DECIMAL", "INT", "BIGINT", "DOUBLE", "HUGEINT", "SMALLINT", "TINYINT")):
                values = ["null", f'"{column}" + 1', f'"{column}" - 1', f'-"{column}" - 7', "0", "1", "-99"]
            else:
                values = ["null"]
            for value in values:
                yield column, f'update {relation} set "{column}" = {value} where rowid = {row}'
        for one in published.suite.expectations:
            if isinstance(one.condition, NotBefore):
                later, earlier = one.condition.later, one.condition.earlier
                low, high = ("'1999-01-01'", "'1999-01-02'") if "DATE" in dict(columns)[later] else ("1", "2")
                for values in ((low, high), (low, low)):
                    swapped = f"{later} = {values[0]}, {earlier} = {values[1]}"
                    yield later, f"update {relation} set {swapped} where rowid = {row}"


def untripped(connection: duckdb.DuckDBPyConnection, published: Table) -> list[str]:
    """The sentences of expectations that no damage trips; the rows tried are the same each time."""
    left = dict(enumerate(published.suite.expectations))
    statement = (
        f"select rowid from {published.suite.name} where realm_id = ? order by hash(rowid) limit {ROWS_TRIED}"
    )
    rows = [row for (row,) in connection.execute(statement, [published.realm_id]).fetchall()]
    for column, damage in damages(connection, published, rows):
        if not any(reads(published, one, column) for one in left.values()):
            continue
        connection.begin()
        try:
            connection.execute(damage)
            ((counts,),) = counted(connection, {published.realm_id: [published]}).values()
        except (duckdb.ConversionException, duckdb.OutOfRangeException):
            continue
        finally:
            connection.rollback()
        left = {position: one for position, one in left.items() if not counts.counts[position]}
        if not left:
            break
    return [one.description for one in left.values()]


@pytest.mark.parametrize("name", [*SUITES, *STAGED])
def test_each_expectation_can_fail(sources: list[Source], name: str) -> None:
    """Every expectation of a table fails after some damage to one of its rows, and good books break none."""
    for connection, realm_id in sources:
        columns = column_types(connection)
        suites = SUITES | {suite.name: suite for suite in staging.suites(columns)}
        published = table(suites[name], realm_id, columns)
        assert published
        ((counts,),) = counted(connection, {published.realm_id: [published]}).values()
        assert not counts.failed, "good books break nothing"
        if connection.execute(f"select 1 from {name} where realm_id = ? limit 1", [realm_id]).fetchall():
            assert untripped(connection, published) == []
            return
    assert name in WITHOUT_ROWS, "no books fill this table: write a row by hand"
