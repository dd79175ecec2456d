"""Sales by dimension and month, and work not billed yet, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day, money
from tests.transforms.test_sales import item

D = Decimal


def sales(books, dimension, of, *columns):
    """These columns of a dimension's rows in a month, by member."""
    return books.rows(
        f"""select member, {", ".join(columns)} from marts.sales_by_month
        where dimension = '{dimension}' and month = date '{day(of)}' order by member"""
    )


@pytest.fixture
def one_month(books):
    """Two invoices and a receipt of January with all that a sale can be told apart by."""
    books.put("Item", "cat", Name="Lamps", FullyQualifiedName="Lamps", Type="Category")
    books.put(
        "Item", "I", Name="Bulb", FullyQualifiedName="Lamps:Bulb", Type="Service", ParentRef={"value": "cat"}
    )
    books.put("Class", "L", Name="North", FullyQualifiedName="North")
    books.put("Department", "P", Name="Shop", FullyQualifiedName="Shop")
    books.put("PaymentMethod", "M", Name="Visa")
    rep = [{"DefinitionId": "1", "Name": "Agent", "Type": "StringType", "StringValue": "Edith"}]
    books.invoice(
        "1", 100, "01-10", Line=[item(100, "I", ClassRef={"value": "L"}, ServiceDate="2026-01-31")],
        DepartmentRef={"value": "P"}, CustomField=rep,
    )  # fmt: skip
    books.invoice("2", 40, "01-12", Line=[item(40, "I", ServiceDate="2025-12-31")])
    books.payment("3", 70, "01-20", ("Invoice", "1", 70), PaymentMethodRef={"value": "M"})
    books.put(
        "SalesReceipt", "4", TxnDate=day("01-21"), TotalAmt=money(5), Line=[item(5, "I")],
        PaymentMethodRef={"value": "M"},
    )  # fmt: skip
    books.build("01-31", sales_rep_field="agent")
    return books


@pytest.mark.parametrize(
    ("dimension", "rows"),
    [
        ("item", [("Lamps:Bulb", 145)]),
        ("category", [("Lamps", 145)]),
        ("class", [("North", 100), ("Not specified", 45)]),
        ("department", [("Not specified", 45), ("Shop", 100)]),
        ("sales rep", [("Edith", 100), ("Not specified", 45)]),
        ("payment method", [("Visa", 75)]),
    ],
)
def test_sales_by_dimension(one_month, dimension, rows):
    """Each dimension tells the month's 145 apart, and money received stands with its payment method."""
    assert sales(one_month, dimension, "01-01", "amount") == rows


def test_billed_against_earned(one_month):
    """Of 145 billed in January 40 were earned in December."""
    assert [row[1:] for row in sales(one_month, "company", "01-01", "amount", "earned_amount")] == [
        (D(145), D(105))
    ]


def test_trailing_year_and_year_to_date(books):
    """Each month stands beside the twelve months up to it, those before, and last year up to the day reached."""
    for number, (date, amount) in enumerate(
        [("2024-01-05", 1), ("2024-11-10", 10), ("2024-11-25", 20), ("2025-02-01", 100), ("2025-11-15", 1000)]
    ):
        books.invoice(str(number), amount, date)
    books.build("2025-11-20")
    columns = (
        "amount", "prior_year_amount", "trailing_year_amount", "prior_trailing_year_amount",
        "year_to_date_amount", "prior_year_to_date_amount",
    )  # fmt: skip
    (november,) = sales(books, "company", "2025-11-01", *columns)
    assert november[1:] == (D(1000), D(10), D(1100), None, D(1100), D(11))
    (october,) = sales(books, "company", "2025-10-01", *columns)
    assert october[1:] == (D(0), D(0), D(130), None, D(100), D(1))
    (early,) = sales(books, "company", "2024-11-01", *columns)
    assert early[1:] == (D(30), None, None, None, D(31), None)


def test_work_not_billed_yet(books):
    """Ninety minutes at 80.00 and an expense of 50.00 with 10 percent markup can still be billed."""
    books.customer("C")
    books.put(
        "TimeActivity", "1", TxnDate=day("01-10"), Hours=1, Minutes=30, HourlyRate=80, BillableStatus="Billable",
        CustomerRef={"value": "C"},
    )  # fmt: skip
    books.put(
        "TimeActivity", "2", TxnDate=day("01-10"), Hours=1, HourlyRate=80, BillableStatus="HasBeenBilled"
    )

    def line(status):
        detail = {"CustomerRef": {"value": "C"}, "BillableStatus": status, "MarkupInfo": {"Percent": 10}}
        kind = "AccountBasedExpenseLineDetail"
        return {"Amount": money(50), "DetailType": kind, kind: detail}

    books.put(
        "Bill", "3", TxnDate=day("01-21"), TotalAmt=money(150),
        Line=[line("NotBillable"), line("Billable"), line("HasBeenBilled")],
    )  # fmt: skip
    books.build("01-31")
    assert books.rows(
        "select kind, customer_name, amount_home, age_days, line_no from marts.unbilled_work order by kind"
    ) == [("expense", "Customer C", D(55), 10, 2), ("time", "Customer C", D(120), 21, 1)]
