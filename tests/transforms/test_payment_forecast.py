"""When open invoices will be paid: published survival curves, and figures reckoned by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from tests.support.books import day

D = Decimal
TODAY = day("12-31")


def ago(days):
    return str(TODAY - datetime.timedelta(days))


def paid_after(books, id, days, customer="C", *, issued=300, amount=100):
    """Enters an invoice issued so many days ago and paid in full so many days later."""
    books.invoice(id, amount, ago(issued), customer=customer)
    books.payment(f"p{id}", amount, ago(issued - days), ("Invoice", id, amount), customer=customer)


def chances(books, id):
    """The probabilities of being paid within 7, 14, 30, 60 and 90 days."""
    return books.row(f"""
        select p_7d, p_14d, p_30d, p_60d, p_90d from marts.open_invoice_forecast where invoice_id = '{id}'
    """)


TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def test_survival_as_published(books):
    """The curves equal those published for 42 leukemia patients; half of the censored are invoices credited here."""
    for books.realm_id, group in (("treated", TREATED), ("placebo", PLACEBO)):
        books.realms.add(books.realm_id)
        for number, weeks in enumerate(group.split()):
            id, days = str(number), int(weeks.rstrip("+"))
            if not weeks.endswith("+"):
                paid_after(books, id, days)
            elif number % 2:
                books.invoice(id, 100, ago(days))
            else:
                books.invoice(id, 100, ago(200))
                books.credit_memo(f"c{id}", 100, ago(200 - days))
                links = [("Invoice", id, 100), ("CreditMemo", f"c{id}", 100)]
                books.payment(f"p{id}", 0, ago(200 - days), *links)
    books.build(str(TODAY))

    def curve(columns, group):
        return books.rows(f"""
            select round(age_days), {columns} from core.payment_survival
            where realm_id = '{group}' and known_until = '{TODAY}' order by age_days
        """)

    assert curve("at_risk_count, round(survival, 4)", "treated") == [
        (6, 21, 0.8571),
        (7, 17, 0.8067),
        (10, 15, 0.7529),
        (13, 12, 0.6902),
        (16, 11, 0.6275),
        (22, 7, 0.5378),
        (23, 6, 0.4482),
    ]
    assert dict(curve("round(survival, 4)", "placebo")) == {
        1: 0.9048, 2: 0.8095, 3: 0.7619, 4: 0.6667, 5: 0.5714, 8: 0.3810,
        11: 0.2857, 12: 0.1905, 15: 0.1429, 17: 0.0952, 22: 0.0476, 23: 0.0,
    }  # fmt: skip
    assert books.rows("""
        select realm_id, company_paid_count, invoice_count, model_status from core.payment_fits
        where not is_backtest and realm_id <> '1' order by 1
    """) == [("placebo", 21, 21, "fitted"), ("treated", 9, 21, "fitted")]


def test_money_that_closes_an_invoice_ends_its_time(books):
    """Parts, a write-off, an early payment discount and a prepayment end an invoice's time, and a void removes it."""
    books.invoice("parts", 1000, "01-10")
    books.payment("1", 400, "02-20", ("Invoice", "parts", 400))
    books.payment("2", 600, "04-10", ("Invoice", "parts", 600))
    books.invoice("rest credited", 1000, "01-10")
    books.payment("3", 400, "02-20", ("Invoice", "rest credited", 400))
    books.credit_memo("4", 600, "03-11")
    books.payment("5", 0, "03-11", ("Invoice", "rest credited", 600), ("CreditMemo", "4", 600))
    books.invoice("discount", 100, "01-10")
    books.credit_memo("6", 2, "01-20")
    books.payment("7", 98, "01-20", ("Invoice", "discount", 100), ("CreditMemo", "6", 2))
    books.invoice("prepaid", 100, "02-01")
    books.payment("8", 100, "01-15", ("Invoice", "prepaid", 100))
    books.invoice("partly paid", 100, "03-01")
    books.payment("9", 40, "03-15", ("Invoice", "partly paid", 40))
    books.invoice("void", 0, "01-01", PrivateNote="Voided - duplicate")
    books.invoice("paid tomorrow", 100, "01-10")
    books.payment("10", 100, "05-01", ("Invoice", "paid tomorrow", 100))
    books.build("04-30")
    assert books.rows("""
        select invoice_id, days_to_close, is_paid, closed_date from core.payment_times order by all
    """) == [
        ("discount", 10, True, day("01-20")),
        ("paid tomorrow", None, False, None),
        ("partly paid", None, False, None),
        ("parts", 90, True, day("04-10")),
        ("prepaid", 0, True, day("02-01")),
        ("rest credited", 60, False, day("03-11")),
    ]


def test_an_unknown_family_pays_like_the_company(books):
    """Of a family without a past a third each is paid on days 5, 20 and 50, and one may be left."""
    for number in range(30):
        paid_after(books, str(number), (5, 20, 50)[number % 3], "X")
    books.invoice("open", 100, ago(0), customer="new")
    books.build(str(TODAY))
    # All of the last ten are paid on day 50, as if one more had not been; beyond it, half are before twice the age.
    unpaid = (2 / 3, 2 / 3, 1 / 3, 1 / 3 / 11 * 80 / 90, 1 / 3 / 11 * 80 / 120)
    assert chances(books, "open") == pytest.approx([1 - share for share in unpaid], abs=1e-5)


def test_each_family_moves_the_curve_by_its_habits(books):
    """Each of ten families is expected on its own day, though the company has only one curve."""
    for family in range(10):
        for number in range(12):
            paid_after(books, f"{family}-{number}", 10 + 5 * family + number % 2, f"F{family}")
        books.invoice(f"open{family}", 100, ago(0), customer=f"F{family}")
    books.build(str(TODAY))
    rows = books.rows("""
        select customer_id, (expected_payment_date - as_of_date)::integer, customer_weight > 0.9
        from marts.open_invoice_forecast order by 1
    """)
    wanted = [(f"F{family}", 10 + 5 * family, True) for family in range(10)]
    assert [(id, pytest.approx(days, abs=1.5), own) for id, days, own in wanted] == rows


def test_who_has_stopped_paying_is_not_expected_to(books):
    """Of two families with one past, that with ten invoices open for 100 days is slower, and its new invoice later."""
    for family in ("GOOD", "STOPPED"):
        for number in range(30):
            paid_after(books, f"{family}{number}", 20 + number % 5, family)
        books.invoice(f"new{family}", 100, ago(0), customer=family)
    for number in range(10):
        books.invoice(f"old{number}", 100, ago(100), customer="STOPPED")
    books.build(str(TODAY))
    good, stopped = (chances(books, f"new{family}")[2] for family in ("GOOD", "STOPPED"))
    assert (round(good, 2), round(stopped, 2)) == (0.93, 0.51)
    assert books.rows("""
        select root_customer_id, round(pace, 2), round(recent_pace, 2) from core.payment_paces
        where known_until = date '2026-12-31' order by 1
    """) == [("GOOD", 1.32, 1.0), ("STOPPED", 0.80, 0.44)]


def test_an_invoice_older_than_all_that_were_paid_has_a_chance_and_a_day(books):
    """Where every other invoice was paid by day 12, one open for 400 days may be paid, and is not sure to be."""
    for number in range(40):
        paid_after(books, str(number), 10 + number % 3)
    books.invoice("old", 100, ago(400))
    books.build(str(TODAY))
    found = chances(books, "old")
    assert all(0 < before < after < 0.9 for before, after in zip(found, found[1:], strict=False))
    assert books.value("select expected_payment_date > as_of_date from marts.open_invoice_forecast")


def test_a_company_with_four_paid_invoices_has_due_dates(books):
    """With four paid invoices there are no chances, and the expected day is the due date or the next day."""
    for number in range(4):
        paid_after(books, str(number), 10)
    books.invoice("late", 100, ago(50), due=ago(20))
    books.invoice("open", 100, ago(5), due=ago(-10))
    books.build(str(TODAY))
    columns = "p_30d, expected_30d_amount, expected_payment_date, model_status"
    assert books.rows(f"select {columns} from marts.open_invoice_forecast order by invoice_id") == [
        (None, None, day("2027-01-01"), "due_date"),
        (None, None, day("2027-01-10"), "due_date"),
    ]
    assert books.rows("select expected_amount, naive_amount from marts.cash_forecast where week in (1, 2)") == [
        (None, 100), (None, 100),
    ]  # fmt: skip
    assert books.rows("select distinct value, baseline_value, model_status from core.payment_scores") == [
        (None, None, "insufficient_data")
    ]


def test_the_calibration_error_is_that_of_the_worst_tenth(books):
    """Of 60 invoices open at the split 45 are paid in 7 days: the error is what their chance is off, and none at 49."""
    for books.realm_id, number_open in (("1", 60), ("2", 49)):
        books.realms.add(books.realm_id)
        for number in range(20):
            paid_after(books, f"h{number}", 5 + number % 10, "H", issued=200)
        for number in range(number_open):
            books.invoice(f"n{number}", 100, ago(90), customer="NEW")
            if number < 45:
                books.payment(f"pn{number}", 100, ago(85), ("Invoice", f"n{number}", 100), customer="NEW")
    books.build(str(TODAY))
    (chance,) = {row[0] for row in books.rows("select p_7d from core.payment_chances where is_backtest")}
    assert books.rows("""
        select realm_id, round(value, 6), baseline_value, compared_count from core.payment_scores
        where metric = 'calibration_error' and horizon_days = 7 and baseline = 'due_date' order by 1
    """) == [("1", pytest.approx(0.75 - chance, abs=1e-5), 0.25, 60), ("2", None, None, 49)]


def test_lateness_of_new_invoices_is_judged_on_those_dated_after_the_split(books):
    """B was late 9 times of 10 and A never: of their next invoices A's is paid in time and B's late, as was said."""
    for customer, days in (("A", 10), ("B", 60)):
        for number in range(10):
            books.invoice(f"{customer}{number}", 100, ago(300), due=ago(270), customer=customer)
            paid = ago(300 - (10 if customer == "B" and number == 0 else days))
            books.payment(
                f"p{customer}{number}", 100, paid, ("Invoice", f"{customer}{number}", 100), customer=customer
            )
    for customer, days in (("A", 10), ("B", 50)):
        books.invoice(f"{customer}new", 100, ago(80), due=ago(50), customer=customer)
        books.payment(
            f"p{customer}new", 100, ago(80 - days), ("Invoice", f"{customer}new", 100), customer=customer
        )
    books.build(str(TODAY))
    # 9 of 20 were late: A's chance is 0.45 / 11 and B's 9.45 / 11.
    brier = ((0.45 / 11) ** 2 + (1 - 9.45 / 11) ** 2) / 2
    judged_on = "invoices dated after the split, whether paid late"
    assert books.rows("""
        select metric, round(value, 6), baseline_value, compared_count, judged_on from core.payment_scores
        where model = 'late_at_issue' and metric in ('accuracy', 'brier') order by 1
    """) == [
        ("accuracy", 1.0, 0.5, 2, judged_on),
        ("brier", round(brier, 6), pytest.approx((0.45**2 + 0.55**2) / 2), 2, judged_on),
    ]


def test_naive_cash_comes_on_due_dates(books):
    """The naive forecast has overdue money in week 1, none due after 13 weeks, and foreign money at its rate."""
    for id, amount, due in [
        ("1", 10, 50),
        ("2", 20, 0),
        ("3", 40, -7),
        ("4", 80, -8),
        ("5", 160, -91),
        ("6", 320, -92),
    ]:
        books.invoice(id, amount, ago(60), due=ago(due))
    books.invoice("7", 100, ago(60), due=ago(-3), CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.10"))
    books.build(str(TODAY))
    assert books.rows("""
        select week, naive_amount, due_count, week_start, week_end from marts.cash_forecast where naive_amount > 0
        order by 1
    """) == [
        (1, 180, 4, day("2027-01-01"), day("2027-01-07")),
        (2, 80, 1, day("2027-01-08"), day("2027-01-14")),
        (13, 160, 1, day("2027-03-26"), day("2027-04-01")),
    ]
    assert books.row("select max(naive_to_date_amount), any_value(open_invoices_amount) from marts.cash_forecast") == (
        420, 740,
    )  # fmt: skip


def test_companies_do_not_learn_from_each_other(books):
    """A company's forecast ignores another one with the same ids, and one that has only an estimate."""
    for realm, days in (("1", 10), ("2", 40)):
        books.realm_id = realm
        books.realms.add(realm)
        for number in range(30):
            paid_after(books, str(number), days)
        books.invoice("open", 100, ago(0))
    books.realm_id = "3"
    books.realms.add("3")
    books.put("Estimate", "1", CustomerRef={"value": "C"}, TxnDate=TODAY, TotalAmt=10)
    books.build(str(TODAY))
    assert books.rows("select realm_id, p_30d, p_60d from marts.open_invoice_forecast order by 1") == [
        ("1", 0.978485, 0.985664), ("2", 0, 0.974928),
    ]  # fmt: skip
    assert books.rows("""
        select realm_id, count(*), sum(expected_amount) > 90, any_value(model_status) from marts.cash_forecast
        group by all order by 1
    """) == [("1", 13, True, "fitted"), ("2", 13, True, "fitted"), ("3", 13, None, "insufficient_data")]
    assert books.rows("select realm_id, count(*) from core.payment_scores group by all order by 1") == [
        ("1", 46), ("2", 46), ("3", 46),
    ]  # fmt: skip


def test_the_date_if_paid_stands_beside_the_chance(books):
    """Where 40 of 100 invoices were paid, all after 20 days, a new one is expected then, if at all."""
    for number in range(100):
        books.invoice(f"{number}", 10, "2025-01-01", customer="OLD")
        if number < 40:
            books.payment(f"p{number}", 10, "2025-01-21", ("Invoice", f"{number}", 10), customer="OLD")
    books.invoice("new", 10, "2026-12-01", customer="NEW")
    books.build("2026-12-01")
    date, soon, ever = books.row("""
        select expected_payment_date::varchar, p_30d, p_365d from marts.open_invoice_forecast where invoice_id = 'new'
    """)
    assert (date, round(soon, 2), round(ever, 2)) == ("2026-12-21", 0.4, 0.41)
    date, ever = books.row("""
        select expected_payment_date > as_of_date, p_365d from marts.open_invoice_forecast where invoice_id = '99'
    """)
    assert date
    assert 0 < ever < 0.02
