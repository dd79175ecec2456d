"""Credit figures by month, each against a company small enough to reckon by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day, money

D = Decimal


def credit(books, of, *columns):
    """These columns of a month's row."""
    return books.row(
        f"select {', '.join(columns)} from marts.credit_by_month where month_start = date '{day(of)}'"
    )


def bad_debts(books):
    books.receivable_account()
    books.put("Account", "BD", Name="Bad Debts", AccountType="Expense", AccountSubType="BadDebts")
    books.put("Item", "W", Name="Write-off", Type="Service", IncomeAccountRef={"value": "BD"})


def write_off(books, id, date, *rows):
    """A journal entry of rows (account, amount, customer or nothing), debits positive."""
    lines = []
    for account, amount, customer in rows:
        side = "Debit" if money(amount) > 0 else "Credit"
        detail = {"PostingType": side, "AccountRef": {"value": account}}
        if customer:
            detail["Entity"] = {"Type": "Customer", "EntityRef": {"value": customer}}
        kind = "JournalEntryLineDetail"
        lines.append({"Amount": abs(money(amount)), "DetailType": kind, kind: detail})
    books.put("JournalEntry", id, TxnDate=day(date), TotalAmt=0, Line=lines)


def test_days_of_90_days_and_of_a_year(books):
    """Oracle's example, 10,869 over 5,538, 4,566 and 7,570, is 55.35 days of 90, and the year's is 62.69."""
    books.invoice("0", 45_609, "2024-12-31")
    books.invoice("1", 5538, "2025-10-03")
    books.invoice("2", 4566, "2025-11-10")
    books.invoice("3", 7570, "2025-12-10")
    books.payment(
        "p", 52_414, "2025-12-20", ("Invoice", "0", 45_609), ("Invoice", "1", 5538), ("Invoice", "2", 1267)
    )
    books.build("2025-12-31")
    columns = ("open_charges_amount", "credit_sales_90d", "dso_90d", "credit_sales_365d", "dso_365d")
    assert credit(books, "2025-12-01", *columns) == (
        D(10_869), D(17_674), pytest.approx(55.35, abs=0.005), D(17_674), pytest.approx(224.464, abs=0.001),
    )  # fmt: skip
    assert credit(books, "2025-01-01", "dso_90d", "dso_365d") == (None, None), "too early to say"


def test_true_days_sales_outstanding(books):
    """Of January's 1,000 are 600 open for 39 days, of February's 500 all for 14: true 37.4, by month 46.6 days."""
    books.invoice("1", 400, "01-10")
    books.invoice("2", 600, "01-20")
    books.invoice("3", 500, "02-14")
    books.payment("p", 400, "02-20", ("Invoice", "1", 400))
    books.build("02-28")
    columns = ("true_dso", "sales_weighted_dso", "dso_countback", "mean_age_days")
    assert credit(books, "02-01", *columns) == pytest.approx((37.4, 46.6, 46.6, 30_400 / 1100))


def test_turnover_of_the_receivable(books):
    """Sales of 3,600 on credit in 365 days turn a mean receivable of 900 over 4 times."""
    books.invoice("1", 1200, "2025-01-15")
    books.payment("2", 1200, "2025-02-10", ("Invoice", "1", 1200))
    books.invoice("3", 3000, "2025-06-01")
    books.payment("4", 3000, "2025-06-20", ("Invoice", "3", 3000))
    books.invoice("5", 600, "2026-01-10")
    books.build("2026-01-31")
    assert credit(books, "2026-01-01", "ar_turnover") == (4.0,)
    assert credit(books, "2025-12-01", "ar_turnover") == (None,)


def test_shares_by_age_and_roll_rates(books):
    """Of 700 not yet due half are overdue a month later, and of 300 overdue a third is in the next bucket."""
    books.invoice("1", 100, "01-01", due="01-31")
    books.invoice("2", 300, "01-01", due="01-15")
    books.invoice("3", 600, "01-01", due="02-20")
    books.payment("4", 550, "02-10", ("Invoice", "2", 200), ("Invoice", "3", 350))
    books.build("02-28")
    shares = ("current_share", "d1_30_share", "d31_60_share", "d61_90_share", "d91_plus_share")
    assert credit(books, "01-01", *shares, "current_roll_rate") == (0.7, 0.3, 0, 0, 0, None)
    assert credit(books, "02-01", *shares) == pytest.approx((0, 350 / 450, 100 / 450, 0, 0))
    rolls = ("current_roll_rate", "d1_30_roll_rate", "d31_60_roll_rate")
    assert credit(books, "02-01", *rolls) == (0.5, pytest.approx(1 / 3), None)


def test_expected_credit_loss(books):
    """Of 1,000 due 400 grew 91 days old, of which 100 were written off: 10% of a new 500 will be lost."""
    bad_debts(books)
    books.invoice("1", 1000, "01-01", due="01-31")
    books.payment("2", 600, "02-10", ("Invoice", "1", 600))
    write_off(books, "3", "06-10", ("BD", 100, None), ("AR", -100, "C"))
    books.payment("4", 0, "06-10", ("Invoice", "1", 100), ("JournalEntry", "3", 100), UnappliedAmt=0)
    books.payment("5", 300, "06-12", ("Invoice", "1", 300))
    books.invoice("6", 500, "06-15", due="07-15")
    books.build("06-30")
    rates = [f"{bucket}_loss_rate" for bucket in ("current", "d1_30", "d31_60", "d61_90", "d91_plus")]
    assert credit(books, "06-01", *rates) == pytest.approx((0.1, 0.25, 0.25, 0.25, 0.25))
    assert credit(books, "06-01", "expected_credit_loss_amount", "written_off_amount") == (D(50), D(100))
    assert credit(books, "05-01", "expected_credit_loss_amount") == (None,), "nothing that old had ended yet"


def test_write_offs_by_credit_memo_and_by_journal_entry(books):
    """A write-off counts without its tax, an entry's by customer, and a provision without a customer not at all."""
    bad_debts(books)
    line = {
        "Amount": money(100), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "W"}},
    }  # fmt: skip
    books.invoice("1", 110, "01-05")
    books.credit_memo("2", 110, "03-01", Line=[line], TxnTaxDetail={"TotalTax": money(10)})
    books.payment("3", 0, "03-02", ("Invoice", "1", 110), ("CreditMemo", "2", 110), UnappliedAmt=0)
    write_off(books, "4", "03-05", ("BD", 100, None), ("AR", -66, "C"), ("AR", -34, "E"))
    write_off(books, "5", "03-06", ("BD", 500, None), ("ALLOWANCE", -500, None))
    write_off(books, "6", "04-06", ("BD", -40, None), ("AR", 40, "C"))
    books.build("04-30")
    assert books.rows(
        "select doc_id, customer_id, written_off_amount, written_off_share from core.write_offs order by all"
    ) == [
        ("2", "C", D(100), pytest.approx(10 / 11)),
        ("4", "C", D(66), 1.0),
        ("4", "E", D(34), 1.0),
        ("6", "C", D(-40), 1.0),
    ]
    assert books.rows("""
        select invoice_id, effective_date, written_off_amount from core.invoice_settlements
        where written_off_amount > 0
    """) == [("1", day("03-02"), D(100))]
    assert credit(books, "03-01", "written_off_amount") == (D(200),)
    assert credit(books, "04-01", "written_off_amount") == (D(-40),)


def test_credit_limits_used_and_passed(books):
    """A customer with a limit of 500 who owes 300, with 400 on a job, is 200 beyond it."""
    books.customer("C", CreditLimit=500)
    books.customer("J", ParentRef={"value": "C"}, Job=True)
    books.customer("E", CreditLimit=1000)
    books.customer("F")
    books.invoice("1", 300, "01-10")
    books.invoice("2", 400, "01-10", customer="J")
    books.invoice("3", 900, "01-10", customer="E")
    books.invoice("4", 5000, "01-10", customer="F")
    books.build("01-31")
    columns = "credit_limit_amount, credit_limit_used_amount, over_limit_amount, over_limit_count"
    assert credit(books, "01-01", columns) == (D(1500), D(1600), D(200), 1)


def test_share_of_the_ten_largest(books):
    """Of eleven families who owe 100 each, ten owe 10/11."""
    for number in range(11):
        books.invoice(str(number), 100, "01-10", customer=f"customer {number}")
    books.build("01-31")
    assert credit(books, "01-01", "top_ten_share", "credit_limit_amount") == (pytest.approx(10 / 11), None)


def test_unapplied_cash_by_age(books):
    """Payments of 10 January and 20 February that settle nothing are 49 and 8 days old; a credit memo is no cash."""
    books.payment("1", 50, "01-10")
    books.payment("2", 30, "02-20")
    books.credit_memo("3", 70, "02-20")
    books.build("02-28")
    columns = [f"unapplied_cash{age}_amount" for age in ("", "_0_30", "_31_60", "_61_90", "_91_plus")]
    assert credit(books, "02-01", *columns) == (D(80), D(30), D(50), D(0), D(0))


def test_terms_days_to_pay_and_late_share_of_a_month(books):
    """Terms of 30 days for 100 and of 10 for 300 are 15 days; paid after 40 and 8 days are 16, a quarter late."""
    books.invoice("1", 100, "01-01", due="01-31")
    books.invoice("2", 300, "02-02", due="02-12")
    books.invoice("3", 100, "02-02", due="03-04")
    books.payment("4", 100, "02-10", ("Invoice", "1", 100))
    books.payment("5", 300, "02-10", ("Invoice", "2", 300))
    books.build("02-28")
    columns = ("terms_days_weighted", "days_to_pay_weighted", "amount_late_rate", "closed_count", "late_rate")
    assert credit(books, "02-01", *columns) == (15.0, 16.0, 0.25, 2, 0.5)
