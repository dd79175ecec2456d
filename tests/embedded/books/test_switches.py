"""What is unsettled about the books, one way and the other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.embedded.books.documents import Refused
from pipelines.embedded.books.profile import ONLY_IN_PLUS
from pipelines.embedded.reports.registry import answer_report
from tests.support.small_books import canadian_company, customer, form, us_company

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def test_a_plan_is_downgraded_and_upgraded_again() -> None:
    """A smaller plan has no classes; what there was is back with the larger plan."""
    company = us_company()
    before = company.objects("Class")
    company.no_longer_offered = ONLY_IN_PLUS
    assert not company.supports("Class") and company.supports("Invoice")
    with pytest.raises(Refused, match="5020"):
        company.create("Class", {"Name": "Upkeep"})
    company.no_longer_offered = ()
    assert company.supports("Class") and company.objects("Class") == before


def test_balances_may_change_under_an_old_stamp() -> None:
    """With the switch off a posting leaves the stamps of accounts and vendors, and moves their balances."""
    company = us_company()
    company.balances_stamp = False
    vendor = company.create("Vendor", {"DisplayName": "Fern Supply"})["Id"]
    rent = company.store["Account"][company.roles["payable"]]
    stamps = [row["MetaData"] for row in (rent, company.store["Vendor"][vendor])]
    company.clock.advance(seconds=60)
    detail = {"AccountRef": {"value": company.roles["rent"]}}
    kind = "AccountBasedExpenseLineDetail"
    line = {"Amount": Decimal(40), "DetailType": kind, kind: detail}
    revision = company.revision
    company.create("Bill", {"VendorRef": {"value": vendor}, "Line": [line]})
    assert rent["CurrentBalance"] == Decimal("-40.00")
    assert company.store["Vendor"][vendor]["Balance"] == Decimal("40.00")
    assert [row["MetaData"] for row in (rent, company.store["Vendor"][vendor])][0] == stamps[0]
    assert company.revision > revision


@pytest.mark.parametrize(
    ("rounding", "income"),
    [
        ("account", {"Sales of Product Income": "40.04", "Shipping Income": "6.67"}),
        ("line", {"Sales of Product Income": "40.04", "Shipping Income": "6.67"}),
        ("last", {"Sales of Product Income": "40.05", "Shipping Income": "6.66"}),
    ],
)
def test_a_foreign_document_comes_home_in_three_ways(rounding: str, income: dict[str, str]) -> None:
    """Of 3 x 10.01 and 5.00 shipping at 1.3333 the stray cent lies on the sales, or on the shipping."""
    company = canadian_company()
    company.home_rounding = rounding  # type: ignore[assignment] # a parameter
    who = customer(company, "Ada", CurrencyRef={"value": "USD"})
    kind = "SalesItemLineDetail"
    exempt = {"TaxCodeRef": {"value": company.roles["no tax"]}}
    detail = {"ItemRef": {"value": company.roles["item Delivery"]}} | exempt
    lines = [{"Amount": Decimal("10.01"), "DetailType": kind, kind: detail} for _ in range(3)]
    shipping = {"ItemRef": {"value": "SHIPPING_ITEM_ID"}} | exempt
    lines.append({"Amount": Decimal(5), "DetailType": kind, kind: shipping})
    body = {"CustomerRef": {"value": who}, "TxnDate": "2026-01-10", "ExchangeRate": Decimal("1.3333")}
    made = company.create("Invoice", body | {"Line": lines})
    assert made["HomeTotalAmt"] == Decimal("46.71")
    rows = answer_report(company, "ProfitAndLoss", YEAR)["Rows"]["Row"][0]["Rows"]["Row"]
    assert {row["ColData"][0]["value"]: row["ColData"][1]["value"] for row in rows} == income


def test_old_rates_are_forgotten_without_a_trace() -> None:
    """Rates of earlier days vanish from the list and leave no tombstone."""
    company = canadian_company()
    for date in ("2026-05-01", "2026-06-01"):
        body = {"SourceCurrencyCode": "USD", "TargetCurrencyCode": "CAD", "AsOfDate": date}
        company.create("ExchangeRate", body | {"Rate": Decimal("1.37")})
    company.forget_rates("2026-06-01")
    assert [rate["AsOfDate"] for rate in company.objects("ExchangeRate")] == ["2026-06-01"]
    assert company.tombstones() == []


def test_shipping_and_costs_passed_on_name_no_item() -> None:
    """Shipping posts to its own income account, a cost passed on to the account its line says."""
    company = us_company()
    who = customer(company, "Ada")
    kind = "SalesItemLineDetail"
    cost = {"ItemAccountRef": {"value": company.roles["job materials"]}}
    lines = [
        {"Amount": Decimal(12), "DetailType": kind, kind: {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}},
        {"Amount": Decimal(320), "DetailType": kind, kind: cost},
    ]
    company.create("Invoice", {"CustomerRef": {"value": who}, "TxnDate": "2026-01-10", "Line": lines})
    form(company, "Invoice", who, "2026-01-11", "1000")
    statement = answer_report(company, "ProfitAndLoss", YEAR)["Rows"]["Row"]
    totals = {row["group"]: row["Summary"]["ColData"][1]["value"] for row in statement}
    assert (totals["Income"], totals["COGS"]) == ("1012.00", "-320.00")
    sold = answer_report(company, "ItemSales", YEAR)["Rows"]["Row"][-2]["ColData"]
    assert (sold[0]["value"], sold[2]["value"]) == ("Not Specified", "332.00")
