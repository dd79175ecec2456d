"""Revenue lines, their discounts and costs, and each customer's value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day, money

D = Decimal


def item(amount, id="I", quantity=None, **detail):
    detail = {"ItemRef": {"value": id}, **({"Qty": quantity} if quantity is not None else {}), **detail}
    return {"Amount": money(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def subtotal(amount):
    return {"Amount": money(amount), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}


def discount(amount):
    return {
        "Amount": money(amount),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": False},
    }


def sale(books, entity, id, date, total, *lines, customer="C", tax=0, **fields):
    books.put(
        entity, id, CustomerRef={"value": customer}, TxnDate=day(date), TotalAmt=money(total),
        TxnTaxDetail={"TotalTax": money(tax)}, Line=list(lines), **fields,
    )  # fmt: skip


LINES = """
    select line_no, item_id, gross_amount, discount_amount, net_amount from core.sales_lines order by doc_id, line_no
"""
VALUE = """
    select gross_sales, discounts, refunds, net_revenue, cash_collected, orders
    from marts.customer_value where level = 'customer'
"""


def test_three_at_fifty_less_ten_percent_at_a_cost_of_twenty(books):
    """Three at 50 less 10%, at a cost of 20 each, have a net of 135, a cost of 60 and a margin of 75, or 55.6%."""
    books.customer()
    books.put("Item", "I", Name="Hour", PurchaseCost=20)
    sale(books, "Invoice", "1", "01-01", 135, item(150, quantity=3), subtotal(150), discount(15))
    books.build()
    assert books.rows("select net_amount, cost_home, cost_basis from core.sales_lines") == [
        (D(135), D(60), "purchase_cost_snapshot")
    ]
    assert books.row("""
        select net_revenue, cost, gross_margin, round(gross_margin / net_revenue, 3), known_cost_ratio
        from marts.customer_value where level = 'customer'
    """) == (D(135), D(60), D(75), 0.556, 1.0)


def test_discount_is_shared_to_the_cent(books):
    """A discount is shared over the lines to the cent, and the largest remainders take the odd cents."""
    sale(
        books,
        "Invoice",
        "1",
        "01-01",
        90,
        item("33.33", "A"),
        item("33.33", "B"),
        item("33.34", "C"),
        discount(10),
    )
    books.build()
    assert books.rows(LINES) == [
        (1, "A", D("33.33"), D("3.33"), D("30.00")),
        (2, "B", D("33.33"), D("3.33"), D("30.00")),
        (3, "C", D("33.34"), D("3.34"), D("30.00")),
    ]


def test_lines_of_a_bundle_are_the_revenue(books):
    """The lines inside a bundle are the revenue, and the bundle's own line is not."""
    bundle = {
        "Amount": 0,
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {
            "GroupItemRef": {"value": "G"},
            "Quantity": 2,
            "Line": [item(60, "A"), item(40, "B")],
        },
    }
    sale(books, "Invoice", "1", "01-01", 110, bundle, item(10, "X"), subtotal(110))
    books.build()
    assert books.rows(
        "select line_no, group_line_no, item_id, line_amount from staging.invoice_lines order by line_no"
    ) == [
        (1, None, None, D(0)),
        (2, None, "X", D(10)),
        (3, None, None, D(110)),
        (4, 1, "A", D(60)),
        (5, 1, "B", D(40)),
    ]
    assert [(row[1], row[4]) for row in books.rows(LINES)] == [("X", D(10)), ("A", D(60)), ("B", D(40))]


def test_bundle_that_hides_its_lines_is_a_line_itself(books):
    """A bundle without visible lines is a line of revenue itself."""
    bundle = {
        "Amount": 50,
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": "G"}, "Quantity": 2},
    }
    sale(books, "Invoice", "1", "01-01", 50, bundle)
    books.build()
    assert books.rows("select item_id, quantity, net_amount from core.sales_lines") == [("G", D(2), D(50))]


def test_lines_and_discounts_add_up_to_the_total_less_tax(books):
    """Any lines, negative ones included, add up to the document's total less tax, to the cent."""
    lines = [item("33.33"), item("33.33"), item("-10.01"), item("0.05"), discount("7.77"), discount("0.01")]
    sale(books, "Invoice", "1", "01-01", "53.00", *lines, tax="4.08")
    sale(books, "CreditMemo", "2", "01-01", "53.00", *lines, tax="4.08")
    books.build()
    assert books.rows("""
        select doc_id, sum(net_amount), sum(discount_amount), min(is_itemized)
        from core.sales_lines
        group by 1
        order by 1
    """) == [("1", D("48.92"), D("7.78"), True), ("2", D("-48.92"), D("-7.78"), True)]


def test_delayed_charge_shows_no_line_but_is_revenue(books):
    """A delayed charge of 75, of which QuickBooks sends no item line, is revenue."""
    sale(books, "Invoice", "1", "01-01", 81, subtotal(75), tax=6)
    books.build()
    assert books.rows("select line_no, is_itemized, net_amount from core.sales_lines") == [(0, False, D(75))]


def test_description_lines_and_tax_are_no_revenue(books):
    """Description lines, subtotals and tax are no revenue."""
    note = {
        "DetailType": "DescriptionOnly",
        "Description": "thank you",
        "Amount": 5,
        "DescriptionLineDetail": {},
    }
    sale(books, "Invoice", "1", "01-01", 108, item(100), note, subtotal(100), tax=8)
    books.build()
    assert [row[4] for row in books.rows(LINES)] == [D(100)]


def test_credits_and_refunds_are_negative(books):
    """Credit memos and refund receipts have negative quantities and amounts."""
    sale(books, "CreditMemo", "1", "01-01", 45, item(50, quantity=5), discount(5))
    sale(books, "RefundReceipt", "2", "01-02", 10, item(10, quantity=1))
    books.build()
    assert books.rows(
        "select quantity, gross_amount, discount_amount, net_amount from core.sales_lines order by doc_id"
    ) == [
        (D(-5), D(-50), D(-5), D(-45)),
        (D(-1), D(-10), D(0), D(-10)),
    ]


def test_home_amounts_use_the_documents_rate(books):
    """Home amounts use the document's own exchange rate."""
    sale(
        books,
        "Invoice",
        "1",
        "01-01",
        90,
        item(100),
        discount(10),
        CurrencyRef={"value": "EUR"},
        ExchangeRate=D("1.1"),
    )
    books.build()
    assert books.row("select currency, gross_home, discount_home, net_home from core.sales_lines") == (
        "EUR", D(110), D(11), D(99),
    )  # fmt: skip


def test_average_cost_of_what_was_bought_up_to_the_day(books):
    """Of two bought at 10 and two at 20, one costs 10 before the second bill and 15 on its day."""
    books.put("Item", "I", Name="Part", PurchaseCost=0)

    def bill(id, date, quantity, amount):
        detail = {"ItemRef": {"value": "I"}, "Qty": quantity}
        kind = "ItemBasedExpenseLineDetail"
        books.put("Bill", id, TxnDate=day(date), Line=[{"Amount": amount, "DetailType": kind, kind: detail}])

    bill("1", "01-10", 2, 20)
    bill("2", "02-10", 2, 40)
    for id, date in [("3", "01-09"), ("4", "02-09"), ("5", "02-10")]:
        sale(books, "Invoice", id, date, 30, item(30, quantity=1))
    books.build()
    assert books.rows("select cost_home, cost_basis from core.sales_lines order by doc_id") == [
        (None, "none"), (D(10), "bill_average"), (D(15), "bill_average"),
    ]  # fmt: skip


def test_margin_covers_only_lines_with_a_known_cost(books):
    """A customer's margin covers only the lines with a known cost and states their share of revenue."""
    books.customer()
    books.put("Item", "I", Name="Part", PurchaseCost=40)
    sale(books, "Invoice", "1", "01-01", 400, item(100, quantity=1), item(300, "unknown", quantity=1))
    books.build()
    assert books.row(
        "select cost, gross_margin, known_cost_ratio from marts.customer_value where level = 'customer'"
    ) == (
        D(40),
        D(60),
        0.25,
    )


def test_margin_is_null_where_no_cost_is_known(books):
    """A customer's cost and margin are null if no cost is known, of which the share is 0."""
    books.customer()
    sale(books, "Invoice", "1", "01-01", 100, item(100, quantity=1))
    books.build()
    assert books.row(
        "select cost, gross_margin, known_cost_ratio from marts.customer_value where level = 'customer'"
    ) == (
        None,
        None,
        0.0,
    )


def test_average_order_value_rounds_half_away_from_zero(books):
    """Two orders of 2,508.95 together are 1,254.48 each, and not 1,254.47."""
    books.customer()
    sale(books, "Invoice", "1", "01-01", "1254.47", item("1254.47"))
    sale(books, "Invoice", "2", "01-02", "1254.48", item("1254.48"))
    books.build()
    assert books.value("select aov from marts.customer_value where level = 'customer'") == D("1254.48")


def test_customer_whose_only_document_is_void_has_no_class_and_no_cost(books):
    """A voided document gives its customer neither a class nor a cost."""
    books.customer()
    books.put("Item", "I", Name="Hour", PurchaseCost=20)
    sale(books, "Invoice", "1", "12-01", 0, item(0, quantity=0), PrivateNote="Voided")
    books.build()
    assert books.row("""
        select abc_class, cost, value.net_revenue, value.orders
        from marts.customer_segments join marts.customer_value as value using (realm_id, customer_id)
    """) == (None, None, D(0), 0)


def test_invoice_refunded_on_the_same_day_is_no_order(books):
    """An invoice refunded on the same day is no order."""
    books.customer()
    sale(books, "Invoice", "1", "01-01", 300, item(300))
    sale(books, "RefundReceipt", "2", "01-01", 300, item(300))
    books.build()
    assert books.row(VALUE) == (D(300), D(0), D(300), D(0), D(-300), 0)
    assert books.row(
        "select aov, first_order, tenure_days from marts.customer_value where level = 'customer'"
    ) == (None, None, None)


def test_value_of_a_customer(books):
    """Two sales on one day are one order, and cash is payments and sales receipts less refunds."""
    books.customer()
    sale(books, "Invoice", "1", "01-01", 100, item(100))
    sale(books, "SalesReceipt", "2", "01-01", 54, item(60), discount(10), tax=4)
    sale(books, "Invoice", "3", "02-01", 50, item(50))
    sale(books, "CreditMemo", "4", "03-01", 20, item(20))
    sale(books, "Invoice", "5", "2027-01-01", 999, item(999))
    books.payment("6", 70, "02-10", ("Invoice", "1", 70))
    books.build("12-31")
    assert books.row(VALUE) == (D(210), D(10), D(20), D(180), D(124), 2)
    columns = "first_order, last_order, tenure_days, aov"
    assert books.row(f"select {columns} from marts.customer_value where level = 'customer'") == (
        day("01-01"), day("02-01"), 364, D(90),
    )  # fmt: skip


def test_customer_without_sales_is_there_with_zeros(books):
    """A customer without sales has a row of zeros."""
    books.customer()
    books.build()
    assert books.row(VALUE) == (D(0), D(0), D(0), D(0), D(0), 0)


@pytest.mark.parametrize("entity", ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"])
def test_voided_documents_stay_with_zeros(books, entity):
    """A voided document keeps a line of zero that is marked as voided."""
    sale(books, entity, "1", "01-01", 0, item(0, quantity=0), subtotal(0), PrivateNote="Voided")
    books.build()
    assert books.rows("select is_voided, net_amount from core.sales_lines") == [(True, D(0))]


def test_progress_invoices_of_an_estimate_are_one_order_where_the_setting_says_so(books):
    """Invoices of three days, two of them for one estimate, are three orders, or two if the setting says so."""
    books.customer()
    link = {"LinkedTxn": [{"TxnId": "9", "TxnType": "Estimate"}]}
    books.invoice("1", 100, "01-10", **link)
    books.invoice("2", 200, "02-10", **link)
    books.invoice("3", 50, "03-10")
    orders = "select txn_date, net_revenue from core.orders where level = 'customer' order by 1"
    books.build()
    assert books.rows(orders) == [
        (day("01-10"), money(100)),
        (day("02-10"), money(200)),
        (day("03-10"), money(50)),
    ]
    books.build(group_by_estimate=True)
    assert books.rows(orders) == [(day("01-10"), money(300)), (day("03-10"), money(50))]
    assert books.value("select orders from marts.customer_value where level = 'customer'") == 2
