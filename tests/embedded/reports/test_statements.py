"""Reports as they go over the wire."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.embedded.api.entities import BY_NAME
from pipelines.embedded.reports.registry import REPORTS, answer_report
from tests.support.small_books import canadian_company, customer, form, journal, us_company


def test_aged_receivables_in_full() -> None:
    """A parent with a job is a section whose own postings sit in a nested section without header."""
    company = us_company()
    top = customer(company, "Ada & Sons")
    job = customer(company, "Kitchen", ParentRef={"value": top})
    other = customer(company, "Bela")
    form(company, "Invoice", top, "2026-06-01", "10", DueDate="2026-06-15")
    form(company, "Invoice", job, "2026-06-30", "20.5", DueDate="2026-07-30")
    form(company, "CreditMemo", other, "2026-03-01", "3")
    report = answer_report(
        company, "AgedReceivables", {"report_date": "2026-07-01", "aging_method": "Report_Date"}
    )
    assert report["Header"] == {
        "Time": "2026-07-01T09:00:00-07:00",
        "ReportName": "AgedReceivables",
        "StartPeriod": "2026-07-01",
        "EndPeriod": "2026-07-01",
        "SummarizeColumnsBy": "Total",
        "Currency": "USD",
        "Option": [
            {"Name": "report_date", "Value": "2026-07-01"},
            {"Name": "NoReportData", "Value": "false"},
        ],
    }
    columns = [
        (column["ColTitle"], column["ColType"], column["MetaData"][0]["Value"])
        for column in report["Columns"]["Column"]
    ]
    assert columns == [
        ("", "Customer", "cust_name"),
        ("Current", "Money", "current"),
        ("1 - 30", "Money", "1-30"),
        ("31 - 60", "Money", "31-60"),
        ("61 - 90", "Money", "61-90"),
        ("91 and over", "Money", "91_and_over"),
        ("Total", "Money", "total"),
    ]
    family, lone, total = report["Rows"]["Row"]
    values = [{"value": value} for value in ("", "10.00", "", "", "", "10.00")]
    own = {"ColData": [{"value": "Ada & Sons", "id": top}, *values]}
    values = [{"value": value} for value in ("20.50", "", "", "", "", "20.50")]
    below = {"ColData": [{"value": "Kitchen", "id": job}, *values]}
    assert family["Header"]["ColData"][0] == {"value": "Ada & Sons", "id": top}
    assert family["Rows"]["Row"] == [{"Rows": {"Row": [own]}, "type": "Section"}, below]
    assert [cell["value"] for cell in family["Summary"]["ColData"]] == [
        "Total Ada & Sons", "20.50", "10.00", "0.00", "0.00", "0.00", "30.50",
    ]  # fmt: skip
    assert family["type"] == "Section"
    assert [cell["value"] for cell in lone["ColData"]] == ["Bela", "", "", "", "", "-3.00", "-3.00"]
    assert (total["group"], total["type"]) == ("GrandTotal", "Section")
    assert [cell["value"] for cell in total["Summary"]["ColData"]] == [
        "TOTAL", "20.50", "10.00", "0.00", "0.00", "-3.00", "27.50",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_no_data(name: str) -> None:
    """A report of empty books has no rows and says NoReportData."""
    report = answer_report(us_company(), name, {})
    assert report["Rows"] == {}
    assert report["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "true"}


def test_unknown_report() -> None:
    """A report that the books do not know raises KeyError."""
    with pytest.raises(KeyError):
        answer_report(us_company(), "Nonsense", {})


def test_aged_receivable_detail() -> None:
    """The detail has a section per bucket, the most overdue first, with one row per open document."""
    company = us_company()
    who = customer(company, "Ada")
    late = form(company, "Invoice", who, "2026-01-01", "10", DueDate="2026-01-31")
    form(company, "Invoice", who, "2026-06-20", "5", DueDate="2026-07-20")
    report = answer_report(
        company, "AgedReceivableDetail", {"report_date": "2026-07-01", "aging_method": "Report_Date"}
    )
    old, current, total = report["Rows"]["Row"]
    assert old["Header"]["ColData"][0] == {"value": "91 or more days past due"}
    assert [cell["value"] for cell in old["Rows"]["Row"][0]["ColData"]] == [
        "2026-01-01", "Invoice", "1001", "Ada", "2026-01-31", "151", "10.00", "10.00",
    ]  # fmt: skip
    assert old["Rows"]["Row"][0]["ColData"][1]["id"] == late
    assert current["Header"]["ColData"][0] == {"value": "Current"}
    assert total["Summary"]["ColData"][7] == {"value": "15.00"}


def test_customer_balance() -> None:
    """The customer balance report lists each customer with his id and balance."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-06-20", "5")
    report = answer_report(company, "CustomerBalance", {})
    assert report["Rows"]["Row"][0] == {"ColData": [{"value": "Ada", "id": who}, {"value": "5.00"}]}


def test_profit_and_loss() -> None:
    """Sections come in the statement's order, and sub-accounts sit in a section of their parent."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-06-20", "100")
    journal(company, "2026-06-21", ("Debit", "rent", "30", ""), ("Credit", "checking", "30", ""))
    journal(company, "2026-06-22", ("Debit", "checking", "1.5", ""), ("Credit", "interest", "1.5", ""))
    journal(company, "2026-05-31", ("Debit", "rent", "500", ""), ("Credit", "checking", "500", ""))
    report = answer_report(company, "ProfitAndLoss", {"start_date": "2026-06-01", "end_date": "2026-06-30"})
    sums = {row["group"]: row["Summary"]["ColData"][1]["value"] for row in report["Rows"]["Row"]}
    assert sums == {
        "Income": "100.00",
        "COGS": "0.00",
        "GrossProfit": "100.00",
        "Expenses": "30.00",
        "NetOperatingIncome": "70.00",
        "OtherIncome": "1.50",
        "OtherExpenses": "0.00",
        "NetOtherIncome": "1.50",
        "NetIncome": "71.50",
    }
    services = report["Rows"]["Row"][0]["Rows"]["Row"][0]
    assert services["Header"]["ColData"][0]["value"] == "Services"
    assert services["Rows"]["Row"][0]["ColData"][0]["value"] == "Design Income"


def test_trial_balance_closes_the_year() -> None:
    """Last year's income is in retained earnings, and this year's is on its own account."""
    company = us_company()
    for date, amount in (("2025-12-31", "40"), ("2026-01-01", "2")):
        journal(company, date, ("Debit", "checking", amount, ""), ("Credit", "interest", amount, ""))
    report = answer_report(company, "TrialBalance", {"end_date": "2026-06-30"})
    rows = [[cell["value"] for cell in row["ColData"]] for row in report["Rows"]["Row"][:-1]]
    assert rows == [
        ["Checking", "42.00", ""],
        ["Retained Earnings", "", "40.00"],
        ["Interest Earned", "", "2.00"],
    ]
    assert [cell["value"] for cell in report["Rows"]["Row"][-1]["Summary"]["ColData"]] == [
        "TOTAL",
        "42.00",
        "42.00",
    ]
    assert Decimal(rows[0][1]) == Decimal(42)


def test_reports_know_what_the_api_does_not_show() -> None:
    """Payroll stands in both statements and in the bank's balance, though no entity of the API has it."""
    company = us_company()
    accounts = {
        role: company.ref("Account", company.roles[role]) for role in ("checking", "wages", "payroll")
    }
    body = {
        "AccountRef": accounts["checking"],
        "TxnDate": "2026-06-05",
        "TotalAmt": Decimal("3000.00"),
        "Line": [
            {"AccountRef": accounts["wages"], "Amount": Decimal("4000.00")},
            {"AccountRef": accounts["payroll"], "Amount": Decimal("-1000.00")},
        ],
    }
    company.create("PayrollCheck", body)
    statement = answer_report(company, "ProfitAndLoss", {})
    totals = {row["group"]: row["Summary"]["ColData"][1]["value"] for row in statement["Rows"]["Row"]}
    assert (totals["Expenses"], totals["NetIncome"]) == ("4000.00", "-4000.00")
    trial = answer_report(company, "TrialBalance", {"end_date": "2026-06-30"})
    rows = [[cell["value"] for cell in row["ColData"]] for row in trial["Rows"]["Row"] if "ColData" in row]
    assert rows == [
        ["Checking", "", "3000.00"],
        ["Payroll Liabilities", "", "1000.00"],
        ["Wages", "4000.00", ""],
    ]
    assert company.store["Account"][company.roles["checking"]]["CurrentBalance"] == Decimal("-3000.00")
    assert "PayrollCheck" not in BY_NAME


def test_stock_sold_abroad_costs_what_it_costs_at_home() -> None:
    """An invoice in a foreign currency takes stock at its cost in home currency, whatever the rate."""
    company = canadian_company()
    who = customer(company, "Ada", CurrencyRef={"value": "USD"})
    pump = {
        "ItemRef": {"value": company.roles["item Pump 40W"]},
        "Qty": Decimal(2),
        "UnitPrice": Decimal(300),
    }
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": pump}
    company.create("Invoice", {"CustomerRef": {"value": who}, "Line": [line], "ExchangeRate": Decimal("1.4")})
    accounts = company.store["Account"]
    assert accounts[company.roles["inventory"]]["CurrentBalance"] == Decimal("-192.40")


def test_profit_and_loss_by_month() -> None:
    """Each month is a column with its dates, the cut off ones too, and the total stands behind them."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, "2026-05-20", "100")
    form(company, "CreditMemo", who, "2026-06-02", "30")
    journal(company, "2026-06-21", ("Debit", "rent", "25", ""), ("Credit", "checking", "25", ""))
    asked = {"start_date": "2026-05-15", "end_date": "2026-06-30", "summarize_column_by": "Month"}
    report = answer_report(company, "ProfitAndLoss", asked)
    assert report["Header"]["SummarizeColumnsBy"] == "Month"
    assert report["Columns"]["Column"][1]["ColTitle"] == "May 15 - 31, 2026"
    assert report["Columns"]["Column"][2] == {
        "ColTitle": "Jun 2026",
        "ColType": "Money",
        "MetaData": [
            {"Name": "StartDate", "Value": "2026-06-01"},
            {"Name": "EndDate", "Value": "2026-06-30"},
            {"Name": "ColKey", "Value": "Jun 2026"},
        ],
    }
    sums = {
        row["group"]: [cell["value"] for cell in row["Summary"]["ColData"][1:]]
        for row in report["Rows"]["Row"]
    }
    assert sums["Income"] == ["100.00", "-30.00", "70.00"]
    assert sums["Expenses"] == ["0.00", "25.00", "25.00"]
    assert sums["NetIncome"] == ["100.00", "-55.00", "45.00"]
