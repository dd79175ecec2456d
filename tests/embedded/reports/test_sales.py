"""Sales by customer and by item, as they go over the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.embedded.books.company import Company
from pipelines.embedded.reports.registry import answer_report
from tests.support.small_books import aged, canadian_company, customer, form, journal, us_company

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def sale(company: Company, item: str, amount: str, **detail: Any) -> dict[str, Any]:
    """A line over an item, untaxed."""
    kind = "SalesItemLineDetail"
    reference = {"ItemRef": {"value": company.roles[f"item {item}"]}, "TaxCodeRef": {"value": "NON"}}
    return {"Amount": Decimal(amount), "DetailType": kind, kind: reference | detail}


def texts(report: dict[str, Any]) -> list[list[str]]:
    """Every row of a report, those of a section's summary as well, as text."""
    found: list[list[str]] = []

    def walk(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            walk(row.get("Rows", {}).get("Row", []))
            cells = row.get("ColData") or row.get("Summary", {}).get("ColData")
            if cells:
                found.append([cell["value"] for cell in cells])

    walk(report["Rows"].get("Row", []))
    return found


def test_sales_by_customer_count_forms_and_nothing_else() -> None:
    """Credits and refunds are negative, discounts deducted, tax left out; a job stands under its parent."""
    company = us_company()
    top = customer(company, "Ada & Sons")
    job = customer(company, "Kitchen", ParentRef={"value": top})
    other = customer(company, "Bela")
    form(company, "Invoice", top, "2026-01-10", "100")
    form(company, "Invoice", job, "2026-02-10", "40")
    form(company, "CreditMemo", job, "2026-02-11", "15")
    form(company, "SalesReceipt", other, "2026-02-12", "8")
    form(company, "RefundReceipt", other, "2026-03-12", "3")
    form(company, "Estimate", other, "2026-03-12", "999")
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"DiscountPercent": Decimal(10)}}
    tax = sale(company, "Pump 40W", "200", TaxCodeRef={"value": "TAX"})
    company.create(
        "Invoice", {"CustomerRef": {"value": other}, "TxnDate": "2026-03-13", "Line": [tax, discount]}
    )
    company.create(
        "SalesReceipt", {"TxnDate": "2026-03-14", "Line": [sale(company, "Gravel, per bag", "11.3")]}
    )
    journal(company, "2026-03-15", ("Debit", "receivable", "70", top), ("Credit", "services", "70", top))
    form(company, "Invoice", top, "2027-01-01", "5")
    report = answer_report(company, "CustomerSales", YEAR)
    assert texts(report) == [
        ["Ada & Sons", "100.00"],
        ["Kitchen", "25.00"],
        ["Total Ada & Sons", "125.00"],
        ["Bela", "185.00"],
        ["Not Specified", "11.30"],
        ["TOTAL", "321.30"],
    ]
    assert report["Rows"]["Row"][-2]["group"] == "**"
    assert report["Header"]["ReportBasis"] == "Accrual"
    company.sales_reports_journals = True
    assert texts(answer_report(company, "CustomerSales", YEAR))[0] == ["Ada & Sons", "170.00"]


def test_sales_by_customer_and_month() -> None:
    """One column a month, those without sales empty, and the customer's total behind them."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-01-31", "100")
    form(company, "CreditMemo", who, "2026-03-01", "15.5")
    asked = {"start_date": "2026-01-01", "end_date": "2026-03-31", "summarize_column_by": "Month"}
    report = answer_report(company, "CustomerSales", asked)
    titles = [column["ColTitle"] for column in report["Columns"]["Column"]]
    assert titles == ["", "Jan 2026", "Feb 2026", "Mar 2026", "Total"]
    assert texts(report) == [
        ["Ada", "100.00", "", "-15.50", "84.50"],
        ["TOTAL", "100.00", "0.00", "-15.50", "84.50"],
    ]


def test_a_mistyped_year_stands_where_it_was_typed() -> None:
    """Documents of 0206, 1926 and 2062 are no error: a report over all time adds them up, one of a year does not."""
    company = us_company()
    who = customer(company, "Ada")
    for date in ("0206-05-01", "1926-05-01", "2026-05-01", "2062-05-01"):
        form(company, "Invoice", who, date, "10")
    ever = {"start_date": "0001-01-01", "end_date": "9999-12-31"}
    assert texts(answer_report(company, "CustomerSales", ever))[-1] == ["TOTAL", "40.00"]
    assert texts(answer_report(company, "CustomerSales", YEAR))[-1] == ["TOTAL", "10.00"]
    assert aged(company, "2026-07-01")["TOTAL"][-1] == "30.00"


def test_sales_by_item_count_lines_on_any_account() -> None:
    """Items stand in their categories with quantity and cost; what names no item is not specified."""
    company = us_company()
    who = customer(company, "Ada")
    discount = {
        "Amount": Decimal(20),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": False},
    }
    pumps = sale(company, "Pump 40W", "378", Qty=Decimal(2), UnitPrice=Decimal(189))
    lines = [pumps, sale(company, "Retainer", "142"), discount]
    company.create("Invoice", {"CustomerRef": {"value": who}, "TxnDate": "2026-01-10", "Line": lines})
    back = sale(company, "Pump 40W", "189", Qty=Decimal(1), UnitPrice=Decimal(189))
    company.create("CreditMemo", {"CustomerRef": {"value": who}, "TxnDate": "2026-01-12", "Line": [back]})
    report = answer_report(company, "ItemSales", YEAR)
    inner = report["Columns"]["Column"][1]["Columns"]["Column"]
    assert [column["ColTitle"] for column in inner] == [
        "Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin", "Gross Margin %",
    ]  # fmt: skip
    assert texts(report) == [
        ["Pump 40W", "1.00", "189.00", "60.77 %", "189.00", "96.20", "92.80", "49.10 %"],
        ["Total Hardware", "1.00", "189.00", "60.77 %", "189.00", "96.20", "92.80", "49.10 %"],
        ["Retainer", "", "142.00", "45.66 %", "", "", "", ""],
        ["Not Specified", "", "-20.00", "-6.43 %", "", "", "", ""],
        ["TOTAL", "1.00", "311.00", "100.00 %", "311.00", "96.20", "214.80", "69.07 %"],
    ]
    company.sales_reports_only_income = True
    assert texts(answer_report(company, "ItemSales", YEAR))[-1][2] == "169.00"


def test_sales_abroad_are_in_home_currency() -> None:
    """Each line of a foreign form is rounded into home currency by itself."""
    company = canadian_company()
    who = customer(company, "Ada", CurrencyRef={"value": "USD"})
    lines = [
        sale(company, "Delivery", "10.01", TaxCodeRef={"value": company.roles["no tax"]}) for _ in range(3)
    ]
    body = {"CustomerRef": {"value": who}, "TxnDate": "2026-01-10", "ExchangeRate": Decimal("1.3333")}
    company.create("Invoice", body | {"Line": lines})
    assert texts(answer_report(company, "CustomerSales", YEAR))[-1] == ["TOTAL", "40.05"]
