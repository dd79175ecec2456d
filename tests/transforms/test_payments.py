"""How invoices were paid and how customers pay: worked and published examples."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.support.books import day

D = Decimal
RATIOS = ("dso_simple", "best_possible_dso", "add_days", "cei_pct")


def behaviour(books, period="all", customer="C"):
    """One customer's row of one period, by column."""
    return books.record(
        f"from marts.customer_payment_behaviour where period = '{period}' and customer_id = '{customer}'"
    )


def settle_oldest(books, sales, amount):
    """Pays the invoices of these months, the first ones first, up to this amount."""
    for month, sold in sales.items():
        if paid := min(sold, amount):
            books.payment(f"p{month}", paid, "03-31", ("Invoice", month, paid))
        amount -= paid


def test_invoice_paid_twice_and_late(books):
    """An invoice paid in two late parts weighs its days to pay by the amount of each part."""
    books.invoice("1", 1000, "01-10", due="02-09")
    books.payment("2", 400, "02-20", ("Invoice", "1", 400))
    books.payment("3", 600, "04-10", ("Invoice", "1", 600))
    books.build("04-30")
    assert books.rows("""
        select payment_id, settle_kind, cash_amount, credit_amount, days_to_pay, days_beyond_terms, days_late,
            round(points, 2)
        from core.invoice_settlements order by 1
    """) == [("2", "cash", D(400), D(0), 41, 11, 11, 72.67), ("3", "cash", D(600), D(0), 90, 60, 60, 40.0)]
    assert books.row("""
        select days_to_pay_weighted, days_beyond_terms_weighted, round(pay_score, 2), was_late, late_amount, cash_paid,
            credited, is_closed_by_credit
        from marts.invoice_payments
    """) == (70.4, 40.4, 53.07, True, D(1000), D(1000), D(0), False)
    assert books.row(
        "select first_cash_date, last_cash_date, paid_in_full_date from marts.invoice_payments"
    ) == (
        day("02-20"),
        day("04-10"),
        day("04-10"),
    )
    row = behaviour(books)
    assert (
        row["days_to_pay_weighted"],
        row["days_beyond_terms_weighted_signed"],
        row["amount_late_rate"],
    ) == (70.4, 40.4, 1.0)
    assert (round(row["pay_score"], 2), row["paydex_style_score"]) == (53.07, None)


def test_part_settled_by_credit_memo_counts_as_no_cash(books):
    """The part of an invoice that a credit memo settles counts neither as cash nor in the days to pay."""
    books.invoice("1", 1000, "01-10", due="02-09")
    books.credit_memo("2", 400, "02-20")
    books.payment("3", 0, "02-20", ("Invoice", "1", 400), ("CreditMemo", "2", 400))
    books.payment("4", 600, "04-10", ("Invoice", "1", 600))
    books.build("04-30")
    assert books.row("select days_to_pay_weighted, cash_paid, credited, pay_score from marts.invoice_payments") == (
        90.0, D(600), D(400), 40.0,
    )  # fmt: skip
    row = behaviour(books)
    assert (row["days_to_pay_weighted"], row["cash_amount"], row["pay_score"]) == (90.0, D(600), 40.0)


def test_invoice_closed_by_bad_debt_has_no_payment_days(books):
    """An invoice closed by bad debt has no days to pay and no part in the late rate."""
    books.invoice("1", 80, "01-10", due="02-09")
    books.credit_memo("2", 80, "06-01")
    books.payment("3", 0, "06-01", ("Invoice", "1", 80), ("CreditMemo", "2", 80))
    books.build()
    assert books.row("""
        select is_closed_by_credit, is_closed, days_to_pay_weighted, was_late, cash_paid, credited, paid_in_full_date
        from marts.invoice_payments
    """) == (True, True, None, None, D(0), D(80), day("06-01"))
    row = behaviour(books)
    assert (row["days_to_pay_weighted"], row["late_rate"], row["closed_count"]) == (None, None, 0)


def test_cash_and_credit_of_one_payment_are_shared_to_the_cent(books):
    """Cash and credit of one payment are shared over its charges to the cent."""
    books.invoice("1", 100, "01-01")
    books.invoice("2", 50, "01-01")
    books.credit_memo("3", 40, "01-01")
    books.payment("4", 110, "01-05", ("Invoice", "1", 100), ("Invoice", "2", 50), ("CreditMemo", "3", 40))
    books.build()
    assert books.rows(
        "select invoice_id, settle_kind, cash_amount, credit_amount from core.invoice_settlements order by 1"
    ) == [("1", "mixed", D("73.33"), D("26.67")), ("2", "mixed", D("36.67"), D("13.33"))]


def test_prepaid_invoice_keeps_its_sign_and_averages_as_zero(books):
    """A prepaid invoice keeps its negative days, which count as zero in the averages."""
    books.invoice("1", 100, "02-01", due="02-15")
    books.payment("2", 100, "01-20", ("Invoice", "1", 100))
    books.build()
    assert books.row("select days_to_pay, is_prepaid, effective_date from core.invoice_settlements") == (
        -12, True, day("02-01"),
    )  # fmt: skip
    row = behaviour(books)
    assert (
        row["days_to_pay_weighted"],
        row["days_to_pay_median"],
        row["days_beyond_terms_weighted_signed"],
    ) == (0.0, 0.0, -26.0)


def test_payment_dated_later_is_not_known_yet(books):
    """A payment dated after the run's date is not known yet."""
    books.invoice("1", 100, "01-01")
    books.payment("2", 100, "06-01", ("Invoice", "1", 100))
    books.build("05-31")
    assert books.row("select cash_paid, open_amount, paid_in_full_date from marts.invoice_payments") == (
        D(0), D(100), None,
    )  # fmt: skip
    assert behaviour(books)["settlement_count"] == 0


def test_voided_invoice_was_not_paid(books):
    """A voided invoice counts neither as paid nor as closed."""
    books.invoice("1", 0, "01-01", PrivateNote="Voided - duplicate")
    books.build()
    columns = "is_voided, is_closed, is_closed_by_credit, paid_in_full_date"
    assert books.row(f"select {columns} from marts.invoice_payments") == (
        True, False, False, None,
    )  # fmt: skip


def test_customer_with_open_invoices_only(books):
    """The published open-book example, midpoints 15, 45, 75 and 105 over a balance of 100,000, gives 6.3."""
    books.invoice("0", 82000, "12-01", due="12-31")
    for id, amount, due in [
        ("1", 10000, "12-15"),
        ("2", 5000, "11-15"),
        ("3", 2000, "10-15"),
        ("4", 1000, "08-01"),
    ]:
        books.invoice(id, amount, "01-01", due=due)
    books.build("12-31")
    row = behaviour(books)
    assert row["days_beyond_terms_open_book"] == pytest.approx(6.3)
    assert (row["days_to_pay_weighted"], row["late_or_overdue_rate"], row["overdue_count"]) == (None, 1.0, 4)


@pytest.mark.parametrize(
    ("late", "points"),
    [
        (-40, 100),
        (-30, 100),
        (-25, 95),
        (-20, 90),
        (-10, 85),
        (0, 80),
        (15, 70),
        (22, 60),
        (30, 50),
        (60, 40),
        (90, 30),
    ]
    + [(120, 20), (150, 10), (180, 0), (400, 0)],
)
def test_points_for_days_beyond_terms(books, late, points):
    """Points equal the published anchors, lie on straight lines between them, and reach zero at 180 days."""
    due = day("2025-06-01")
    books.put("Invoice", "1", CustomerRef={"value": "C"}, TxnDate=day("2025-01-01"), DueDate=due, TotalAmt=10)
    books.payment("2", 10, str(due.fromordinal(due.toordinal() + late)), ("Invoice", "1", 10))
    books.build()
    assert books.value("select points from core.invoice_settlements") == points


def test_three_prompt_and_one_late_payment_score_72_and_a_half(books):
    """Four equal payments, one of them 30 days late, have the published score of 72.5."""
    for id, paid in [("1", "02-01"), ("2", "02-01"), ("3", "02-01"), ("4", "03-03")]:
        books.invoice(id, 100, "01-01", due="02-01")
        books.payment(f"p{id}", 100, paid, ("Invoice", id, 100))
    books.build()
    row = behaviour(books)
    assert (row["pay_score"], row["paydex_style_score"]) == (72.5, 72.5)
    assert (row["late_rate"], row["amount_late_rate"], row["days_late_weighted"]) == (0.25, 0.25, 7.5)
    assert (row["days_to_pay_median"], row["days_to_pay_mean"]) == (31.0, 38.5)


def test_dollar_weighted_days_late_on_net_30(books):
    """An invoice of net 30 paid on day 37 is 7 days beyond terms, and an early payment counts as none."""
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 100, "02-07", ("Invoice", "1", 100))
    books.invoice("3", 100, "01-01", due="01-31")
    books.payment("4", 100, "01-11", ("Invoice", "3", 100))
    books.build()
    row = behaviour(books)
    assert (row["days_late_weighted"], row["days_beyond_terms_weighted_signed"]) == (3.5, -6.5)


def test_payments_belong_to_the_period_of_their_date(books):
    """On 31 December, the period of 90 days begins on 3 October."""
    for id, paid in [("1", "2025-06-01"), ("2", "10-02"), ("3", "10-03")]:
        books.invoice(id, 100, "2025-05-01", due="2025-05-31")
        books.payment(f"p{id}", 100, paid, ("Invoice", id, 100))
    books.build("12-31")
    assert {period: behaviour(books, period)["settlement_count"] for period in ("90d", "365d", "all")} == {
        "90d": 1, "365d": 2, "all": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("receivable", "current", "sales", "dso", "best"),
    [(150_000, 150_000, 1_800_000, 30.4, 30.4), (1_200_000, 800_000, 10_000_000, 43.8, 29.2)],
)
def test_days_sales_outstanding_as_published(books, receivable, current, sales, dso, best):
    """DSO is the receivable over a year's credit sales times 365, and its overdue part the average days delinquent."""
    books.invoice("1", current, "12-01", due="2027-01-31")
    if receivable > current:
        books.invoice("2", receivable - current, "06-01", due="07-01")
    books.invoice("3", sales - receivable, "03-01", due="04-01")
    books.payment("4", sales - receivable, "04-01", ("Invoice", "3", sales - receivable))
    books.build("12-31")
    row = behaviour(books, "365d")
    assert (round(row["dso_simple"], 1), round(row["best_possible_dso"], 1)) == (dso, best)
    assert row["add_days"] == row["dso_simple"] - row["best_possible_dso"]
    assert round(row["add_days"], 1) == pytest.approx(dso - best)


@pytest.mark.parametrize(
    ("receivable", "sales", "countback"),
    [
        # the published 212,000 over 100,000, 80,000 and 70,000, in months of 31, 28 and 31 days instead of 30
        (212_000, {"01": 70_000, "02": 80_000, "03": 100_000}, 31 + 28 + 32 / 70 * 31),
        (2_100_000, {"01": 700_000, "02": 800_000, "03": 900_000}, 76.714286),
        (900_000, {"01": 700_000, "02": 800_000, "03": 900_000}, 31),
        (100_000, {"01": 100_000}, 90),
    ],
)
def test_days_sales_outstanding_counted_back(books, receivable, sales, countback):
    """Count-back gives whole months all their days, and the last one its share."""
    for month, amount in sales.items():
        books.invoice(month, amount, f"{month}-15", due=f"{month}-28")
    settle_oldest(books, sales, sum(sales.values()) - receivable)
    books.build("03-31")
    assert behaviour(books, "all")["dso_countback"] == pytest.approx(countback)


def test_days_sales_outstanding_counted_back_as_published(books):
    """Days of sales counted back equal the published example, with the days that each month has here."""
    books.invoice("1", 70_000, "05-15")
    books.invoice("2", 80_000, "06-15")
    books.invoice("3", 100_000, "07-15")
    books.payment("4", 38_000, "07-20", ("Invoice", "1", 38_000))
    books.build("07-30")
    days = behaviour(books)["dso_countback"]
    assert round(60 + (days - 60) * 30 / 31, 1) == 73.7


def test_collection_effectiveness_of_a_quarter(books):
    """Of 100 open and 3,000 charged 2,980 were collected and 20 are overdue: 2,980 of 3,000, over the period itself."""
    books.invoice("0", 100_000, "2026-09-01", due="10-01")
    books.invoice("1", 2_880_000, "10-15", due="11-01")
    books.invoice("2", 20_000, "10-20", due="12-30")
    books.invoice("3", 100_000, "12-15", due="2027-01-15")
    books.payment("4", 100_000, "10-05", ("Invoice", "0", 100_000))
    books.payment("5", 2_880_000, "11-05", ("Invoice", "1", 2_880_000))
    books.build("12-31")
    row = behaviour(books, "90d")
    assert (row["opening_charges_amount"], row["charges_amount"]) == (D(100_000), D(3_000_000))
    assert (row["open_charges_amount"], row["open_current_amount"]) == (D(120_000), D(100_000))
    assert (row["collected_amount"], row["cei_pct"]) == (D(2_980_000), pytest.approx(99.3333333))


@pytest.mark.parametrize(
    ("recent", "trend", "days"), [(10, "improving", -10.0), (30, "worsening", 10.0), (22, "stable", 2.0)]
)
def test_trend_compares_the_last_two_times_90_days(books, recent, trend, days):
    """The trend compares the days late of the last 90 days with those of the 90 days before."""
    for number in range(3):
        for late, due in [(20, "08-01"), (recent, "11-01")]:
            id = f"{due}{number}"
            books.invoice(id, 100, "06-01", due=due)
            paid = day(due).fromordinal(day(due).toordinal() + late)
            books.payment(f"p{id}", 100, str(paid), ("Invoice", id, 100))
    books.build("12-31")
    assert (behaviour(books)["trend"], behaviour(books)["trend_days"]) == (trend, days)


def test_trend_needs_three_payments_in_either_90_days(books):
    """The trend is insufficient without three payments in each of the two periods."""
    books.invoice("1", 100, "06-01", due="07-01")
    books.payment("2", 100, "12-01", ("Invoice", "1", 100))
    books.build("12-31")
    assert (behaviour(books)["trend"], behaviour(books)["trend_days"]) == ("insufficient", None)


def test_ratios_without_a_denominator_are_null(books):
    """Ratios whose denominator is zero are null."""
    books.credit_memo("1", 100, "01-01")
    books.build()
    row = behaviour(books)
    assert {name for name, value in row.items() if value is None} >= {
        "days_to_pay_weighted", "late_rate", "amount_late_rate", "late_or_overdue_rate",
        "days_beyond_terms_open_book", "pay_score",
    }  # fmt: skip


def test_a_period_in_which_more_was_credited_than_sold_has_no_days_of_sales(books):
    """A period with more credits than sales has no days of sales, rather than a negative number."""
    books.invoice("1", 700, "01-10")
    books.credit_memo("2", 200, "11-10")
    books.build("12-31")
    columns = "dso_simple, best_possible_dso, add_days"
    assert (
        books.row(
            f"select {columns} from marts.customer_payment_behaviour where level = 'customer' and period = '90d'"
        )
        == (None,) * 3
    )
    assert books.rows(f"""
        select {columns} from marts.receivables_by_month where month_start = date '2026-11-01'
    """) == [(None,) * 3]


def test_parent_pays_but_the_job_behaves(books):
    """A settlement belongs to the customer billed, and names the payer beside it."""
    books.customer("P")
    books.customer("S", ParentRef={"value": "P"})
    books.invoice("1", 100, "01-01", due="01-31", customer="S")
    books.payment("2", 100, "02-10", ("Invoice", "1", 100), customer="P")
    books.build()
    assert books.row("select customer_id, payer_customer_id, root_customer_id from core.invoice_settlements") == (
        "S", "P", "P",
    )  # fmt: skip
    assert (
        behaviour(books, customer="S")["settlement_count"],
        behaviour(books, customer="P")["settlement_count"],
    ) == (1, 0)


def test_the_class_of_a_payer_weighs_cash(books):
    """Two small payments 30 days late do not make a customer slow who paid 900 on the day."""
    for id, amount, days in (("1", 900, 0), ("2", 50, 30), ("3", 50, 30)):
        books.invoice(id, amount, "01-01", due="02-15")
        books.payment(f"p{id}", amount, str(day("02-15") + timedelta(days)), ("Invoice", id, amount))
    books.build()
    row = behaviour(books)
    assert (row["days_beyond_terms_weighted_signed"], row["payer_class"]) == (3.0, "on time")


def test_a_bounced_cheque_is_a_new_charge(books):
    """The journal entry for a bounced cheque is a new charge, and the invoice stays paid."""
    books.receivable_account()
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 100, "01-20", ("Invoice", "1", 100))
    books.journal_entry("3", "02-01", ("C", 100))
    books.build("03-03")
    assert books.row("select is_closed, cash_paid, paid_in_full_date from marts.invoice_payments") == (
        True, D(100), day("01-20"),
    )  # fmt: skip
    row = behaviour(books)
    assert (row["ending_amount"], row["open_charges_amount"]) == (D(100), D(100))
    assert (row["days_beyond_terms_open_book"], row["overdue_count"]) == (15.0, 1)


def test_ratios_with_nothing_but_credits(books):
    """Nothing but credits gives no days of sales and no effectiveness, and the credits stand beside."""
    books.credit_memo("1", 300, "11-10")
    books.payment("2", 50, "11-20")
    books.build("12-31")
    row = behaviour(books, "90d")
    assert [row[name] for name in RATIOS] == [None] * 4
    assert (row["open_charges_amount"], row["unapplied_credits"], row["ending_amount"]) == (
        D(0),
        D(350),
        D(-350),
    )


def test_credits_do_not_lower_the_ratios(books):
    """A prepayment of 900 beside 100 overdue leaves 90 days of sales, all delinquent, and effectiveness of 0."""
    books.invoice("1", 100, "11-01", due="12-01")
    books.payment("2", 900, "12-10")
    books.build("12-31")
    row = behaviour(books, "90d")
    assert [row[name] for name in RATIOS] == [90.0, 0.0, 90.0, 0.0]


def test_a_credit_is_not_collected(books):
    """Of an invoice of 100, 60 came as money, 30 were credited and 10 are overdue: 60 of 70 were collected."""
    books.invoice("1", 100, "11-01", due="12-01")
    books.payment("2", 60, "12-05", ("Invoice", "1", 60))
    books.credit_memo("3", 30, "12-06")
    books.payment("4", 0, "12-06", ("Invoice", "1", 30), ("CreditMemo", "3", 30))
    books.build("12-31")
    row = behaviour(books, "90d")
    assert (row["collected_amount"], row["cei_pct"]) == (D(60), pytest.approx(100 * 60 / 70))
