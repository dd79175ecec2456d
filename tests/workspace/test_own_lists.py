"""People's own lists: read whole or not at all, and what became of them is said."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.base.errors import ConfigurationError
from pipelines.cli import main
from pipelines.nightly.own_list_coverage import coverage
from pipelines.published.backup import backup
from pipelines.published.privacy import withheld_columns
from pipelines.published.publish import publish
from pipelines.published.restore import FolderTaken, restore
from pipelines.workspace import own_lists
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment
from pipelines.workspace.warehouse import open_warehouse
from tests.support.books import Books
from tests.support.harness import Installation
from transforms.engine.csv_inputs import (
    Campaign,
    CampaignContact,
    Contact,
    ContactOverride,
    Conversation,
    Inputs,
)

DOCS = Path(__file__).parents[2] / "docs"
NONE = {
    "contacts": [],
    "contact_overrides": [],
    "campaigns": [],
    "campaign_contacts": [],
    "conversations": [],
}
FIRST = "9130350000000001"


def test_lists_that_are_not_there_are_empty(tmp_path: Path) -> None:
    """Lists whose files do not exist are empty."""
    assert own_lists.read(tmp_path) == NONE


def test_files_as_spreadsheets_write_them(tmp_path: Path) -> None:
    """Lists are read as spreadsheets write them, with marks, quotes, empty lines and columns in any order."""
    (tmp_path / "contacts.csv").write_bytes(
        b'\xef\xbb\xbfName,ID,Phone,E-Mail,email\r\n"Lee, Ann",007,"1,\r\n2",x,A@x.com\r\n\r\n,,,,\r\n , 8 ,,,\r\n'
    )
    (tmp_path / "contact_overrides.csv").write_text(
        "contact_id,customer_id,decision,realm_id\n7,1,Confirm,\n7,1,reject,9\n"
    )
    (tmp_path / "campaigns.csv").write_text("campaign_id,name,cost\nc,,12.5\n")
    (tmp_path / "campaign_contacts.csv").write_text(
        "campaign_id,contact_id,touch_date,held_out\nc,7,2026-03-31,\nc,7,2026-04-30,no\nc,8,2026-03-31,YES\n"
    )
    (tmp_path / "conversations.csv").write_text(
        "Number_or_address,Time,Direction,Channel\n650 555 3311,2026-03-31T9:05:00Z,Outbound,Call\n"
        "ann@x.com,2026-04-01,IN,email\n"
    )
    assert own_lists.read(tmp_path) == {
        "contacts": [Contact("007", "Lee, Ann", "1,\r\n2", "A@x.com"), Contact("8")],
        "contact_overrides": [ContactOverride("7", "1"), ContactOverride("7", "1", "9", "reject")],
        "campaigns": [Campaign("c", None, Decimal("12.5"))],
        "campaign_contacts": [
            CampaignContact("c", "7", datetime.date(2026, 3, 31)),
            CampaignContact("c", "7", datetime.date(2026, 4, 30)),
            CampaignContact("c", "8", datetime.date(2026, 3, 31), True),
        ],
        "conversations": [
            Conversation("1", "650 555 3311", datetime.date(2026, 3, 31), "9:05:00", "out", "call"),
            Conversation("2", "ann@x.com", datetime.date(2026, 4, 1), None, "in", "email"),
        ],
    }


CONTACTS = "id,name,phone,email\n"
OVERRIDES = "contact_id,customer_id,decision\n"
TOUCHES = "campaign_id,contact_id,touch_date,held_out\n"
TALKS = "number_or_address,time,direction,channel\n"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("contacts.csv", "", "contacts.csv is empty. Its first line names the columns: id, name, phone, email"),
        ("contacts.csv", "id,name,phone\n1,a,b\n", "contacts.csv has no column email"),
        ("contacts.csv", "id;name;phone;email\n", "contacts.csv is separated by semicolons. Save it with commas"),
        ("contacts.csv", "id,name,phone,email,ID\n", "contacts.csv has two columns id"),
        ("contacts.csv", CONTACTS + "1,Ann,1,2,3\n", "line 2, has 5 fields, but the first line names 4 columns"),
        ("contacts.csv", CONTACTS + "1,Ann\n", "line 2, has 2 fields"),
        ("contacts.csv", CONTACTS + '1,Ann,1,2\n2,"Bo,3,4\n', "line 3, is no CSV"),
        ("contacts.csv", CONTACTS + "1,Ann,1,2\n,Bo,3,4\n", "line 3, has no id. Fill it in"),
        ("contacts.csv", CONTACTS + "1,A,1,2\n2,B,1,2\n1,C,1,2\n", "line 4, says again what line 2 says"),
        ("contact_overrides.csv", OVERRIDES + "1,2,maybe\n", "line 2, decides 'maybe'. A decision is"),
        ("contact_overrides.csv", OVERRIDES + "1,,reject\n", "line 2, has no customer_id"),
        ("contact_overrides.csv", OVERRIDES + "1,2,reject\n1,2,confirm\n", "line 3, says again"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,\n", "line 2, has no cost"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,ten\n", "line 2, has a cost of 'ten'. Write a sum of money"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,-1\n", "line 2, has a cost of '-1'"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,1.005\n", "line 2, has a cost of '1.005'"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,inf\n", "line 2, has a cost of 'inf'"),
        ("campaigns.csv", "campaign_id,name,cost\nc,C,1e30\n", "line 2, has a cost of '1e30'"),
        ("campaigns.csv", 'campaign_id,name,cost\nc,C,"1,000"\n', "line 2, has a cost of '1,000'"),
        ("campaigns.csv", "campaign_id,name,cost\nunattributed,C,1\n", "line 2, calls a campaign unattributed"),
        ("campaign_contacts.csv", TOUCHES + "c,1,31.3.2026,\n", "line 2, has the touch_date '31.3.2026'. Write a date"),
        ("campaign_contacts.csv", TOUCHES + "c,1,2026-02-30,\n", "line 2, has the touch_date '2026-02-30'"),
        ("campaign_contacts.csv", TOUCHES + "c,1,2026-03-31,perhaps\n", "line 2, has 'perhaps' as held_out"),
        ("conversations.csv", TALKS + "a@x.com,31.3.2026,out,call\n", "line 2, has the time '31.3.2026'. Write a date"),
        ("conversations.csv", TALKS + "a@x.com,2026-02-30,out,call\n", "line 2, has the time '2026-02-30'"),
        ("conversations.csv", TALKS + "a@x.com,2026-03-31,to,call\n", "line 2, has the direction 'to'. Write one of"),
        ("conversations.csv", TALKS + ",2026-03-31,out,call\n", "line 2, has no number_or_address"),
        ("campaign_contacts.csv", TOUCHES + "d,1,2026-03-31,\n", "names campaign d, which "),
        (
            "campaign_contacts.csv",
            TOUCHES + "c,1,2026-03-31,\nc,1,2026-04-01,yes\n",
            "says that campaign c both reached contact 1 and held it out",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_described_is_refused(tmp_path: Path, file: str, text: str, said: str) -> None:
    """A malformed list is refused in a sentence with the file, the line and what to do."""
    (tmp_path / "campaigns.csv").write_text("campaign_id,name,cost\nc,C,1\n")
    (tmp_path / file).write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        own_lists.read(tmp_path)
    assert said in str(refused.value)
    assert str(tmp_path / file) in str(refused.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """A list that is not UTF-8 is refused with advice on how to save it."""
    (tmp_path / "contacts.csv").write_bytes(CONTACTS.encode() + "1,Müller,1,2\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="is no UTF-8 text. Save it as CSV UTF-8"):
        own_lists.read(tmp_path)


def test_a_bad_file_ends_the_command_with_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A malformed list ends every command that may build, before QuickBooks is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path))
    (tmp_path / "contacts.csv").write_text("id,name\n")
    for command in ("run", "transform", "check"):
        result = CliRunner().invoke(main, [command])
        assert (result.exit_code, "contacts.csv has no column phone, email" in result.output) == (1, True)


def shown(installation: Installation) -> list[Contact]:
    """Contacts with addresses that one customer of the first company has alone, and a stranger."""
    with installation.warehouse() as warehouse:
        rows = warehouse.execute(
            """select min(root_customer_id), email from core.customers where realm_id = ? and email is not null
            group by email having count(distinct root_customer_id) = 1 order by all limit 5""",
            [FIRST],
        ).fetchall()
    return [*(Contact(f"k{id}", None, None, email) for id, email in rows), Contact("stranger")]


def test_nights_keep_to_the_lists_and_say_how_many_were_matched(copied: Installation) -> None:
    """A decision holds the next night too, and lines that mean nobody are named."""
    said: list[str] = []
    contacts = shown(copied)
    rejected = contacts[0]
    inputs = Inputs(
        contacts=contacts,
        contact_overrides=[
            ContactOverride(rejected.contact_id, rejected.contact_id[1:], FIRST, "reject"),
            ContactOverride("stranger", "no such customer"),
        ],
    )
    for _ in range(2):
        run = copied.run(FIRST, steps=["transform"], inputs=inputs)
        assert run.carry_out(said.append) is Exit.PUBLISHED
        with copied.warehouse() as warehouse:
            rows = warehouse.execute(
                "select contact_id, status from marts.contact_matches where realm_id = ?", [FIRST]
            ).fetchall()
        assert dict(rows) == {contact.contact_id: "matched" for contact in contacts} | {
            rejected.contact_id: "rejected", "stranger": "unmatched",
        }  # fmt: skip
        assert f"{FIRST}: of 6 contacts 4 matched, 0 ambiguous, 2 unmatched" in said
        assert (
            "contact_overrides.csv: 1 name a contact or customer that is not there: stranger / no such customer"
            in said
        )
        said.clear()


def test_the_example_columns_of_the_configuration_cover_what_came_from_the_lists(
    copied: Installation,
) -> None:
    """The example settings keep every number and address of contacts and customers out of the published file."""
    contacts = [contact._replace(phone="+16505553311") for contact in shown(copied)]
    patterns = {
        "leave_out_columns": ("*phone", "mobile", "fax", "*_line?", "*_note", "notes", "tax_identifier"),
        "hash_columns": ("*email",),
    }
    assert copied.night(FIRST, steps=["transform"], inputs=Inputs(contacts=contacts)) is Exit.PUBLISHED
    with open_warehouse(copied.home) as warehouse:
        publish(warehouse, copied.home, [FIRST], withheld=withheld_columns(warehouse, **patterns))
    with duckdb.connect(str(copied.home.analytics), read_only=True) as published:
        for table in ("core.contact_keys", "marts.contact_matches", "marts.customer_contacts"):
            text = published.execute(f"select string_agg(t::varchar, ';') from {table} t").fetchall()[0][0]
            assert "k" in text and "@" not in text and "5553311" not in text, table
        shared = published.execute(
            """select count(distinct contact_id) from marts.contact_matches
            join core.contact_keys on entity_type = 'Customer' and entity_id = customer_id and email = matched_email
            where status = 'matched' and contact_matches.realm_id = contact_keys.realm_id"""
        ).fetchall()
        assert shared == [(5,)], "equal addresses have equal hashes"


def test_a_backup_takes_the_lists_along(copied: Installation, tmp_path: Path) -> None:
    """A backup contains the lists, and a folder that has lists is not overwritten."""
    for file in (DOCS / "examples").glob("*.csv"):
        shutil.copy(file, copied.home.path)
    archive = backup(copied.home, Environment.EMBEDDED, tmp_path / "backup.tar")
    other = Home(tmp_path / "other")
    (other.path / "contacts.csv").write_text(CONTACTS)
    with pytest.raises(FolderTaken, match=r"contacts\.csv is there already"):
        restore(other, archive, Environment.EMBEDDED)
    (other.path / "contacts.csv").unlink()
    restore(other, archive, Environment.EMBEDDED)
    assert own_lists.read(other.path) == own_lists.read(copied.home.path) != NONE


def test_the_shipped_examples_do_what_the_documentation_says(tmp_path: Path) -> None:
    """The shipped lists give each status once and the line that the documentation shows."""
    books = Books()
    books.realm_id, books.realms = FIRST, {FIRST}
    books.put("CompanyInfo", "1", Country="US")
    for id, phone, email in [
        ("330", "(916) 555-1235", "accounts@copperstudiopartners.example"),
        ("40", "(530) 555-9815", "accounts@larchbakerypartners.example"),
        ("379", "(415) 555-1693", "accounts@tidewaterproperties.example"),
        ("32", "(530) 555-6569", "accounts@contact.example"),
        ("49", "(458) 555-1069", "accounts@contact.example"),
        ("309", "(971) 555-2232", "accounts@carmenvance.example"),
    ]:
        books.customer(id, PrimaryPhone={"FreeFormNumber": phone}, PrimaryEmailAddr={"Address": email})
    books.invoice("1", 100, "2026-08-02", customer="40")
    inputs = own_lists.read(DOCS / "examples")
    books.build(**inputs)
    assert books.rows(
        "select contact_id, customer_id, tier, status from marts.contact_matches order by all"
    ) == [
        ("1", "330", 1, "matched"),
        ("2", "40", 2, "matched"),
        ("3", "379", 3, "matched"),
        ("4", "32", 3, "ambiguous"),
        ("4", "49", 3, "ambiguous"),
        ("5", "32", 3, "outdone"),
        ("5", "49", 3, "matched"),
        ("6", "309", 2, "rejected"),
        ("7", None, None, "unmatched"),
    ]
    assert list(coverage(books.connection, Inputs(**inputs))) == [
        f"{FIRST}: of 7 contacts 4 matched, 1 ambiguous, 2 unmatched",
        f"{FIRST}: of 3 conversations 2 with a known customer",
    ]
    assert (
        f"{FIRST}: of 7 contacts 4 matched, 1 ambiguous, 2 unmatched\n" in (DOCS / "contacts.md").read_text()
    )
    assert books.rows(
        "select campaign_id, contacts, held_out_contacts, revenue from marts.campaign_roi order by 1"
    ) == [
        ("autumn-calls", 1, 0, 0),
        ("spring-mailing", 3, 1, 100),
        ("unattributed", 0, 0, 0),
    ]


def test_the_documentation_names_every_column(tmp_path: Path) -> None:
    """The documentation names every list and each of its columns."""
    text = (DOCS / "contacts.md").read_text()
    for file in own_lists.FILES:
        head = (DOCS / "examples" / file).read_text().splitlines()[0]
        assert file in text
        assert all(f"| `{column}` |" in text for column in head.split(",")), file
