"""The read endpoints over a socket: what they answer is what the published file and QuickBooks say, to the cent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.embedded.reports.registry import answer_report
from pipelines.embedded.world import World
from pipelines.serve.access.keys import Keys
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings
from tests.support.running import Running, running

REALM, OTHER = "9130350000000001", "9130350000000002"
LISTS = ("/customers", "/invoices", "/payments", "/accounts", "/ar-aging")


@pytest.fixture(scope="module")
def home(after_one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A folder that holds the small world's published file, and nothing else."""
    home = Home(tmp_path_factory.mktemp("reads"))
    shutil.copyfile(after_one_night / "home" / "analytics.duckdb", home.analytics)
    return home


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Running]:
    with running(home) as server:
        yield server


@pytest.fixture(scope="module")
def file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The second route: SQL of the tests to a copy of the file."""
    copy = home.path / "copy.duckdb"
    shutil.copyfile(home.analytics, copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection


def whole(server: Running, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All rows, page by page; amounts as they are written."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = server.get(path, limit=50, offset=len(rows), **parameters)
        assert answer.status_code == 200, answer.text
        told = json.loads(answer.text, parse_float=Decimal)
        rows += told["rows"]
        if told["next_offset"] is None:
            assert told["total"] == len(rows)
            return rows


def one(file: duckdb.DuckDBPyConnection, question: str, *values: Any) -> Any:
    return file.execute(question, list(values)).fetchall()[0][0]


@pytest.mark.parametrize(
    ("path", "table", "key"),
    [
        ("/customers", "core.customers", "customer_id"),
        ("/invoices", "marts.invoices", "invoice_id"),
        ("/payments", "staging.payments", "payment_id"),
        ("/accounts", "core.accounts", "account_id"),
        ("/ar-aging", "marts.ar_aging_by_customer", "customer_id"),
    ],
)
def test_every_row_once(
    server: Running, file: duckdb.DuckDBPyConnection, path: str, table: str, key: str
) -> None:
    """All pages together give every row once, of the company asked for alone."""
    for realm_id in (REALM, OTHER):
        ids = [row[key] for row in whole(server, path, realm_id=realm_id)]
        there = file.execute(f"select {key} from {table} where realm_id = ?", [realm_id]).fetchall()
        assert len(ids) == len(set(ids)) and set(ids) == {id for (id,) in there}


def test_amounts_are_exact(server: Running, file: duckdb.DuckDBPyConnection) -> None:
    """Amounts keep both of their decimals, also where they are zeros."""
    rows = whole(server, "/invoices", realm_id=REALM)
    assert sum(row["balance_due"] for row in rows) == one(
        file, "select sum(balance_due) from marts.invoices where realm_id = ?", REALM
    )
    assert {row["total_amount"].as_tuple().exponent for row in rows} == {-2}


FILTERS: list[tuple[str, dict[str, Any], str]] = [
    (
        "/invoices",
        {"from_date": "2026-09-01", "to_date": "2026-10-15"},
        "txn_date between '2026-09-01' and '2026-10-15'",
    ),
    ("/invoices", {"last_days": 30}, "txn_date > as_of_date - 30"),
    ("/invoices", {"customer_id": "3"}, "customer_id = '3'"),
    ("/invoices", {"name_contains": "AR"}, "customer_name ilike '%ar%'"),
    ("/invoices", {"min_balance": "100.50"}, "balance_due >= 100.50"),
    (
        "/invoices",
        {"item_type": "inventory"},
        """list_contains((select list(invoice_id) from staging.invoice_lines as lines join staging.items as items
        using (realm_id, item_id) where realm_id = '9130350000000001' and item_type = 'Inventory'), invoice_id)""",
    ),
    (
        "/invoices",
        {"overdue_as_of": "2026-09-30"},
        """list_contains((select list(doc_id) from marts.ar_aging_as_of(date '2026-09-30') where doc_type = 'Invoice'
        and realm_id = '9130350000000001' and due_date < '2026-09-30' and open_amount > 0), invoice_id)""",
    ),
    ("/customers", {"name_contains": "%"}, "contains(display_name, '%')"),
    ("/customers", {"min_balance": 1}, "balance >= 1"),
    ("/customers", {"active": "false"}, "not is_active"),
    (
        "/customers",
        {"overdue_as_of": "2026-10-31"},
        """list_contains((select list(customer_id) from marts.ar_aging_by_customer_as_of(date '2026-10-31')
        where realm_id = '9130350000000001' and overdue_amount > 0), customer_id)""",
    ),
    ("/payments", {"min_balance": 0.01}, "unapplied_amount > 0"),
    ("/payments", {"to_date": "2026-06-30"}, "txn_date <= '2026-06-30'"),
    ("/accounts", {"account_type": "Accounts receivable"}, "account_type = 'Accounts Receivable'"),
    ("/accounts", {"name_contains": "checking"}, "full_name ilike '%checking%'"),
    ("/ar-aging", {"min_balance": 500}, "total_open >= 500"),
]
TABLES = {
    "/customers": "core.customers",
    "/invoices": "marts.invoices",
    "/payments": "staging.payments",
    "/accounts": "core.accounts",
    "/ar-aging": "marts.ar_aging_by_customer",
}


@pytest.mark.parametrize(("path", "given", "sql"), FILTERS, ids=lambda value: str(value)[:40])
def test_filters(
    server: Running, file: duckdb.DuckDBPyConnection, path: str, given: dict[str, Any], sql: str
) -> None:
    """Each filter lets through the same rows as SQL does: some, and not all."""
    found = server.get(path, realm_id=REALM, limit=1, **given).json()["total"]
    count = f"select count(*) from {TABLES[path]} where realm_id = ?"
    assert found == one(file, f"{count} and {sql}", REALM)
    assert found < one(file, count, REALM)
    if "%" not in given.get("name_contains", ""):
        assert found > 0


def test_filters_together(server: Running) -> None:
    """Several filters together hold for every row."""
    given = {"last_days": 365, "min_balance": 10, "overdue_as_of": "2026-11-01", "item_type": "Service"}
    rows = whole(server, "/invoices", realm_id=REALM, **given)
    assert rows
    for row in rows:
        assert row["balance_due"] >= 10 and row["open_amount_then"] > 0
        assert row["days_past_due_then"] == (date(2026, 11, 1) - date.fromisoformat(row["due_date"])).days


def test_aging_of_a_past_day(server: Running, file: duckdb.DuckDBPyConnection) -> None:
    """The aging of a past day is the macro's and sums to what was open then."""
    rows = whole(server, "/ar-aging", realm_id=REALM, as_of="2026-08-31")
    question = (
        "select sum(total_open) from marts.ar_aging_by_customer_as_of(date '2026-08-31') where realm_id = ?"
    )
    assert {row["as_of_date"] for row in rows} == {"2026-08-31"}
    assert sum(row["total_open"] for row in rows) == one(file, question, REALM)
    overdue = whole(server, "/ar-aging", realm_id=REALM, as_of="2026-08-31", overdue_as_of="2026-08-31")
    assert 0 < len(overdue) < len(rows) and all(row["overdue_amount"] > 0 for row in overdue)


def test_one_customer(server: Running, file: duckdb.DuckDBPyConnection) -> None:
    """A customer's answer has its row, value and behaviour by period, and what it owes item by item."""
    id = one(
        file,
        """select arg_max(customer_id, total_open) from marts.ar_aging_by_customer as customers
        where realm_id = ? and total_open = (
            select sum(open_home) from marts.ar_aging_by_invoice as invoices
            where invoices.realm_id = customers.realm_id and invoices.customer_id = customers.customer_id
        )""",
        REALM,
    )
    told = json.loads(server.get(f"/customers/{id}", realm_id=REALM).text, parse_float=Decimal)
    assert told["customer"]["customer_id"] == told["value"]["customer_id"] == id
    assert {row["period"] for row in told["behaviour"]} == {"90d", "365d", "all"}
    assert sum(row["open_amount"] for row in told["open_items"]) == told["customer"]["balance"] > 0


def test_a_family_and_who_belongs_to_it(server: Running, file: duckdb.DuckDBPyConnection) -> None:
    """A job's answer has the value and behaviour of its family and everyone in it; families are listed and unfolded."""
    query = """select arg_min(customer_id, customer_id), root_customer_id, count(*) from core.customers
        where realm_id = ? and depth > 0 group by root_customer_id order by count(*) desc, root_customer_id limit 1"""
    job, root, jobs = file.execute(query, [REALM]).fetchall()[0]
    family = json.loads(server.get(f"/customers/{job}", realm_id=REALM).text)["family"]
    assert (family["value"]["level"], family["value"]["root_customer_id"]) == ("family", root)
    assert [row["customer_id"] for row in family["customers"]][0] == root
    assert len(family["customers"]) == family["value"]["customer_count"] == jobs + 1
    assert {row["level"] for row in family["behaviour"]} <= {"family"}
    members = json.loads(server.get("/customers", realm_id=REALM, root_customer_id=root).text)
    assert members["total"] == jobs + 1
    families = json.loads(server.get("/customers", realm_id=REALM, level="family").text)
    tops = "select count(*) from core.customers where realm_id = ? and depth = 0"
    assert families["total"] == one(file, tops, REALM)


@pytest.mark.parametrize(
    ("path", "entity"),
    [
        ("/customers", "Customer"),
        ("/invoices", "Invoice"),
        ("/payments", "Payment"),
        ("/accounts", "Account"),
    ],
)
@pytest.mark.parametrize("realm_id", [REALM, OTHER])
def test_quickbooks_s_own_names(
    server: Running, after_one_night: Path, path: str, entity: str, realm_id: str
) -> None:
    """Every field in QuickBooks's form equals the one in QuickBooks, in lines and links too."""
    answer = server.get(path, realm_id=realm_id, limit=1000, shape="qbo")
    ours = json.loads(answer.text, parse_float=Decimal)["QueryResponse"][entity]
    company = World.load(after_one_night / "books").companies[realm_id]
    theirs = {found["Id"]: found for found in company.objects(entity)}
    assert {found["Id"] for found in ours} <= set(theirs) and len(ours) > 10
    wrong = [line for found in ours for line in differing(found, theirs[found["Id"]], entity)]
    assert wrong == []
    told = {name for found in ours for name in found}
    assert (
        told
        >= {"Id", "SyncToken", "MetaData"}
        | {
            "Customer": {"DisplayName", "Balance", "Active", "PrimaryEmailAddr"},
            "Invoice": {
                "DocNumber",
                "TxnDate",
                "DueDate",
                "TotalAmt",
                "Balance",
                "CustomerRef",
                "Line",
                "LinkedTxn",
            },
            "Payment": {"TxnDate", "TotalAmt", "UnappliedAmt", "CustomerRef", "Line"},
            "Account": {"Name", "AccountType", "CurrentBalance", "Classification"},
        }[entity]
    )


def differing(ours: Any, theirs: Any, path: str) -> Iterator[str]:
    """Where what we tell is not what they hold; what we do not tell is no difference."""
    if path.endswith(("MetaData", "Ref.name", "DeliveryTime", "domain", "sparse")):
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            yield from differing(value, theirs.get(name), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for mine, their in zip(ours, theirs, strict=True):
            yield from differing(mine, their, path)
    elif isinstance(ours, Decimal | int) and not isinstance(ours, bool):
        if Decimal(ours) != Decimal(str(theirs)):
            yield f"{path}: {ours} is {theirs}"
    elif ours != theirs:
        yield f"{path}: {ours!r} is {theirs!r}"


def test_aging_in_the_form_of_the_report(server: Running, after_one_night: Path) -> None:
    """The aging's total equals QuickBooks's own AgedReceivables, bucket by bucket."""
    company = World.load(after_one_night / "books").companies[REALM]
    day = server.get("/ar-aging", realm_id=REALM, limit=1).json()["as_of_date"]
    theirs = answer_report(company, "AgedReceivables", {"report_date": day, "aging_method": "Report_Date"})
    ours = server.get("/ar-aging", realm_id=REALM, limit=1000, shape="qbo").json()

    def total(report: Any) -> list[Decimal]:
        last = report["Rows"]["Row"][-1]["Summary"]["ColData"]
        return [Decimal(cell["value"] or "0") for cell in last[1:]]

    assert total(ours) == total(theirs) and any(total(ours))
    assert "Summary" not in server.get("/ar-aging", realm_id=REALM, limit=1, shape="qbo").text


def test_a_page_beyond_the_end(server: Running) -> None:
    """In QuickBooks's form an answer without rows names no entity."""
    told = server.get("/accounts", realm_id=REALM, offset=10_000, shape="qbo").json()["QueryResponse"]
    assert "Account" not in told and told["totalCount"] > 0
    assert server.get("/accounts", realm_id=REALM, offset=10_000).json()["rows"] == []


@pytest.mark.parametrize("path", [*LISTS, "/customers/1"])
def test_no_key_no_books(server: Running, path: str) -> None:
    """Without the right key in the right place no books are shown, and the answer says how to get one."""
    asked = [
        server.session.get(f"{server.url}{path}", params={"realm_id": REALM}, timeout=10),
        server.session.get(f"{server.url}{path}", params={"realm_id": REALM, "key": server.key}, timeout=10),
        server.get(path, key="qd_wrong", realm_id=REALM),
        server.get(path, key="", realm_id=REALM),
    ]
    assert [answer.status_code for answer in asked] == [401] * 4
    assert all(answer.headers["WWW-Authenticate"] == "Bearer" for answer in asked)
    assert "quickduck keys new" in asked[0].json()["error"]


@pytest.mark.parametrize(
    ("path", "name", "nearest"),
    [
        ("/payments", "from", "from_date"),
        ("/invoices", "to", "to_date"),
        ("/invoices", "customer", "customer_id"),
        ("/customers", "name", "name_contains"),
        ("/customers/1", "realmid", "realm_id"),
        ("/accounts", "page", None),
        ("/ar-aging", "as-of", "as_of"),
        ("/status", "realm_id", None),
        ("/report", "x", None),
        ("/healthz", "x", None),
        ("/metrics", "verbose", None),
        ("/", "x", None),
        ("/enter", "lnk", "link"),
    ],
)
def test_an_unknown_parameter_is_refused(server: Running, path: str, name: str, nearest: str | None) -> None:
    """A parameter that an address does not take gets status 422, with the nearest one that it takes."""
    answer = server.get(path, **{name: "2026"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(
        f"{path.replace('/1', '/{customer_id}')} takes no parameter {name!r}."
    )
    assert (f"Did you mean {nearest}?" if nearest else "It takes") in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/customers", {}, 422),
        ("/customers", {"realm_id": "1; drop table"}, 422),
        ("/customers", {"realm_id": "777"}, 404),
        ("/customers/no-such", {"realm_id": REALM}, 404),
        ("/customers/' or 1=1 --", {"realm_id": REALM}, 404),
        ("/invoices", {"realm_id": REALM, "from_date": "yesterday"}, 422),
        ("/invoices", {"realm_id": REALM, "limit": 1001}, 422),
        ("/invoices", {"realm_id": REALM, "min_balance": "NaN"}, 422),
        ("/invoices", {"realm_id": [REALM, OTHER]}, 422),
        ("/nowhere", {"realm_id": REALM}, 404),
    ],
)
def test_what_cannot_be_answered(server: Running, path: str, given: dict[str, Any], status: int) -> None:
    """A question that cannot be answered gets a sentence, and nothing of the code."""
    answer = server.get(path, **given)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert "Traceback" not in answer.text and "select" not in answer.text


def test_what_looks_like_sql_is_text(server: Running) -> None:
    """A value that looks like SQL is searched for as text."""
    for name in ("' or 1=1 --", "\\", "%_", "\x00", "🦆"):
        assert server.get("/customers", realm_id=REALM, name_contains=name).json()["total"] == 0


def test_too_many_questions(tmp_path: Path, home: Home) -> None:
    """A key with too many requests is refused with the time to go on, while other keys are answered."""
    with running(home=Home(tmp_path), reads_a_minute=3) as server:
        answers = [server.get("/customers", realm_id=REALM) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [503, 503, 503, 429, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
        assert server.get("/customers", key=Keys(Home(tmp_path)).new(), realm_id=REALM).status_code == 503


def test_nothing_is_published_yet(empty: Running) -> None:
    """Before anything is published, a question gets status 503 and a sentence."""
    answer = empty.get("/invoices", realm_id=REALM)
    assert (answer.status_code, "Nothing is published" in answer.json()["error"]) == (503, True)


def test_the_next_file_is_read_at_once(home: Home, tmp_path: Path) -> None:
    """A night swaps it in by a rename, while questions go on."""
    shutil.copyfile(home.analytics, tmp_path / "analytics.duckdb")
    with running(Home(tmp_path), Settings()) as server:
        before = server.get("/accounts", realm_id=REALM).json()["total"]
        fresh = tmp_path / "fresh.duckdb"
        shutil.copyfile(home.analytics, fresh)
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("delete from core.accounts where account_type = 'Bank'")
        os.replace(fresh, tmp_path / "analytics.duckdb")
        assert server.get("/accounts", realm_id=REALM).json()["total"] < before


def test_a_file_that_somebody_has_open_to_write(home: Home, tmp_path: Path) -> None:
    """A published file that somebody has open to write is read from a copy."""
    target = tmp_path / "analytics.duckdb"
    shutil.copyfile(home.analytics, target)
    holding = f"import duckdb, sys; c = duckdb.connect({str(target)!r}); print('open', flush=True); sys.stdin.read()"
    with (
        running(Home(tmp_path), Settings()) as server,
        subprocess.Popen(
            [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        assert server.get("/accounts", realm_id=REALM).status_code == 200
    assert not list(tmp_path.glob(".reading-*"))


def test_a_column_that_is_left_out(home: Home, tmp_path: Path) -> None:
    """A question that needs a withheld column says why it has no answer, and others are answered without it."""
    target = tmp_path / "analytics.duckdb"
    shutil.copyfile(home.analytics, target)
    with duckdb.connect(str(target)) as connection:
        connection.execute("alter table core.customers drop column display_name")
        connection.execute("alter table staging.customers drop column display_name")
    with running(Home(tmp_path), Settings()) as server:
        assert "display_name" not in server.get("/customers", realm_id=REALM).json()["rows"][0]
        assert "DisplayName" not in server.get("/customers", realm_id=REALM, shape="qbo").text
        assert server.get("/customers", realm_id=REALM, name_contains="a").status_code == 409


def test_dates_are_of_the_company_s_own_clock(server: Running) -> None:
    """The filter `last_days` counts back from the day of the marts, not from this machine's."""
    answer = server.get("/invoices", realm_id=REALM, last_days=30, limit=1000).json()
    as_of = date.fromisoformat(answer["as_of_date"])
    days = {date.fromisoformat(row["txn_date"]) for row in answer["rows"]}
    assert days and as_of - timedelta(days=30) < min(days) and max(days) <= as_of
