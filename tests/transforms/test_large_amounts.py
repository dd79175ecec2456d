"""Currencies with small units have amounts of thousands of millions, and products of 19 digits."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tests.support.books import day, money
from tests.support.expectations import broken

D = Decimal
MILLION = 10**6
LARGEST = D("9999999999999")
"""The greatest number below what staging sets aside."""


def test_a_payment_of_150_million(books):
    """A payment of a million dollars in yen, on time, has 80 points a yen."""
    books.invoice("1", 150 * MILLION, "01-05", "01-20")
    books.payment("2", 150 * MILLION, "01-20", ("Invoice", "1", 150 * MILLION))
    books.build("12-31")
    assert books.value("select pay_score from marts.invoice_payments") == 80
    assert books.rows(
        "select distinct pay_score from marts.customer_payment_behaviour where level = 'customer' and period = 'all'"
    ) == [(80.0,)]


def test_an_open_invoice_of_20_thousand_million(books):
    """An open invoice of 20,000 million is expected, and at risk, to the last cent."""
    books.customer()
    for number in range(30):
        date = day("01-01") + datetime.timedelta(number)
        books.invoice(f"{number}", 1000, str(date))
        books.payment(f"{number}p", 1000, str(date + datetime.timedelta(10)), ("Invoice", f"{number}", 1000))
    books.invoice("30", 20_000 * MILLION, "12-01", "12-02", customer="D")
    books.build("12-05")
    soon, in_a_month = books.row("select p_7d, p_30d from marts.open_invoice_forecast")
    expected = money(D(str(soon)) * 20_000 * MILLION)
    assert 0.9 < soon < in_a_month < 1
    assert books.value("select expected_7d_amount from marts.open_invoice_forecast") == expected
    assert books.value("select expected_amount from marts.cash_forecast where week = 1") == expected
    assert books.value("select at_risk_amount from marts.collection_worklist") == money(
        (1 - D(str(in_a_month))) * 20_000 * MILLION
    )


def test_an_open_estimate_of_20_thousand_million(books):
    """Of ten won and five expired, 20,000 million open are forecast at two thirds; all that were decided were won."""
    for number in range(15):
        status = (
            {"TxnStatus": "Accepted", "AcceptedDate": day("01-02")}
            if number < 10
            else {"TxnStatus": "Pending"}
        )
        fields = {"TotalAmt": 1000, "CustomerRef": {"value": "C"}, "ExpirationDate": day("01-31"), **status}
        books.put("Estimate", f"{number}", TxnDate=day("01-01"), **fields)
    books.put(
        "Estimate", "15", TxnDate=day("12-30"), CustomerRef={"value": "C"}, TotalAmt=20_000 * MILLION,
        TxnStatus="Pending",
    )  # fmt: skip
    books.build("12-30")
    forecast = (
        "select naive_forecast_home, forecast_home from marts.estimate_pipeline where estimate_id = '15'"
    )
    assert books.row(forecast) == (
        money(20_000 * MILLION), money(D("0.666667") * 20_000 * MILLION),
    )  # fmt: skip


def test_a_document_out_of_range_is_set_aside_and_nothing_else(books):
    """Invoices of what JSON can hold, of 40 digits and of 8.8e14 are set aside and named; one of 1e12 is owed."""
    books.customer("C", DisplayName="N" * 4000, ParentRef={"value": "D"})
    books.customer("D", ParentRef={"value": "C"})
    text = (
        '{"Id":"%s","CustomerRef":{"value":"C"},"TxnDate":"2026-01-02","DueDate":"2026-01-03","TotalAmt":%s,'
        '"Line":[{"Amount":%s,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"Qty":1}}]}'
    )
    for amount in ("1e308", "1" + "0" * 39, "8.8e14", "1e12"):
        books.put_text("Invoice", amount, text % (amount, amount, amount))
    built = books.build_all("12-31")
    assert built.left_out == {}
    assert books.rows("select id from checks.rejected order by length(id), id") == [
        ("1e308",),
        ("8.8e14",),
        ("1" + "0" * 39,),
    ]
    owed = "select customer_id, total_open, length(customer_name) from marts.ar_aging_by_customer"
    assert books.rows(owed) == [("C", D(10**12), 4000)]


def test_the_largest_amounts_at_the_farthest_dates(books):
    """What staging takes at most, of years 1 to 9999, builds every table; a product that no column holds is null."""
    books.receivable_account()
    books.customer()
    books.put("Account", "IN", Name="Sales", AccountType="Income")
    fields = {"PurchaseCost": LARGEST, "QtyOnHand": LARGEST, "IncomeAccountRef": {"value": "IN"}}
    books.put("Item", "I", Name="Lamp", Type="Inventory", **fields)
    item = {"ItemRef": {"value": "I"}}
    sold = {"Amount": money(9 * 10**12), "DetailType": "SalesItemLineDetail"}
    sold["SalesItemLineDetail"] = {**item, "Qty": LARGEST, "UnitPrice": LARGEST}
    kind = "ItemBasedExpenseLineDetail"
    bought = {"Amount": money(9 * 10**12), "DetailType": kind, kind: {**item, "Qty": D("0.0000000001")}}
    dates = ("0001-01-01", "9999-12-31", "2026-02-01")
    for id, (date, due) in enumerate((date, due) for date in dates for due in dates):
        books.invoice(f"{id}", 9 * 10**12, date, due=due, Line=[sold])
        paid = dates[id % 3]
        books.payment(f"p{id}", 4 * 10**12, paid, ("Invoice", f"{id}", 4 * 10**12))
        books.credit_memo(f"c{id}", 10**12, date)
        fields = {"TxnDate": day(date), "TotalAmt": money(9 * 10**12)}
        books.put("Estimate", f"e{id}", CustomerRef={"value": "C"}, ExpirationDate=day(due), **fields)
        books.put("Bill", f"b{id}", DueDate=day(due), Line=[bought], **fields)
        hours = {"HourlyRate": LARGEST, "Hours": 10**9, "CustomerRef": {"value": "C"}}
        books.put("TimeActivity", f"t{id}", TxnDate=day(date), BillableStatus="Billable", **hours)
    built = books.build_all("2026-06-30")
    assert (built.left_out, built.rejected) == ({}, 0)
    assert broken(books, "1") == []
    assert books.rows("select distinct amount_home from marts.unbilled_work") == [(None,)]
    assert books.rows("select stock_value_amount from marts.item_stock") == [(None,)]
    assert books.value("select count(*) from marts.ar_aging_by_customer_as_of(date '9999-12-31')") == 1


def test_an_object_of_a_list_stands_without_its_amount(books):
    """A customer and an account whose balance no column holds stay, with no balance, and are named."""
    books.customer("C", Balance=D("1e308"), DisplayName="Large")
    books.put("Account", "AR", AccountType="Accounts Receivable", CurrentBalance=D("1e20"))
    books.invoice("1", 100, "01-10")
    books.build("12-31")
    assert books.row("select customer_name, total_open from marts.ar_aging_by_customer") == ("Large", D(100))
    assert books.rows("select balance from core.customers") == [(None,)]
    assert books.rows("select account_type, current_balance from core.accounts") == [
        ("Accounts Receivable", None)
    ]
    assert books.rows("select entity, id, reason from checks.rejected order by all") == [
        ("Account", "AR", "Expected `float` < 10000000000000.0 - at `$.CurrentBalance`"),
        ("Customer", "C", "Expected `float` < 10000000000000.0 - at `$.Balance`"),
    ]


def test_a_company_that_cannot_be_built_takes_no_other_along(books):
    """An invoice whose amount at home no column holds leaves its company out with the reason; the others are built."""
    books.realms = {"1", "2", "3"}
    for books.realm_id in ("1", "2", "3"):
        books.customer()
        books.invoice("1", 100, "01-10")
    books.realm_id = "2"
    books.invoice("2", 9 * 10**12, "01-10", ExchangeRate=10**11)
    built = books.build_all("12-31")
    assert list(built.left_out) == ["2"]
    assert built.left_out["2"].startswith("transforms/core/sales_documents.sql makes no table.")
    assert books.rows("select realm_id, total_open from marts.ar_aging_by_customer order by 1") == [
        ("1", D(100)),
        ("3", D(100)),
    ]
    books.invoice("2", 9, "01-10")
    assert books.build_all("12-31").left_out == {}
    assert books.value("select total_open from marts.ar_aging_by_customer where realm_id = '2'") == 109
