"""Companies of every kind can be built alone and side by side, and none of them sees another's rows."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from checks.suites.company import published_suites
from checks.suites.expectations import Unique
from tests.support.books import Books, day, money
from transforms.engine import models

TODAY = day("12-31")
TABLES = sorted(model.table for model in models.read_all("core", "marts"))


def some_days_before(random: Random) -> datetime.date:
    """A day of the last three years."""
    return TODAY - datetime.timedelta(random.randrange(3 * 365))


def later(date: datetime.date, days: int) -> datetime.date:
    """That many days later, but not after today."""
    return min(TODAY, date + datetime.timedelta(days))


def nothing(books: Books, random: Random) -> None:
    """A company that signed up and has entered nothing yet."""
    books.put("CompanyInfo", "1", CompanyName="Empty", Country="US")
    books.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})


def estimates_alone(books: Books, random: Random) -> None:
    """A company with estimates in every state, none of them invoiced."""
    nothing(books, random)
    for customer in "AB":
        books.customer(customer)
    for id in range(40):
        date = some_days_before(random)
        status = random.choice(["Pending", "Accepted", "Rejected", "Closed", "Converted", None])
        accepted = {"AcceptedDate": later(date, 20)} if status == "Accepted" else {}
        expiry = {"ExpirationDate": date + datetime.timedelta(45)} if id % 2 else {}
        books.put(
            "Estimate", str(id), CustomerRef={"value": random.choice("AB")}, TxnDate=date, TxnStatus=status,
            TotalAmt=money(random.randrange(1, 900)), **accepted, **expiry,
        )  # fmt: skip


def trading(currencies: dict[str, tuple[str, str]]) -> Callable[[Books, Random], None]:
    """A company with three years of estimates, sales, payments and credits, some customers in foreign currency."""

    def write(books: Books, random: Random) -> None:
        books.put("CompanyInfo", "1", CompanyName="Trading", Country="US", DefaultTimeZone="America/New_York")
        books.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
        books.receivable_account()
        books.put("Account", "S", Name="Sales", AccountType="Income")
        books.put("Term", "T", Name="Net 30", DueDays=30)
        books.put("CustomerType", "1", Name="Retail")
        for id in "IJ":
            books.put(
                "Item", id, Name=f"Item {id}", Type="Service", PurchaseCost=3, IncomeAccountRef={"value": "S"}
            )
        bought = {"ItemRef": {"value": "I"}, "Qty": 5, "UnitPrice": 2}
        kind = "ItemBasedExpenseLineDetail"
        books.put(
            "Bill", "B", TxnDate=TODAY, TotalAmt=10, Line=[{"Amount": 10, "DetailType": kind, kind: bought}]
        )
        for id in "ABCP":
            parent = {"ParentRef": {"value": "P"}, "Job": True} if id == "C" else {}
            books.customer(
                id, CustomerTypeRef={"value": "1"}, PrimaryEmailAddr={"Address": f"{id}@example.com"},
                PrimaryPhone={"FreeFormNumber": "(650) 555-3311"},
                BillAddr={"City": "Tucson", "CountrySubDivisionCode": "AZ", "PostalCode": "85705"},
                **({"CurrencyRef": {"value": currencies[id][0]}} if id in currencies else {}), **parent,
            )  # fmt: skip
        for number in range(90):
            sell(books, random, str(number), random.choice("AAABBCC"))

    def sell(books: Books, random: Random, id: str, customer: str) -> None:
        date, amount = some_days_before(random), random.randrange(20, 2000)
        lines = [
            {
                "Amount": money(part), "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 2, "UnitPrice": money(part) / 2},
            }
            for item, part in (("I", amount // 3), ("J", amount - amount // 3))
        ]  # fmt: skip
        common: dict[str, Any] = {
            "CustomerRef": {"value": customer},
            "TotalAmt": money(amount),
            "Line": lines,
        }
        if customer in currencies:
            currency, rate = currencies[customer]
            common |= {"CurrencyRef": {"value": currency}, "ExchangeRate": money(rate)}
        kind = random.random()
        if kind < 0.1:
            books.put("SalesReceipt", id, TxnDate=date, **common)
            return
        linked = {}
        if kind < 0.4:
            books.put("Estimate", id, TxnDate=date, TxnStatus="Converted", AcceptedDate=date, **common)
            date = later(date, 10)
            linked = {"LinkedTxn": [{"TxnId": id, "TxnType": "Estimate"}]}
        elif kind < 0.5:
            books.put(
                "Estimate", id, TxnDate=date, TxnStatus=random.choice(["Pending", "Rejected"]), **common
            )
        books.put(
            "Invoice",
            id,
            TxnDate=date,
            SalesTermRef={"value": "T"},
            EmailStatus="EmailSent",
            **common,
            **linked,
        )
        payer = "P" if customer == "C" else customer
        if random.random() < 0.8:
            paid = random.choice([amount, amount, amount // 2])
            currency = {name: common[name] for name in ("CurrencyRef", "ExchangeRate") if name in common}
            on = later(date, random.randrange(60))
            books.payment(f"p{id}", paid, str(on), ("Invoice", id, paid), customer=payer, **currency)
        elif random.random() < 0.5:
            books.put("CreditMemo", f"c{id}", TxnDate=later(date, 5), **common)

    return write


# Ids are the same in all of them.
KINDS: dict[str, Callable[[Books, Random], None]] = {
    "1": trading({}),
    "2": trading({"A": ("EUR", "1.10"), "B": ("CAD", "0.75")}),
    "3": nothing,
    "4": estimates_alone,
}


@pytest.fixture(scope="module")
def built(empty_warehouse, tmp_path_factory):
    """Builds the books of these companies in one warehouse."""

    def build(*realm_ids: str) -> Books:
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("companies")))
        books.realms = set(realm_ids)
        for realm_id in realm_ids:
            books.realm_id, books.minute = realm_id, 0
            KINDS[realm_id](books, Random(realm_id))
        books.build(str(TODAY), at_once=TABLES)
        return books

    return build


@pytest.fixture(scope="module")
def side_by_side(built):
    return built(*KINDS)


def rows(books: Books, table: str, realm_id: str) -> list[str]:
    """A company's rows in a fixed order; DOUBLEs are rounded, as their last digits depend on the order of a sum."""
    found = books.rows(f"select * from {table} where realm_id = '{realm_id}'")
    return sorted(str([f"{x:.9g}" if isinstance(x, float) else x for x in row]) for row in found)


@pytest.mark.parametrize("realm_id", KINDS)
def test_a_company_alone_has_the_rows_it_has_beside_others(built, side_by_side, realm_id):
    """A company has the same rows in every table of core and marts, whoever else is in the warehouse."""
    alone = built(realm_id)
    different = [
        table for table in TABLES if rows(alone, table, realm_id) != rows(side_by_side, table, realm_id)
    ]
    assert different == []
    mixed = [
        table
        for table in TABLES
        if alone.value(f"select count(*) from {table} where realm_id <> '{realm_id}'")
    ]
    assert mixed == []


EMPTY = {
    "core.campaign_documents",
    "core.campaign_effects",
    "core.campaign_touches",
    "core.contact_matches",
    "core.item_offers",
    "core.item_pairs",
    "core.journal_offsets",
    "core.receivable_lines",
    "core.returned_payments",
    "core.split_applications",
    "core.write_offs",
    "marts.contact_matches",
    "marts.conversation_effects",
    "marts.customer_contacts",
    "marts.customer_conversations",
    "marts.item_stock",
    "marts.restated_transactions",
    "marts.unbilled_work",
    "marts.upsell_targets",
}
"""What wants lists of one's own, an earlier night, journal entries on receivables, stock, hours, or a third item."""


def test_the_company_that_trades_fills_nearly_every_table(side_by_side):
    """The trading company fills all tables but these, so that the comparison above compares something."""
    assert {table for table in TABLES if not rows(side_by_side, table, "1")} == EMPTY


NO_VALUE = {
    "core.contact_keys": ("phone", "email"),
    "core.payment_scores": ("horizon_days",),
    "core.contact_matches": ("customer_id", "root_customer_id"),
    "marts.contact_matches": ("customer_id", "root_customer_id"),
    "core.customer_cash": ("customer_id",),
    "core.revenue_scores": ("baseline", "horizon_months"),
    "core.purchase_scores": ("baseline",),
    "core.revenue_days": ("level_customer_id", "doc_type", "doc_id"),
    "core.orders": ("level_customer_id", "doc_type", "doc_id"),
    "marts.model_scores": ("level", "judged_on", "horizon_days", "horizon_months", "baseline"),
    **dict.fromkeys(
        ("marts.customer_value", "marts.customer_segments", "marts.customer_lifetime_value"), ("customer_id",)
    ),
    "marts.customer_payment_behaviour": ("customer_id",),
    **dict.fromkeys(
        ("core.sales_dimensions", "marts.estimates_by_month", "marts.payment_habits", "marts.sales_by_month"),
        ("member_id",),
    ),
    "marts.service_frequency": ("customer_id", "item_id"),
}
"""Parts of keys that mean something when null: another kind of key, a whole company or family, nobody."""


def test_no_row_lacks_its_company_or_part_of_its_key(side_by_side):
    """No row lacks a part of its table's key, as the table's expectations state it."""
    keys = {
        suite.name: one.columns
        for suite in published_suites()
        for one in suite.expectations
        if isinstance(one.condition, Unique) and len(one.columns) > 1
    }
    assert len(keys) > len(TABLES) / 2
    lacking = {}
    for table in TABLES:
        key = keys.get(table, ["realm_id"])
        missing = " or ".join(
            f'"{column}" is null' for column in key if column not in NO_VALUE.get(table, ())
        )
        if count := side_by_side.value(f"select count(*) from {table} where {missing}"):
            lacking[table] = count
    assert lacking == {}


def test_a_company_without_documents_owes_and_sells_nothing(side_by_side):
    """A company without documents has its row in core.companies, and no document or amount anywhere."""
    assert side_by_side.row("select company_name, as_of_date from core.companies where realm_id = '3'") == (
        "Empty", TODAY,
    )  # fmt: skip
    for table in (
        "marts.invoices",
        "marts.customer_statement",
        "marts.estimate_pipeline",
        "core.sales_lines",
    ):
        assert rows(side_by_side, table, "3") == []
