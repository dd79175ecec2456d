"""One company among others in a warehouse, for odd books, and the reports and rows that its tests write."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb

from checks.theirs.reports import Report, parse
from tests.support.books import Books, day, money
from transforms.engine.runner import build

USD = {"CurrencyRef": {"value": "USD"}}
MONEY = [{"ColTitle": title, "ColType": "Money"} for title in ("Debit", "Credit")]


def trial_line(debit: str, credit: str, id: str) -> dict[str, Any]:
    return {"ColData": [{"value": "x", "id": id}, {"value": debit}, {"value": credit}]}


def trial(*lines: tuple[str, str, str]) -> Report:
    """A TrialBalance of lines: debit, credit, account id."""
    columns = {"Column": [{"ColTitle": "", "ColType": "Account"}, *MONEY]}
    rows = {"Row": [trial_line(*line) for line in lines]}
    return parse({"Header": {"ReportName": "TrialBalance"}, "Columns": columns, "Rows": rows})


class Company:
    """One company among others in a warehouse, of which only these `tables` are built."""

    def __init__(self, written: Books, realm_id: str, tables: Collection[str]) -> None:
        self.tables = tables
        self.realm_id = written.realm_id = realm_id
        written.realms.add(realm_id)
        self.put, self.delete = written.put, written.delete
        self.customer, self.invoice, self.payment = written.customer, written.invoice, written.payment
        self.put_text = written.put_text
        self._written = written

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, with every document that was put."""
        return self._written.connection

    def build(self, as_of: str = "02-01") -> None:
        """Brings up to date what the checks read."""
        self._written.load += 1
        build(self.connection, as_of=dict.fromkeys(self._written.realms, day(as_of)), only=self.tables)

    @property
    def home_currency(self) -> str | None:
        statement = "select home_currency from core.companies where realm_id = ?"
        ((currency,),) = self.connection.execute(statement, [self.realm_id]).fetchall()
        return currency and str(currency)


def account(odd: Company, id: str, balance: int, **fields: Any) -> None:
    odd.put(
        "Account",
        id,
        **{
            "Name": id,
            "AccountType": "Accounts Receivable",
            "CurrentBalance": money(balance),
            **USD,
            **fields,
        },
    )


def income_account(odd: Company, *ids: str) -> None:
    for id in ids:
        odd.put("Account", id, Name=id, AccountType="Income")


def sold(amount: str, **detail: Any) -> dict[str, Any]:
    return {"Amount": money(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
