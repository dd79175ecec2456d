"""The world: what is in it, that it is the same for the same seed, and that it survives on disk."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pendulum
import pytest

from pipelines.embedded import world as worlds
from pipelines.embedded.books.company import Company
from pipelines.embedded.books.documents import is_voided
from pipelines.embedded.books.profile import TRANSACTIONS
from pipelines.embedded.clock import add_days
from pipelines.embedded.life.business import advance
from pipelines.embedded.world import World
from tests.support.edit_storm import edit_at_random
from tests.support.identities import assert_sound

MONEY = (
    "Amount",
    "TotalAmt",
    "Balance",
    "UnappliedAmt",
    "RemainingCredit",
    "BalanceWithJobs",
    "HomeBalance",
    "TotalTax",
)


@pytest.fixture(scope="module")
def world() -> World:
    return World.create(1)


@pytest.fixture(scope="module")
def company(world: World) -> Company:
    return world.companies["9130350000000001"]


@pytest.fixture(scope="module")
def abroad(world: World) -> Company:
    return world.companies["9130350000000002"]


def contents(world: World) -> dict[str, Any]:
    return {
        realm: (company.store, company.tombstones(), company.clock.now(), company.sequences)
        for realm, company in world.companies.items()
    }


def test_same_seed_same_world() -> None:
    """Two worlds of one seed are equal, and another seed makes another world."""
    one, same, other = (contents(World.create(seed, size=0.03, years=2)) for seed in (7, 7, 8))
    assert one == same != other


def test_life_goes_on_the_same_after_a_restart(tmp_path: Path) -> None:
    """Edited, saved and loaded books live through the same days as those that stayed in memory."""
    world = World.create(3, size=0.05, years=2)
    for company in world.companies.values():
        edit_at_random(company, Random(3), 80)
    world.save(tmp_path)
    loaded = World.load(tmp_path)
    assert contents(loaded) == contents(world)
    for realm, company in world.companies.items():
        advance(company, 40)
        advance(loaded.companies[realm], 40)
        assert_sound(loaded.companies[realm])
    assert contents(loaded) == contents(world)


def test_save_replaces_the_books_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the pointer moves, the folder still holds the world saved before."""
    world = World.create(3, size=0.02, years=2)
    world.save(tmp_path)
    saved = contents(World.load(tmp_path))
    advance(world.companies["9130350000000001"], 5)
    with monkeypatch.context() as patch:
        patch.setattr(worlds.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            world.save(tmp_path)
    assert contents(World.load(tmp_path)) == saved
    world.save(tmp_path)
    assert contents(World.load(tmp_path)) == contents(world)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books-000003", "world.json"]


def test_size_and_span(company: Company, abroad: Company) -> None:
    """The companies hold about 13,000 and 3,000 objects, created over 36 months that end now."""
    assert 12_000 < sum(len(company.objects(entity)) for entity in company.store) < 15_000
    assert 2_500 < sum(len(abroad.objects(entity)) for entity in abroad.store) < 3_500
    assert company.clock.stamp() == abroad.clock.stamp() == "2026-11-20T09:00:00-08:00"
    months = Counter(form["MetaData"]["CreateTime"][:7] for form in company.objects("Invoice"))
    assert len(months) == 37
    assert max(months.values()) < 4 * min(count for month, count in months.items() if month != "2023-11")


def test_the_default_companies_are_sound(world: World) -> None:
    """Three years of history of both companies obey every identity."""
    for company in world.companies.values():
        assert_sound(company)


def test_stamps_are_never_ahead_of_the_clock(world: World) -> None:
    """No object was updated later than its company's clock."""
    for company in world.companies.values():
        now = pendulum.instance(company.clock.now())
        for entity in company.store:
            for row in company.objects(entity):
                inner = next(iter(row.values())) if entity == "RecurringTransaction" else row
                updated = pendulum.parse(inner["MetaData"]["LastUpdatedTime"])
                assert updated <= now


def test_transactions_share_their_ids(company: Company) -> None:
    """Transactions share one series of ids, people share another, and the ids of later accounts are very large."""
    kinds = [entity for entity in TRANSACTIONS if entity not in ("TimeActivity", "RecurringTransaction")]
    ids = [row["Id"] for entity in kinds for row in company.objects(entity)]
    assert len(ids) == len(set(ids))
    people = [row["Id"] for entity in ("Customer", "Vendor", "Employee") for row in company.objects(entity)]
    assert len(people) == len(set(people))
    assert any(int(row["Id"]) > 1_150_040_000 for row in company.objects("Account"))
    assert all(len(row["Id"]) == 19 for row in company.objects("Class"))


def test_money_is_exact_to_the_cent(world: World) -> None:
    """Every amount has two decimals or is a bare 0, and no field is null."""

    def check(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                check(inner, key)
        elif isinstance(value, list):
            for inner in value:
                check(inner, name)
        else:
            assert value is not None, name
            assert not isinstance(value, float), name
            if name in MONEY:
                assert str(value) == "0" or value.as_tuple().exponent == -2, (name, value)

    for company in world.companies.values():
        for entity in company.store:
            for row in company.objects(entity):
                check(row, "")


def test_every_awkward_receivable_is_there(world: World) -> None:
    """Each company contains every awkward case of a receivable."""
    for company in world.companies.values():
        found = {name for name, present in CASES.items() if present(company)}
        assert found == set(CASES), company.name


def invoices(company: Company) -> list[dict[str, Any]]:
    return company.objects("Invoice")


def linked(company: Company) -> set[tuple[bool, frozenset[str]]]:
    """Of each payment: is its total 0, and the types it settles."""
    return {
        (not form["TotalAmt"], frozenset(line["LinkedTxn"][0]["TxnType"] for line in form["Line"]))
        for form in company.objects("Payment")
    }


def details(company: Company, kind: str) -> list[dict[str, Any]]:
    return [line for form in invoices(company) for line in form["Line"] if line["DetailType"] == kind]


def settles(company: Company, payment: dict[str, Any]) -> list[dict[str, Any]]:
    ids = [line["LinkedTxn"][0] for line in payment["Line"]]
    return [company.store["Invoice"][link["TxnId"]] for link in ids if link["TxnType"] == "Invoice"]


CASES = {
    "percent discount": lambda it: any(
        line["DiscountLineDetail"]["PercentBased"] for line in details(it, "DiscountLineDetail")
    ),
    "discount amount": lambda it: any(
        not line["DiscountLineDetail"]["PercentBased"] for line in details(it, "DiscountLineDetail")
    ),
    "group": lambda it: details(it, "GroupLineDetail"),
    "description": lambda it: details(it, "DescriptionOnly"),
    "tax": lambda it: any(form["TxnTaxDetail"]["TotalTax"] for form in invoices(it)),
    "deposit": lambda it: any(form.get("Deposit") for form in invoices(it)),
    "terms, no due date": lambda it: any(
        "DueDate" not in form and "SalesTermRef" in form for form in invoices(it)
    ),
    "no terms, no due date": lambda it: any(
        "DueDate" not in form and "SalesTermRef" not in form for form in invoices(it)
    ),
    "no number": lambda it: any("DocNumber" not in form for form in invoices(it)),
    "mailed": lambda it: any("DeliveryInfo" in form for form in invoices(it)),
    "part payment": lambda it: any(0 < form["Balance"] < form["TotalAmt"] for form in invoices(it)),
    "payment of several invoices": lambda it: any(
        len(settles(it, form)) > 1 for form in it.objects("Payment")
    ),
    "overpayment": lambda it: any(form["UnappliedAmt"] and form["Line"] for form in it.objects("Payment")),
    "unapplied payment": lambda it: any(
        form["UnappliedAmt"] and not form["Line"] for form in it.objects("Payment")
    ),
    "early payment": lambda it: any(
        target["TxnDate"] > form["TxnDate"] for form in it.objects("Payment") for target in settles(it, form)
    ),
    "parent pays": lambda it: any(
        target["CustomerRef"]["value"] != form["CustomerRef"]["value"]
        for form in it.objects("Payment")
        for target in settles(it, form)
    ),
    "credit memo applied": lambda it: (True, frozenset({"Invoice", "CreditMemo"})) in linked(it),
    "credit memo on a journal entry": lambda it: (
        (True, frozenset({"JournalEntry", "CreditMemo"})) in linked(it)
    ),
    "journal credit applied": lambda it: (True, frozenset({"JournalEntry", "Invoice"})) in linked(it),
    "cheque refunds a credit": lambda it: (True, frozenset({"Check", "CreditMemo"})) in linked(it),
    "deposit on A/R": lambda it: any(
        line.get("DepositLineDetail", {}).get("AccountRef", {}).get("value") in it.controls
        for form in it.objects("Deposit")
        for line in form["Line"]
    ),
    "voided invoice": lambda it: any(is_voided(form) for form in invoices(it)),
    "voided payment": lambda it: any(is_voided(form) for form in it.objects("Payment")),
    "deleted invoice": lambda it: any(stone.entity == "Invoice" for stone in it.tombstones()),
    "merged customer": lambda it: any(stone.entity == "Customer" for stone in it.tombstones()),
    "inactive customer who owes": lambda it: any(
        not row["Active"] and row["Balance"] for row in it.objects("Customer")
    ),
    "job at the third level": lambda it: any(row.get("Level") == 3 for row in it.objects("Customer")),
    "stale name": lambda it: any(
        form["CustomerRef"]["name"]
        != it.store["Customer"][form["CustomerRef"]["value"]]["FullyQualifiedName"]
        for form in invoices(it)
    ),
    "apostrophe": lambda it: any("'" in row["DisplayName"] for row in it.objects("Customer")),
    "other script": lambda it: any(not row["DisplayName"].isascii() for row in it.objects("Customer")),
    "every estimate status": lambda it: (
        {form["TxnStatus"] for form in it.objects("Estimate")}
        == {"Pending", "Accepted", "Closed", "Rejected", "Converted"}
    ),
    "every item type": lambda it: (
        {row["Type"] for row in it.objects("Item")}
        == {"Service", "Inventory", "NonInventory", "Group", "Category"}
    ),
    "every purchase type": lambda it: (
        {form["PaymentType"] for form in it.objects("Purchase")} == {"Cash", "Check", "CreditCard"}
    ),
    "project, or job where the edition has none": lambda it: (
        any(row["IsProject"] for row in it.objects("Customer")) is it.profile.has_projects
    ),
    "estimate invoiced in parts": lambda it: any(
        len(form["LinkedTxn"]) > 1 and form["TxnStatus"] == "Converted" for form in it.objects("Estimate")
    ),
    "estimate accepted after it expired": lambda it: any(
        form.get("AcceptedDate", "") > form["ExpirationDate"]
        for form in it.objects("Estimate")
        if "ExpirationDate" in form
    ),
    "retainer asked for and used": lambda it: signs(it, "Invoice", "Retainer") == {1, -1},
    "retention kept and released": lambda it: signs(it, "Invoice", "Retention") == {1, -1},
    "till that sums to zero": lambda it: any(
        not form["TotalAmt"] and not is_voided(form) and len(form["Line"]) > 4
        for form in it.objects("SalesReceipt")
    ),
    "receipt of nobody": lambda it: any(
        form["TotalAmt"] and "CustomerRef" not in form for form in it.objects("SalesReceipt")
    ),
    "cheque returned by journal entry": lambda it: any(
        form.get("PrivateNote", "").startswith("Returned cheque") for form in it.objects("JournalEntry")
    ),
    "cheque returned by expense": lambda it: (False, frozenset({"Check"})) in linked(it),
    "cheque returned by invoice": lambda it: signs(it, "Invoice", "Returned Cheque") == {1},
    "credit limit": lambda it: any(row.get("CreditLimit") for row in it.objects("Customer")),
    "sales reps": lambda it: (
        len(
            {
                field["StringValue"]
                for form in invoices(it)
                for field in form["CustomField"]
                if field["Name"] == "Sales Rep"
            }
        )
        == 5
    ),
    "balance brought forward": lambda it: signs(it, "Invoice", "Opening Balance") == {1},
    "paid in advance and earned": lambda it: signs(it, "Invoice", "Deferred Maintenance") == {1, -1},
    "earned by an invoice of zero": lambda it: any(
        not form["TotalAmt"] and not is_voided(form) and len(form["Line"]) == 3 for form in invoices(it)
    ),
    "small difference written off": lambda it: signs(it, "Invoice", "Written Off") == {-1},
    "cost passed on, markup and shipping": lambda it: (
        {"Timber at cost", "Markup"}
        <= {line.get("Description") for line in details(it, "SalesItemLineDetail")}
        and any(
            line["SalesItemLineDetail"].get("ItemRef", {}).get("value") == "SHIPPING_ITEM_ID"
            for line in details(it, "SalesItemLineDetail")
        )
    ),
    "parent pays the job's line of a journal entry": lambda it: any(
        "TxnLineId" in link
        for form in it.objects("Payment")
        for line in form["Line"]
        for link in line["LinkedTxn"]
    ),
    "barcode that begins with 4": lambda it: any(
        row.get("Sku", "").startswith("4") and len(row["Sku"]) == 13 for row in it.objects("Item")
    ),
    "custom fields of every type": lambda it: (
        {field["Type"] for form in invoices(it) for field in form["CustomField"]}
        == {"StringType", "NumberType", "DateType", "BooleanType"}
    ),
    "custom field of a customer": lambda it: any(row.get("CustomField") for row in it.objects("Customer")),
    "country spelled and left out": lambda it: (
        len({row["BillAddr"].get("Country") for row in it.objects("Customer") if "BillAddr" in row}) == 3
    ),
    "payroll": lambda it: it.objects("PayrollCheck") and it.objects("PayrollLiabilityPayment"),
    "customer won back": lambda it: any(
        later > add_days(earlier, 250)
        for dates in invoice_dates(it)
        for earlier, later in pairwise(sorted(dates))
    ),
}


def signs(company: Company, entity: str, item: str) -> set[int]:
    """Of the lines that sell an item, which are charges and which take off."""
    id = company.roles[f"item {item}"]
    return {
        1 if line["Amount"] > 0 else -1
        for form in company.objects(entity)
        for line in form["Line"]
        if line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value") == id and line["Amount"]
    }


def invoice_dates(company: Company) -> list[list[str]]:
    """By customer, the days on which he was invoiced."""
    dates: dict[str, list[str]] = {}
    for form in invoices(company):
        dates.setdefault(form["CustomerRef"]["value"], []).append(form["TxnDate"])
    return list(dates.values())


def test_editions_differ(company: Company, abroad: Company) -> None:
    """What an edition lacks has no objects, and everything else has some."""
    for each in (company, abroad):
        for entity in each.store:
            assert bool(each.objects(entity)) is each.supports(entity), (each.name, entity)
    assert not company.supports("JournalCode")
    assert company.supports("Class") and not abroad.supports("Class")
    assert not company.supports("ExchangeRate") and abroad.supports("ExchangeRate")
    assert not company.supports("Nonsense")


def test_foreign_documents_carry_their_rate(abroad: Company) -> None:
    """Currency follows the customer; home amounts are the document's at its own rate."""
    currencies = set()
    for form in abroad.objects("Invoice"):
        customer = abroad.store["Customer"][form["CustomerRef"]["value"]]
        assert form["CurrencyRef"]["value"] == customer["CurrencyRef"]["value"]
        currencies.add(form["CurrencyRef"]["value"])
        if form["CurrencyRef"]["value"] == "CAD":
            assert form["ExchangeRate"] == 1 and "HomeTotalAmt" not in form
        else:
            exact = form["TotalAmt"] * form["ExchangeRate"]
            assert abs(form["HomeTotalAmt"] - exact) <= Decimal("0.005")
    assert currencies == {"CAD", "USD", "EUR"}


def test_customers_have_habits(company: Company) -> None:
    """Some pay well before the due date, some long after, some never."""
    lateness: dict[str, list[int]] = {}
    for payment in company.objects("Payment"):
        for target in settles(company, payment):
            if "DueDate" in target and payment["TotalAmt"]:
                days = (
                    pendulum.parse(payment["TxnDate"])
                    .diff(pendulum.parse(target["DueDate"]), False)
                    .in_days()
                )
                lateness.setdefault(target["CustomerRef"]["value"], []).append(-days)
    means = [sum(days) / len(days) for days in lateness.values() if len(days) > 5]
    assert sum(mean < -5 for mean in means) > 5
    assert sum(-4 < mean < 8 for mean in means) > 5
    assert sum(mean > 15 for mean in means) > 5
