"""What the settings withhold is in no published file, whichever night it came from."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from pipelines.base.errors import ConfigurationError
from pipelines.cli.screen import closing
from pipelines.nightly import activity
from pipelines.published.backup import backup
from pipelines.published.file import rollback_files
from pipelines.published.privacy import Withheld, withheld_columns
from pipelines.published.publish import publish
from pipelines.published.restore import restore
from pipelines.published.rollback import ShowsWhatIsWithheld, rollback
from pipelines.quickbooks.entities import CATALOGUE
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, settings
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation
from transforms.engine import mapping

FIRST, SECOND = "9130350000000001", "9130350000000002"
TABLES = """
create schema staging; create schema core; create schema marts; create schema ops; create schema checks;
create table staging.customers (
    realm_id varchar, customer_id varchar, display_name varchar, email varchar, credit_limit decimal(18, 2)
);
create table staging.invoices (realm_id varchar, invoice_id varchar, bill_email varchar, private_note varchar);
create table core.customers (realm_id varchar, customer_id varchar, display_name varchar, balance decimal(18, 2));
create table marts.owed (realm_id varchar, customer_id varchar, customer_name varchar);
comment on column core.customers.display_name is 'Name in lists';
create table ops.activity (
    realm_id varchar, entity varchar, id varchar, doc_number varchar, field varchar, before varchar, after varchar
);
create table checks.differences (
    realm_id varchar, check_name varchar, entity varchar, id varchar, column_name varchar,
    expected varchar, actual varchar, amount_diff decimal(38, 8)
);
create table checks.results (realm_id varchar, suite varchar, column_name varchar, observed varchar);
insert into staging.customers values ('1', '7', 'Ann Lee', 'ann@example.com', 5), ('2', '8', 'Bo', null, 6);
insert into staging.invoices values ('1', '57', 'ann@example.com', 'by hand'), ('2', '58', 'bo@example.com', 'rush');
insert into core.customers values ('1', '7', 'Ann Lee', 12.50), ('2', '8', 'Bo', 0);
insert into marts.owed values ('1', '7', 'Ann Lee'), ('2', '8', 'Bo');
insert into ops.activity values
    ('1', 'Customer', '7', 'Ann Lee', 'DisplayName', 'Ann Ray', 'Ann Lee'),
    ('1', 'Invoice', '57', '1001', 'DueDate', '2026-01-01', '2026-01-02');
insert into checks.differences values
    ('1', 'content', 'Customer', '7', 'CreditLimit', '5', '6', 1),
    ('1', 'content', 'Vendor', '7', 'BillRate', '5', '6', 1),
    ('1', 'aged_receivables', 'Customer', '7', 'd1_30', '5', '6', 1);
insert into checks.results values ('1', 'core.customers', 'display_name', 'Ann Lee'), ('1', 'books', 'sum', '4');
"""
MACRO = """create or replace macro marts.owed_over(a) as table
with customers as (select * from core.customers)
select customer_id, customers.display_name, customers.balance from customers where balance > a"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    with open_warehouse(found) as warehouse:
        warehouse.execute(TABLES)
    return found


def published(
    home: Home,
    realm_ids: tuple[str, ...] = ("1", "2"),
    *,
    leave_out_columns: str = "",
    hash_columns: str = "",
) -> None:
    """Publishes with these settings."""
    with open_warehouse(home) as warehouse:
        withheld = withheld_columns(warehouse, leave_out_columns.split(), hash_columns.split(), [MACRO])
        publish(warehouse, home, realm_ids, [MACRO], withheld)


def read(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.analytics), read_only=True) as connection:
        return connection.execute(query).fetchall()


def hash_in(home: Home, text: str) -> str:
    """The hash of a text, by Python's own HMAC."""
    return f"hashed:{hmac.new(home.hash_key.read_bytes(), text.encode(), hashlib.sha256).hexdigest()}"


def test_left_out_columns_are_not_there(home: Home) -> None:
    """Withheld columns are absent from the published file and from Parquet, and stay in the warehouse."""
    published(home, leave_out_columns="*email invoices.private_note marts.*.customer_name")
    columns = read(home, "select table_name || '.' || column_name from duckdb_columns() where not internal")
    names = {name for (name,) in columns}
    assert (
        not {"customers.email", "invoices.bill_email", "invoices.private_note", "owed.customer_name"} & names
    )
    assert {"customers.display_name", "invoices.invoice_id"} <= names
    parquet = duckdb.sql(f"from '{home.parquet}/owed.parquet'").columns
    assert parquet == ["realm_id", "customer_id"]
    with open_warehouse(home) as warehouse:
        assert warehouse.execute("select email from staging.customers").fetchall() == [
            ("ann@example.com",),
            (None,),
        ]


def test_hashes_are_keyed_and_join(home: Home) -> None:
    """HMAC-SHA256 over a secret of the data folder; one address has one hash everywhere, null stays null."""
    published(home, hash_columns="*email")
    ann = hash_in(home, "ann@example.com")
    assert read(home, "select email from staging.customers order by 1") == [(ann,), (None,)]
    assert read(
        home, "select invoice_id from staging.invoices join staging.customers on email = bill_email"
    ) == [("57",)]
    assert home.hash_key.stat().st_mode & 0o777 == 0o600
    assert read(home, "select comment from duckdb_columns() where column_name = 'email'") == [
        ("Hashed by a setting: equal values have equal hashes.",)
    ]
    published(home, hash_columns="*email")
    assert read(home, "select email from staging.customers order by 1")[0] == (ann,)


def test_a_company_that_is_not_published_again_is_withheld_all_the_same(home: Home) -> None:
    """Yesterday's rows meet today's settings: hashed once and not twice, and left out."""
    published(home)
    for _ in range(2):
        published(home, ("1",), leave_out_columns="private_note", hash_columns="*email")
        assert read(home, "select bill_email from staging.invoices where realm_id = '2'") == [
            (hash_in(home, "bo@example.com"),)
        ]
        assert read(home, "select count(*) from duckdb_columns() where column_name = 'private_note'") == [
            (0,)
        ]
    assert b"bo@example.com" not in home.analytics.read_bytes()


def test_a_macro_reads_null_where_a_name_is_left_out(home: Home) -> None:
    """Its figures stay; of a hashed name it shows the hash."""
    published(home, leave_out_columns="display_name customer_name")
    assert read(home, "from marts.owed_over(1)") == [("7", None, 12.5)]
    published(home, hash_columns="display_name customer_name")
    assert read(home, "select display_name from marts.owed_over(1)") == [(hash_in(home, "Ann Lee"),)]


def test_the_ledger_does_not_repeat_a_hashed_name(home: Home) -> None:
    """Before, after and the object's name are hashed as they are in staging; other rows stay."""
    published(home, hash_columns="display_name")
    assert read(home, "select doc_number, before, after from ops.activity order by entity") == [
        tuple(hash_in(home, name) for name in ("Ann Lee", "Ann Ray", "Ann Lee")),
        ("1001", "2026-01-01", "2026-01-02"),
    ]
    published(home, leave_out_columns="display_name")
    assert read(home, "select doc_number, before, after from ops.activity order by entity")[0] == (None,) * 3


def test_the_ledger_knows_the_column_of_each_field() -> None:
    """References are ids; every other field of the ledger can be withheld, by the name that the ledger gives it."""
    heads = [mapping.read(entity.name)[0] for entity in CATALOGUE]
    columns = [column for head in heads for column in head.columns.values()]
    named = {path[-1] for column in columns for path in column.fields}
    assert {field for field in activity.FIELDS if not field.endswith("Ref")} <= named


def test_checks_do_not_repeat_what_is_withheld(home: Home) -> None:
    """Values of the column, and of any field of an object that has one; totals of tie-outs stay."""
    published(home, leave_out_columns="credit_limit display_name")
    assert read(
        home, "select expected, actual, amount_diff from checks.differences order by check_name, entity"
    ) == [
        ("5", "6", 1),
        (None, None, None),
        ("5", "6", 1),
    ]
    assert read(home, "select observed from checks.results order by all") == [("4",), (None,)]


@pytest.mark.parametrize(
    ("leave_out_columns", "hash_columns", "sentence"),
    [
        ("bil_email", "", "no published column is called so. Near it are bill_email"),
        ("invoices.privatenote", "", "Near it are invoices.private_note"),
        ("customer_id", "", "staging.customers.customer_id is a key|core.customers.customer_id is a key"),
        ("", "realm_id", "is a key: joins and counts need it"),
        ("*_id", "", "is a key"),
        ("", "credit_limit", r"credit_limit is no text \(DECIMAL\(18,2\)\)"),
        ("core.customers.balance", "", "closing screen need core.customers.balance"),
        ("ops.activity.before", "", "of staging, core, marts or history"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    home: Home, leave_out_columns: str, hash_columns: str, sentence: str
) -> None:
    """A setting that cannot be met is refused with its name, the column, and what may have been meant."""
    with pytest.raises(ConfigurationError, match=sentence) as refused, open_warehouse(home) as warehouse:
        withheld_columns(warehouse, leave_out_columns.split(), hash_columns.split(), [MACRO])
    assert str(refused.value).startswith("sources.quickbooks.")


def test_a_pattern_passes_over_keys(home: Home) -> None:
    """A pattern withholds everything about customers but their keys, and leaving out wins over hashing."""
    with open_warehouse(home) as warehouse:
        withheld = withheld_columns(warehouse, ["staging.customers.*"], ["email"])
    assert withheld.left_out_names == {
        f"staging.customers.{name}" for name in ("display_name", "email", "credit_limit")
    }
    assert withheld.hashed == frozenset()


def test_a_backup_keeps_the_key(home: Home) -> None:
    """Hashes are the same after a restore as before it."""
    published(home, hash_columns="email")
    key = home.hash_key.read_bytes()
    archive = backup(home, Environment.SANDBOX)
    home.hash_key.unlink()
    restore(home, archive, Environment.SANDBOX, force=True)
    assert home.hash_key.read_bytes() == key


def test_without_settings_no_key_is_made(home: Home) -> None:
    """Nothing is withheld, and nothing is kept for it."""
    published(home)
    assert not Withheld() and not home.hash_key.exists()


@pytest.mark.parametrize("given", ["*Email, notes", '["*email", "notes"]', ["*email", "notes"]])
def test_settings_are_lists_or_text(given: object) -> None:
    """The settings of columns accept the notations of realm_ids, in any case."""
    assert settings(hash_columns=given).hash_columns == ("*email", "notes")


def test_a_name_that_can_be_no_column_is_refused_at_once() -> None:
    """A name that can be no column is refused before anything is asked."""
    with pytest.raises(ConfigurationError, match="leave_out_columns holds 'a.b.c.d'"):
        settings(leave_out_columns="a.b.c.d")


def test_a_real_folder_published_with_settings(copied: Installation) -> None:
    """Names, addresses and mail are withheld, both macros answer, the screen still has its numbers."""
    people = ["*email", "*_line?", "*_city", "notes", "private_note", "company_name"]
    names = ["display_name", "full_name", "*customer_name"]
    run = copied.run(steps=["publish"], leave_out_columns=people, hash_columns=names)
    assert run.carry_out() is Exit.PUBLISHED, copied.findings()
    assert "owed to us" in closing(copied.home, run)
    for macro in ("ar_aging_as_of", "ar_aging_by_customer_as_of"):
        rows = read(
            copied.home,
            f"select customer_name, root_customer_name from marts.{macro}(date '2026-11-20')",
        )
        assert rows and all(str(name).startswith("hashed:") for row in rows for name in row)
    with copied.warehouse() as connection:
        (mail,) = connection.execute(
            "select email from staging.customers where email is not null limit 1"
        ).fetchall()[0]
    assert str(mail).encode() not in copied.home.analytics.read_bytes()


def test_a_wrong_name_fails_the_night_and_changes_nothing(copied: Installation) -> None:
    """Exit 1 with the sentence before QuickBooks is asked; yesterday's file stays."""
    before = copied.home.analytics.stat().st_mtime_ns
    assert copied.night(steps=["check", "publish"], leave_out_columns=["emial"]) is Exit.FAILED
    assert "Near it are email" in copied.findings()[0]
    assert copied.home.analytics.stat().st_mtime_ns == before


@pytest.mark.parametrize("now", [{"leave_out_columns": ["email"]}, {"hash_columns": ["email"]}])
def test_no_way_back_to_a_file_that_shows_what_is_withheld_now(home: Home, now: dict[str, list[str]]) -> None:
    """Files published under the setting can be put back, those from before it cannot; keys are no matter of it."""
    published(home)
    published(home, **{setting: " ".join(names) for setting, names in now.items()})
    published(home, **{setting: " ".join(names) for setting, names in now.items()})
    with pytest.raises(ShowsWhatIsWithheld, match=r"withheld staging\.customers\.email, and shows it"):
        rollback(home, rollback_files(home)[-1].name, **now)
    assert rollback(home, rollback_files(home)[1].name, **now) == rollback_files(home)[1]
    assert not [path.name for path in home.path.iterdir() if path.name.endswith(".new")]


CARD = "4012888888881881"


def test_a_card_number_is_masked_wherever_it_would_be_published(home: Home) -> None:
    """Its last four digits stay, in every schema and of every company; a barcode and other texts stay whole."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            f"""create schema history;
            create table history.open_items as select '1' as realm_id, '{CARD}' as doc_number;
            create table staging.items as
            select * from (values ('1', '3', '4222222222222'), ('2', '4', '{CARD}')) as row(realm_id, item_id, sku);
            update staging.invoices set private_note = 'card 4012 8888 8888 1881, EAN 4051230000076'
            where invoice_id = '57'"""
        )
    published(home)
    published(home, ("2",))  # the other's rows come out of yesterday's file
    assert read(home, "select private_note from staging.invoices order by invoice_id") == [
        ("card …1881, EAN 4051230000076",), ("rush",)
    ]  # fmt: skip
    assert read(home, "select sku from staging.items order by item_id") == [("4222222222222",), ("…1881",)]
    assert read(home, "select doc_number from history.open_items") == [("…1881",)]
    parquet = home.path / "parquet"
    assert CARD.encode() not in b"".join(path.read_bytes() for path in parquet.rglob("*.parquet"))


def test_a_setting_has_a_card_number_stop_its_company(copied: Installation) -> None:
    """The sentence names table, id and column and not the number; the other company is published."""
    rule = {"stop_at_card_numbers": True}
    books = copied.server.world.companies[FIRST]
    id = books.objects("Invoice")[0]["Id"]
    books.update("Invoice", id, PrivateNote="card 4012 8888 8888 1881, exp 1/30")
    assert copied.night(entities=["Invoice"], **rule) is Exit.CHECKS_FAILED
    assert copied.last is not None
    assert [outcome.realm_id for outcome in copied.last.outcomes if outcome.is_sound] == [SECOND]
    (finding,) = copied.findings()
    assert f"staging.invoices {id}, private_note" in finding
    assert CARD not in finding.replace(" ", "") and "1881" in finding
    withheld = ["private_note"]
    assert (
        copied.night(FIRST, steps=["check", "publish"], leave_out_columns=withheld, **rule) is Exit.PUBLISHED
    )
    # Though it passed its check, under other settings:
    assert copied.night(FIRST, steps=["publish"], **rule) is Exit.CHECKS_FAILED
    assert f"the first in staging.invoices {id}, private_note" in copied.findings()[0]
    assert copied.night(FIRST, steps=["publish"]) is Exit.PUBLISHED


def test_a_card_number_that_was_corrected_is_masked_in_the_ledger(home: Home) -> None:
    """The ledger keeps the event, but masks the card number."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            f"insert into ops.activity values ('2', 'Invoice', '9', '{CARD}', 'DocNumber', '{CARD}', '1009')"
        )
    published(home)
    assert read(home, "select doc_number, before, after from ops.activity where id = '9'") == [
        ("…1881", "…1881", "1009")
    ]
