"""A few documents in a raw schema of their own, and the tables built from them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pendulum

from pipelines.quickbooks.entities import BY_NAME
from transforms.engine.csv_inputs import Inputs
from transforms.engine.macros import AS_OF
from transforms.engine.runner import Built, build, is_built

ENCODE = msgspec.json.Encoder(decimal_format="number")
MORNING = pendulum.datetime(2026, 1, 1, 6)

NAMED = re.compile(r"\b(core|marts)\.\"?(\w+)")
FEW = 6
"""A test that reads more tables than these, one after another, gets all at once: it takes as long as five of them."""

MACROS = {f"marts.{name}": table for name, (table, _) in AS_OF.items()}

RAW = """
    realm_id varchar, id varchar, sync_token bigint, created_at timestamptz, last_updated_at timestamptz,
    answered_at timestamptz, changed_at timestamptz, payload json, load_id varchar
"""
DELETIONS = """
    realm_id varchar, entity varchar, id varchar, answered_at timestamptz, deleted_at timestamptz,
    found_by varchar, load_id varchar
"""


def day(text: str) -> datetime.date:
    """`01-10` is 10 January 2026; a whole date stands for itself."""
    return datetime.date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def money(amount: str | int | Decimal) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


class Books:
    """One warehouse; every document written belongs to the next load and is answered a minute later.

    Of core and marts only what a test reads is built, and what that selects from.
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._connection = duckdb.connect(path, config={"threads": 1})
        self._connection.execute("create schema if not exists raw")
        self._given: dict[str, Any] = {}
        self._written: dict[str, list[tuple[Any, ...]]] = {}
        self._wanted, self._built = set[str](), set[str]()
        self._is_whole, self._is_asked_for, self._has_begun, self._has_marts = True, False, False, False
        self.realm_id = "1"
        self.realms = {"1"}
        self.minute = 0
        self.load = 0

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, whole."""
        if self._is_asked_for and not self._is_whole:
            self._run(None)
        self._enter()
        return self._connection

    @property
    def as_is(self) -> duckdb.DuckDBPyConnection:
        """The warehouse with what is built so far."""
        self._enter()
        return self._connection

    def close(self) -> None:
        self._connection.close()

    def put(self, entity: str, id: str, /, **fields: Any) -> str:
        """Appends a version of a document, as QuickBooks would send it."""
        return self.put_text(entity, id, ENCODE.encode({"Id": id, **fields}).decode())

    def put_text(self, entity: str, id: str, payload: str) -> str:
        self._finish()
        row = (self.realm_id, id, self._tick(), payload, str(self.load))
        self._written.setdefault(f'raw."{BY_NAME[entity].table}"', []).append(row)
        return id

    def put_all(self, entity: str, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Appends many documents by their ids, at one moment."""
        self._finish()
        answered_at = self._tick()
        self._written.setdefault(f'raw."{BY_NAME[entity].table}"', []).extend(
            (self.realm_id, id, answered_at, ENCODE.encode({"Id": id, **fields}).decode(), str(self.load))
            for id, fields in documents.items()
        )

    def _enter(self) -> None:
        """Loads what was written, each table at once: row by row it took as long as the builds."""
        for table, rows in self._written.items():
            self._connection.execute(f"create table if not exists {table} ({RAW})")
            self._connection.execute(
                f"""insert into {table}
                select realm_id, id, 0, moment, moment, moment, moment, payload::json, load_id
                from (
                    select unnest($1) as realm_id, unnest($2) as id, unnest($3) as moment, unnest($4) as payload,
                        unnest($5) as load_id
                )""",
                [list(column) for column in zip(*rows, strict=True)],
            )
        self._written = {}

    def delete(self, entity: str, id: str) -> None:
        self._finish()
        self._connection.execute(f"create table if not exists raw.deletions ({DELETIONS})")
        answered_at = self._tick()
        row = [self.realm_id, entity, id, answered_at, answered_at, "cdc", str(self.load)]
        self._connection.execute("insert into raw.deletions values (?, ?, ?, ?, ?, ?, ?)", row)

    def change(self, sql: str, *values: Any) -> None:
        """Changes what was loaded or staged, once what was asked for before is built."""
        self._finish()
        self._enter()
        self._connection.execute(sql, values)

    def build(
        self, as_of: str = "12-31", *, full: bool = False, at_once: Collection[str] = (), **inputs: Any
    ) -> None:
        """Builds what is read from now on; what is written afterwards belongs to another load.

        Tables `at_once` are built now: more than a few are then read without everything else.
        """
        self._finish()
        self.load += 1
        dates = dict.fromkeys(self.realms, day(as_of))
        self._given = {"as_of": dates, "inputs": Inputs(**inputs), "full": full}
        self._wanted, self._built = set(at_once), set()
        self._is_whole, self._is_asked_for, self._has_begun = False, True, False
        if at_once:
            self._run(self._wanted)

    def build_all(self, as_of: str = "12-31", **given: Any) -> Built:
        """Builds everything at once."""
        self.build(as_of, **given)
        return self._run(None)

    def stage(self, as_of: str = "12-31", **given: Any) -> Built:
        """Builds staging alone, at once; core and marts follow where they are read."""
        self.build(as_of, **given)
        return self._run(set())

    def _finish(self) -> None:
        """What was written so far is in the build asked for, whether anything was read of it or not."""
        if self._is_asked_for and not self._has_begun:
            self._run(set())
        self._is_asked_for = False

    def _run(self, only: set[str] | None) -> Built:
        """The macros need every table, so that the first build is always whole."""
        self._enter()
        self._has_marts = self._has_marts or is_built(self._connection)
        only = only if self._has_marts else None
        self._has_begun, self._is_whole = True, only is None
        built = build(self._connection, **self._given, only=only)
        self._built.update(built.tables)
        return built

    def _provide(self, tables: set[str]) -> None:
        """Builds these tables, unless they are there."""
        if self._is_asked_for and not self._is_whole and not (self._has_begun and tables <= self._built):
            self._wanted |= tables
            self._run(tables - self._built if len(self._wanted) <= FEW else None)
        assert self._is_whole or tables <= self._built, "read this table before you write what comes later"

    def _asked(self, sql: str) -> duckdb.DuckDBPyConnection:
        named = {f"{schema}.{name}" for schema, name in NAMED.findall(sql)}
        self._provide({MACROS.get(name, name) for name in named})
        self._enter()
        return self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._asked(sql).fetchall()

    def record(self, sql: str) -> dict[str, Any]:
        """The one row there is, by the names of its columns."""
        cursor = self._asked(sql)
        (row,) = cursor.fetchall()
        return dict(zip((column[0] for column in cursor.description or ()), row, strict=True))

    def row(self, sql: str) -> tuple[Any, ...]:
        (row,) = self.rows(sql)
        return row

    def value(self, sql: str) -> Any:
        (value,) = self.row(sql)
        return value

    def open(self, on: str) -> list[tuple[Any, ...]]:
        """What is open at the end of a day: document, amount, bucket."""
        return self.rows(f"""
            select doc_type || ' ' || doc_id, open_amount, bucket
            from marts.ar_aging_as_of(date '{day(on)}')
            order by 1
        """)

    def customer(self, id: str = "C", **fields: Any) -> str:
        return self.put("Customer", id, **{"DisplayName": f"Customer {id}", "Active": True, **fields})

    def receivable_account(self) -> str:
        return self.put("Account", "AR", Name="Accounts Receivable", AccountType="Accounts Receivable")

    def invoice(
        self,
        id: str,
        amount: str | int,
        date: str,
        due: str | None = None,
        customer: str = "C",
        **fields: Any,
    ) -> str:
        dates = {"DueDate": day(due)} if due else {}
        line = {"Amount": money(amount), "DetailType": "SalesItemLineDetail"}
        defaults = {"Line": [line], "TotalAmt": money(amount)}
        return self.put(
            "Invoice",
            id,
            CustomerRef={"value": customer},
            TxnDate=day(date),
            **dates,
            **{**defaults, **fields},
        )

    def credit_memo(self, id: str, amount: str | int, date: str, customer: str = "C", **fields: Any) -> str:
        line = {"Amount": money(amount), "DetailType": "SalesItemLineDetail"}
        defaults = {"Line": [line], "TotalAmt": money(amount)}
        return self.put(
            "CreditMemo", id, CustomerRef={"value": customer}, TxnDate=day(date), **{**defaults, **fields}
        )

    def payment(
        self,
        id: str,
        amount: str | int,
        date: str,
        *links: tuple[str, str, str | int],
        customer: str = "C",
        **fields: Any,
    ) -> str:
        """Links are (type, id, amount); what they leave of the amount is unapplied."""
        lines = [
            {"Amount": money(applied), "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}
            for kind, target, applied in links
        ]
        used = sum((-1 if kind == "CreditMemo" else 1) * money(applied) for kind, _, applied in links)
        return self.put(
            "Payment",
            id,
            CustomerRef={"value": customer},
            TxnDate=day(date),
            TotalAmt=money(amount),
            Line=lines,
            **{"UnappliedAmt": money(amount) - used, **fields},
        )

    def journal_entry(self, id: str, date: str, *lines: tuple[str, str | int], **fields: Any) -> str:
        """Lines are (customer, amount) on A/R, debits positive; the other side is left out."""
        return self.put(
            "JournalEntry", id, TxnDate=day(date), TotalAmt=0, **fields,
            Line=[
                {
                    "Id": str(position), "Amount": abs(money(amount)), "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {
                        "PostingType": "Debit" if money(amount) > 0 else "Credit", "AccountRef": {"value": "AR"},
                        "Entity": {"Type": "Customer", "EntityRef": {"value": customer}},
                    },
                }
                for position, (customer, amount) in enumerate(lines)
            ],
        )  # fmt: skip

    def deposit(self, id: str, amount: str | int, date: str, customer: str = "C") -> str:
        detail = {"AccountRef": {"value": "AR"}, "Entity": {"value": customer, "type": "CUSTOMER"}}
        line = {"Amount": money(amount), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
        return self.put("Deposit", id, TxnDate=day(date), TotalAmt=money(amount), Line=[line])

    def cheque(self, id: str, amount: str | int, date: str, customer: str = "C") -> str:
        detail = {"AccountRef": {"value": "AR"}}
        kind = "AccountBasedExpenseLineDetail"
        return self.put(
            "Purchase", id, TxnDate=day(date), TotalAmt=money(amount), PaymentType="Check",
            EntityRef={"value": customer, "type": "Customer"},
            Line=[{"Amount": money(amount), "DetailType": kind, kind: detail}],
        )  # fmt: skip

    def _tick(self) -> datetime.datetime:
        self.minute += 1
        return MORNING.add(minutes=self.minute)
