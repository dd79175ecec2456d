"""What the checks read out of QuickBooks's reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from checks.evidence import BUCKETS
from checks.theirs import report_figures as figures
from checks.theirs.reports import UnreadableReport, parse

AGING = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total")


def cells(*values: str, id: str = "") -> list[dict[str, str]]:
    first, *rest = values
    return [{"value": first, "id": id} if id else {"value": first}, *({"value": value} for value in rest)]


def row(*values: str, id: str = "") -> dict[str, Any]:
    return {"ColData": cells(*values, id=id)}


def section(
    head: list[dict[str, str]] | None, rows: list[Any], total: list[dict[str, str]], **more: str
) -> Any:
    return {
        **({"Header": {"ColData": head}} if head else {}),
        "Rows": {"Row": rows},
        "Summary": {"ColData": total},
        "type": "Section",
        **more,
    }


def grand_total(*values: str) -> dict[str, Any]:
    return {"group": "GrandTotal", "type": "Section", "Summary": {"ColData": cells("TOTAL", *values)}}


def report(name: str, titles: tuple[str, ...], rows: list[Any], **option: str) -> dict[str, Any]:
    return {
        "Header": {
            "Time": "2026-09-30T10:22:15-07:00",
            "ReportName": name,
            "Currency": "USD",
            "Option": [{"Name": key, "Value": value} for key, value in option.items()],
        },
        "Columns": {
            "Column": [
                {"ColTitle": "", "ColType": "Customer"},
                *({"ColTitle": title, "ColType": "Money"} for title in titles),
            ]
        },
        "Rows": {"Row": rows},
    }


def test_a_parents_own_postings_and_its_jobs_are_told_apart():
    """A parent's own amounts are read from its nested section without header, apart from those of its job."""
    answer = report(
        "AgedReceivables",
        AGING,
        [
            row("Amy", "10.00", "", "", "", "", "10.00", id="1"),
            section(
                cells("Freeman", "", "", "", "", "", "", id="7"),
                [
                    section(None, [row("Freeman", "", "5.00", "", "", "", "5.00")], cells("", "", "5.00")),
                    row("Freeman:Job", "", "", "", "", "-2.50", "-2.50", id="8"),
                ],
                cells("Total Freeman", "", "5.00", "", "", "-2.50", "2.50"),
            ),
            grand_total("10.00", "5.00", "0.00", "0.00", "-2.50", "12.50"),
        ],
    )
    assert figures.aging(parse(answer)) == {
        "1": bucket(current="10.00"),
        "7": bucket(d1_30="5.00"),
        "8": bucket(d91_plus="-2.50"),
    }


def test_a_parents_own_amounts_may_stand_in_the_header():
    """A parent's own amounts are also read from the header of its section."""
    answer = report(
        "AgedReceivables",
        AGING,
        [
            section(
                cells("Freeman", "3.00", "", "", "", "", "3.00", id="7"),
                [row("Job", "4.00", "", "", "", "", "4.00", id="8")],
                cells("Total Freeman", "7.00", "", "", "", "", "7.00"),
            ),
            grand_total("7.00", "0.00", "0.00", "0.00", "0.00", "7.00"),
        ],
    )
    assert figures.aging(parse(answer)) == {"7": bucket(current="3.00"), "8": bucket(current="4.00")}


def test_buckets_follow_their_titles_whatever_the_order():
    """Aging columns are assigned by their titles, whatever their order."""
    titles = ("> 90", "61 - 90", "31 - 60", "1 - 30", "Zurzeit", "Gesamt")
    answer = report("AgedReceivables", titles, [row("Amy", "9.00", "", "", "1.00", "2.00", "12.00", id="1")])
    assert figures.aging(parse(answer)) == {"1": bucket(current="2.00", d1_30="1.00", d91_plus="9.00")}


@pytest.mark.parametrize("name", ["Total", "Gesamt"])
def test_the_total_may_come_first_and_in_any_language(name):
    """The total of an aging report is recognised as the first column and in another language."""
    titles = (name, "Zurzeit", "> 90", "61 - 90", "31 - 60", "1 - 30")
    answer = report("AgedReceivables", titles, [row("Amy", "12.00", "2.00", "9.00", "", "", "1.00", id="1")])
    assert figures.aging(parse(answer)) == {"1": bucket(current="2.00", d1_30="1.00", d91_plus="9.00")}


def test_credits_may_come_before_debits():
    """A trial balance is read correctly when its credit column comes first."""
    rows = [
        row("Checking", "", "10.00", id="35"),
        row("Fees", "10.00", "", id="48"),
        grand_total("10.00", "10.00"),
    ]
    found = figures.trial_balance(parse(report("TrialBalance", ("Credit", "Debit"), rows)))
    assert found["35"] == {"debit": Decimal("10.00"), "credit": Decimal(0)}


def test_lines_that_do_not_add_up_to_the_reports_total_are_refused():
    """A report whose lines do not add up to its own total is unreadable."""
    rows = [
        row("Amy", "10.00", "", "", "", "", "10.00", id="1"),
        grand_total("11.00", "", "", "", "", "11.00"),
    ]
    with pytest.raises(UnreadableReport, match="column Current add up to 10.00, its own total says 11.00"):
        figures.aging(parse(report("AgedReceivables", AGING, rows)))


def test_no_data_is_an_empty_report():
    """A report that says NoReportData, or has no rows, is read as empty."""
    answer = report("AgedReceivables", AGING, [row("Amy", "", "", "", "", "", "")], NoReportData="true")
    assert figures.aging(parse(answer)) == {}
    assert parse({"Header": {"ReportName": "TrialBalance"}, "Columns": {}, "Rows": {}}).leaves == ()


def test_a_report_cut_short_is_an_error():
    """A report that says it cannot display more data is unreadable."""
    rows = [row("Unable to display more data. Please reduce the date range.")]
    with pytest.raises(UnreadableReport, match="400,000 cells"):
        parse(report("ProfitAndLoss", ("Total",), rows))


def test_more_or_fewer_aging_columns_are_refused():
    """An aging report without exactly five buckets is unreadable."""
    with pytest.raises(UnreadableReport, match="2 aging columns instead of 5"):
        figures.aging(
            parse(report("AgedReceivables", ("Current", "1 - 60", "Total"), [row("A", "1", "", "1")]))
        )


def test_words_where_an_amount_belongs_are_refused():
    """A report that holds text in the place of an amount is unreadable."""
    with pytest.raises(UnreadableReport, match=r"holds '1\.234,50' where an amount belongs"):
        figures.balances(parse(report("CustomerBalance", ("Total",), [row("Amy", "1.234,50", id="1")])))


@pytest.mark.parametrize("keyed", [True, False], ids=["ColKey", "ColType"])
def test_detail_columns_are_found_by_key_in_any_order(keyed):
    """Detail columns are identified by their key, which stood in ColType before 2026 and is metadata since."""
    names = ("subt_open_bal", "cust_name", "tx_date", "txn_type")
    answer = report("AgedReceivableDetail", (), [])
    answer["Columns"]["Column"] = [
        {"ColTitle": "?", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": name}]}
        if keyed
        else {"ColTitle": "?", "ColType": name}
        for name in names
    ]
    line = [
        {"value": "12.30"},
        {"value": "Amy", "id": "1"},
        {"value": "2026-07-16"},
        {"value": "Invoice", "id": "57"},
    ]
    answer["Rows"]["Row"] = [
        section(cells("1 - 30 days past due"), [{"ColData": line, "type": "Data"}], cells("Total"))
    ]
    assert figures.open_documents(parse(answer)) == {("57", "1"): Decimal("12.30")}


def test_trial_balance_keeps_debits_and_credits():
    """The trial balance keeps debits and credits apart for each account."""
    rows = [
        row("Checking", "10.00", "", id="35"),
        section(cells("Income"), [row("Fees", "", "10.00", id="48")], cells("Total Income", "", "10.00")),
        grand_total("10.00", "10.00"),
    ]
    assert figures.trial_balance(parse(report("TrialBalance", ("Debit", "Credit"), rows))) == {
        "35": {"debit": Decimal("10.00"), "credit": Decimal(0)},
        "48": {"debit": Decimal(0), "credit": Decimal("10.00")},
    }


def test_income_by_month_leaves_out_the_total():
    """Of a report by months each month stands alone, whatever its title, and the total is left out."""
    rows = [
        section(cells("Income", "", "", ""), [row("Fees", "5.00", "", "5.00", id="45")], [], group="Income")
    ]
    answer = report("ProfitAndLoss", ("Jan", "Feb", "Total"), rows)
    for column, start in zip(answer["Columns"]["Column"][1:], ("2026-01-15", "2026-02-01"), strict=False):
        column["MetaData"] = [{"Name": "StartDate", "Value": start}]
    assert figures.income(parse(answer)) == {("2026-01", "45"): Decimal("5.00")}


def test_amounts_of_items_stand_below_their_period():
    """A column with columns of its own has no cells; what names no item is left out."""
    rows = [row("Hour", "2", "70.00", id="7"), row("Not Specified", "", "-5.00"), grand_total("2", "65.00")]
    answer = report("ItemSales", ("Total",), rows)
    inner = [
        {"ColTitle": title, "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": title.lower()}]}
        for title in ("Quantity", "Amount")
    ]
    answer["Columns"]["Column"][1]["Columns"] = {"Column": inner}
    assert figures.item_sales(parse(answer)) == {"7": Decimal("70.00")}


def test_income_is_read_from_income_sections_alone():
    """Income comes from income sections alone, sub-accounts included, and not from expenses or net income."""
    rows = [
        section(
            cells("Income", ""),
            [
                section(
                    cells("Landscaping", "5.00", id="45"), [row("Fuel", "2.00", id="46")], cells("", "7.00")
                )
            ],
            cells("Total Income", "7.00"),
            group="Income",
        ),
        section(cells("Expenses", ""), [row("Rent", "3.00", id="60")], cells("", "3.00"), group="Expenses"),
        section(None, [], cells("Net Income", "4.00"), group="NetIncome"),
    ]
    assert figures.income(parse(report("ProfitAndLoss", ("Total",), rows))) == {
        ("", "45"): Decimal("5.00"),
        ("", "46"): Decimal("2.00"),
    }


def bucket(**amounts: str) -> dict[str, Decimal]:
    return {name: Decimal(amounts.get(name, "0")) for name in BUCKETS}


def test_a_report_of_nothing():
    """A report is empty whether its parts are absent, an empty object, or null."""
    for nothing in (
        {},
        {"Header": None},
        {"Header": {"Option": None}, "Columns": {"Column": None}, "Rows": None},
    ):
        found = parse(nothing)
        assert (found.leaves, found.columns, figures.aging(found)) == ((), (), {})
