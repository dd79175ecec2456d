"""The amounts that are open on a day: worked examples and edge cases of receivables."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tests.support.books import day

D = Decimal


def test_partial_payment_then_credit_memo_applied_by_a_zero_payment(books):
    """Each day shows what had happened by then, and a credit stands alone until a payment of zero applies it."""
    books.customer()
    books.invoice("1", 1000, "01-10", due="02-09")
    books.payment("2", 400, "02-20", ("Invoice", "1", 400))
    books.credit_memo("3", 100, "02-25", RemainingCredit=0, Balance=0)
    books.payment("4", 0, "03-01", ("Invoice", "1", 100), ("CreditMemo", "3", 100))
    books.build()
    assert books.open("01-09") == []
    assert books.open("02-09") == [("Invoice 1", D(1000), "current")]
    assert books.open("02-10") == [("Invoice 1", D(1000), "1-30")]
    assert books.open("02-24") == [("Invoice 1", D(600), "1-30")]
    assert books.open("02-28") == [("CreditMemo 3", D(-100), "1-30"), ("Invoice 1", D(600), "1-30")]
    assert books.open("03-01") == [("Invoice 1", D(500), "1-30")]
    assert books.open("05-11") == [("Invoice 1", D(500), "91+")]


def buckets(books):
    """How late each open invoice is, and its bucket, by its due date."""
    found = books.rows("select due_date, days_past_due, bucket from marts.ar_aging_by_invoice")
    return {due: (days, bucket) for due, days, bucket in found}


def test_bucket_boundaries(books):
    """Days past due count from the due date, and a bucket includes both its ends."""
    due = {
        "06-30": (0, "current"),
        "06-29": (1, "1-30"),
        "05-31": (30, "1-30"),
        "05-30": (31, "31-60"),
        "05-01": (60, "31-60"),
        "04-30": (61, "61-90"),
        "04-01": (90, "61-90"),
        "03-31": (91, "91+"),
        "07-15": (0, "current"),
    }
    for date in due:
        books.invoice(date, 10, "03-01", due=date)
    books.build("06-30")
    assert buckets(books) == {day(date): found for date, found in due.items()}


def test_buckets_of_intuits_own_example(books):
    """The buckets equal the rows that Intuit's reference prints for report_date 2015-06-30."""
    due = {
        "2015-05-24": (37, "31-60"),
        "2015-05-31": (30, "1-30"),
        "2015-06-16": (14, "1-30"),
        "2015-06-20": (10, "1-30"),
        "2015-06-21": (9, "1-30"),
    }
    for date in due:
        books.invoice(date, 10, "2015-05-01", due=date)
    books.build("2015-06-30")
    assert buckets(books) == {day(date): found for date, found in due.items()}


def test_payment_before_its_invoice_stands_alone_until_the_invoices_date(books):
    """A payment dated before its invoice is a credit until the invoice's date, and then nothing is open."""
    books.invoice("1", "3357.37", "05-19", due="05-19")
    books.payment("2", "3357.37", "04-13", ("Invoice", "1", "3357.37"))
    books.build()
    assert books.open("05-11") == [("Payment 2", D("-3357.37"), "1-30")]
    assert books.open("05-19") == []


def test_overpayment_leaves_a_credit_equal_to_what_quickbooks_calls_unapplied(books):
    """An overpayment leaves a credit that equals the unapplied amount in QuickBooks."""
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 130, "01-15", ("Invoice", "1", 100))
    books.build()
    assert books.open("03-01") == [("Payment 2", D(-30), "31-60")]
    assert books.value("select qbo_open_amount from core.receivables where doc_id = '2'") == D(-30)


def test_one_payment_of_cash_and_credit_leaves_nothing(books):
    """A payment of cash and a credit memo together close the invoice and leave nothing open."""
    books.invoice("1", 100, "01-01")
    books.credit_memo("2", 40, "01-02")
    books.payment("3", 60, "01-03", ("Invoice", "1", 100), ("CreditMemo", "2", 40))
    books.build()
    assert books.open("01-03") == []


def test_journal_entry_credit_applied_by_a_zero_payment(books):
    """A journal entry's credit stands alone until a payment of zero applies it to an invoice."""
    books.receivable_account()
    books.invoice("1", 100, "02-01")
    books.journal_entry("2", "02-10", ("C", -50))
    books.payment("3", 0, "02-20", ("Invoice", "1", 50), ("JournalEntry", "2", 50), UnappliedAmt=0)
    books.build()
    assert [row[:2] for row in books.open("02-15")] == [("Invoice 1", D(100)), ("JournalEntry 2", D(-50))]
    assert [row[:2] for row in books.open("02-20")] == [("Invoice 1", D(50))]


def test_deposit_coded_to_receivables_and_its_invoice_both_show(books):
    """The customer owes nothing, yet both rows stay open until somebody links them."""
    books.receivable_account()
    books.customer()
    books.invoice("1", 200, "01-01", due="01-31")
    books.deposit("2", 200, "01-15")
    books.build("01-31")
    assert [row[:2] for row in books.open("01-31")] == [("Deposit 2", D(-200)), ("Invoice 1", D(200))]
    assert books.rows(
        "select customer_id, total_open, unapplied_credits from marts.ar_aging_by_customer"
    ) == [("C", D(0), D(200))]


def test_cheque_refunds_a_credit(books):
    """A cheque that refunds a credit is matched, because a payment line names a purchase by its transaction type."""
    books.receivable_account()
    for memo, cheque, payment, name in [("1", "2", "3", "Check"), ("4", "5", "6", "Expense")]:
        books.credit_memo(memo, 40, "01-01")
        books.cheque(cheque, 40, "01-05")
        books.payment(payment, 0, "01-06", ("CreditMemo", memo, 40), (name, cheque, 40))
    books.build()
    assert [row[:2] for row in books.open("01-05")] == [
        ("CreditMemo 1", D(-40)), ("CreditMemo 4", D(-40)), ("Purchase 2", D(40)), ("Purchase 5", D(40)),
    ]  # fmt: skip
    assert books.open("01-06") == []


def test_refund_receipt_never_touches_receivables(books):
    """A refund receipt is never part of receivables."""
    books.put("RefundReceipt", "1", CustomerRef={"value": "C"}, TxnDate=day("01-01"), TotalAmt=40)
    books.build()
    assert books.open("12-31") == []


def test_parent_pays_for_its_job(books):
    """A parent's payment closes its job's invoice, and the family's balance is zero."""
    books.customer("P")
    books.customer("S", Job=True, ParentRef={"value": "P"})
    books.invoice("1", 100, "01-01", customer="S")
    books.payment("2", 100, "01-02", ("Invoice", "1", 100), customer="P")
    books.build()
    assert books.open("01-02") == []
    assert books.rows("select root_customer_id, sum(ar_amount) from core.receivables group by 1") == [
        ("P", D(0))
    ]


def test_deposit_on_the_invoice_itself_was_never_receivable(books):
    """A deposit on the invoice itself is never receivable."""
    books.invoice("1", 105, "01-01", Deposit=80)
    books.build()
    assert [row[:2] for row in books.open("01-01")] == [("Invoice 1", D(25))]


def test_due_date_without_one_on_the_invoice(books):
    """Without a due date on the invoice it comes from the terms, or else from the invoice's date."""
    books.put("Term", "T", Name="Net 30", DueDays=30)
    books.invoice("1", 10, "03-01")
    books.invoice("2", 10, "03-01", SalesTermRef={"value": "T"})
    books.build("03-02")
    assert books.rows("select doc_id, due_date, due_date_source from core.receivables order by 1") == [
        ("1", day("03-01"), "txn_date"),
        ("2", day("03-31"), "term"),
    ]
    assert buckets(books) == {day("03-01"): (1, "1-30"), day("03-31"): (0, "current")}


def test_voiding_empties_every_day_before(books):
    """Voiding an invoice removes it from every past day, too."""
    books.invoice("1", 500, "01-10")
    books.build()
    assert books.open("01-31") == [("Invoice 1", D(500), "1-30")]
    books.invoice("1", 0, "01-10", PrivateNote="Voided")
    books.build()
    assert books.open("01-31") == []
    assert books.row("select ar_amount, is_voided from core.receivables") == (D(0), True)


def test_home_amount_is_what_is_open_at_the_invoices_own_rate(books):
    """A home amount is at the invoice's own rate: the payment's better rate is an exchange gain, not a receivable."""
    books.invoice("1", 100, "01-01", CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.10"))
    books.payment(
        "2", 40, "01-02", ("Invoice", "1", 40), CurrencyRef={"value": "EUR"}, ExchangeRate=D("1.20")
    )
    books.build()
    row = books.row("select currency, open_amount, open_home from marts.ar_aging_by_invoice")
    assert row == ("EUR", D(60), D("66.00"))


def test_home_amounts_observed_in_quickbooks(books):
    """Home amounts at many-digit rates equal those that QuickBooks shows."""
    for id, amount, rate in [("1", "507.55", "1.2861"), ("2", "16040.26", "1.3740588")]:
        books.invoice(id, amount, "01-01", CurrencyRef={"value": "EUR"}, ExchangeRate=D(rate))
    books.build()
    home = books.rows("select open_home from marts.ar_aging_by_invoice order by 1")
    assert home == [(D("652.76"),), (D("22040.26"),)]


def test_invoice_dated_later_is_absent(books):
    """An invoice dated after the run's date is absent from the aging."""
    books.invoice("1", 10, "06-01")
    books.build("05-31")
    assert books.rows("select * from marts.ar_aging_by_invoice") == []


def test_inactive_customer_with_a_balance_is_present(books):
    """An inactive customer with a balance stays in the aging."""
    books.customer("C", Active=False, DisplayName="Gone (deleted)", Balance=10, BalanceWithJobs=10)
    books.invoice("1", 10, "01-01")
    books.build()
    assert books.rows("select customer_name, total_open, diff_to_qbo from marts.ar_aging_by_customer") == [
        ("Gone (deleted)", D(10), D(0))
    ]


def test_write_off_closes_the_invoice(books):
    """A credit memo that writes an invoice off closes it by credit, without cash and days to pay."""
    books.invoice("1", 80, "01-01")
    books.credit_memo("2", 80, "06-01")
    books.payment("3", 0, "06-01", ("Invoice", "1", 80), ("CreditMemo", "2", 80))
    books.build()
    assert books.open("06-01") == []
    assert books.row(
        "select is_closed_by_credit, cash_paid, days_to_pay_weighted from marts.invoice_payments"
    ) == (
        True,
        D(0),
        None,
    )


def test_journal_entry_over_several_customers_is_split_and_paid_in_part(books):
    """The payment closes the line of its own customer, else of its family; a credit is an item of its own."""
    books.receivable_account()
    for id, parent in [("A", None), ("B", None), ("B1", "B")]:
        books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
    books.journal_entry("1", "01-01", ("A", 100), ("B1", 70), ("B1", -20))
    books.payment("2", 100, "01-05", ("JournalEntry", "1", 100), customer="A")
    used = ("JournalEntry", "1", 70), ("JournalEntry", "1", 20)
    books.payment("3", 50, "01-06", *used, customer="B", UnappliedAmt=0)
    books.build()
    lines = "select customer_id, line_no, ar_amount from core.receivables where doc_type = 'JournalEntry' order by 2"
    assert books.rows(lines) == [("A", 1, D(100)), ("B1", 2, D(70)), ("B1", 3, D(-20))]
    assert {row[:2] for row in books.open("01-05")} == {("JournalEntry 1", D(70)), ("JournalEntry 1", D(-20))}
    assert books.open("01-06") == []


def test_parent_pays_the_parts_of_its_jobs_in_one_journal_entry(books):
    """Among parts of customers with the same root, a payment settles the one of exactly its amount."""
    books.receivable_account()
    for id, parent in [("P", None), ("P1", "P"), ("P2", "P")]:
        books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
    books.journal_entry("1", "01-01", ("P1", 60), ("P2", 40))
    books.payment("2", 40, "01-05", ("JournalEntry", "1", 40), customer="P")
    books.build()
    assert books.rows("select customer_id, open_amount from core.open_receivables") == [("P1", D(60))]


PARTS = [
    ((0, 50, 50), [[50, 50]]),
    ((0, 50, 50), [[50], [50]]),
    ((50, 30, 0), [[50, 30]]),
    ((50, 30, 0), [[30], [50]]),
    ((50, 30, 20), [[100]]),
    ((-50, -30, -20), [[70, 30]]),
]


def test_a_part_takes_no_more_than_it_has_and_the_rest_goes_to_its_family(books):
    """No part of a journal entry takes more than it has, and the rest goes to its family, not to a stranger."""
    for books.realm_id, (parts, payments) in zip("123456", PARTS, strict=True):
        books.realms.add(books.realm_id)
        books.receivable_account()
        for id, parent in [("P", None), ("P1", "P"), ("P2", "P"), ("S", None)]:
            books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
        lines = [(who, amount) for who, amount in zip(["P", "P1", "P2"], parts, strict=True) if amount]
        books.journal_entry("1", "01-01", *lines, ("S", sum(parts)))
        for position, amounts in enumerate(payments):
            total = sum(amounts)
            if sum(parts) < 0:  # a credit: it is used on an invoice
                books.invoice("9", total, "01-01", customer="P", Balance=0)
            links = [("Invoice", "9", total)] if sum(parts) < 0 else []
            links += [("JournalEntry", "1", amount) for amount in amounts]
            cash = 0 if sum(parts) < 0 else total
            books.payment(
                str(position + 2), cash, f"01-0{position + 2}", *links, customer="P", UnappliedAmt=0
            )
    books.build()
    flipped = "sign(open_amount) <> sign(ar_amount) or abs(open_amount) > abs(ar_amount)"
    assert books.rows(f"select * from marts.ar_aging_as_of(date '2026-01-02') where {flipped}") == []
    open_amounts = "select realm_id, customer_id, open_amount from core.open_receivables order by all"
    assert books.rows(open_amounts) == [
        (realm_id, "S", D(sum(parts))) for realm_id, (parts, _) in zip("123456", PARTS, strict=True)
    ]


def test_what_a_payment_used_up_tells_charge_from_credit_in_one_journal_entry(books):
    """An invoice of 85 closed by 60 in cash and 25 of a journal entry can only have used the entry's credit."""
    books.receivable_account()
    for id, parent in [("P", None), ("P1", "P"), ("P2", "P")]:
        books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
    books.journal_entry("1", "01-01", ("P1", 25), ("P2", -40))
    books.invoice("2", 85, "01-02", customer="P", Balance=0)
    books.payment(
        "3", 60, "01-05", ("Invoice", "2", 85), ("JournalEntry", "1", 25), customer="P", UnappliedAmt=0
    )
    books.build()
    open_amounts = "select doc_id, customer_id, open_amount from core.open_receivables order by all"
    assert books.rows(open_amounts) == [("1", "P1", D(25)), ("1", "P2", D(-15))]


def test_a_payment_settles_both_sides_of_one_journal_entry(books):
    """A payment settles a job's credit of 100 and its parent's charge, although only the sum of both lines is known."""
    cases = {
        "1": (100, 100, [100, 100], []),
        "2": (150, 100, [50, 150], [("J", -50)]),
        "3": (100, 30, [70, 70], [("J", -30), ("P", 30)]),
        "4": (100, 0, [100, 100], []),
    }
    for books.realm_id, (debit, invoice, lines, left) in cases.items():
        books.realms.add(books.realm_id)
        books.receivable_account()
        books.customer("P")
        books.customer("J", ParentRef={"value": "P"})
        books.journal_entry("1", "01-05", ("P", debit), ("J", -100))
        links = [("JournalEntry", "1", amount) for amount in lines]
        if invoice:
            books.invoice("2", invoice, "01-01", customer="J", Balance=0)
            links.insert(0, ("Invoice", "2", invoice))
        charged = debit - sum(amount for customer, amount in left if customer == "P")
        credited = 100 + sum(amount for customer, amount in left if customer == "J")
        books.payment("3", invoice + charged - credited, "01-10", *links, customer="P", UnappliedAmt=0)
    books.build()
    assert books.rows(
        "select realm_id, customer_id, open_amount from core.open_receivables order by all"
    ) == [(realm_id, *part) for realm_id, (*_, left) in cases.items() for part in left]


def test_credit_memo_linked_without_a_payment_counts_once(books):
    """A credit memo linked without an amount counts once, for the amount that the two balances leave unexplained.

    One company links from the memo, one from the invoice, one from both.
    """
    to_invoice = {"LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}
    to_memo = {"LinkedTxn": [{"TxnId": "2", "TxnType": "CreditMemo"}]}
    sides = {"memo": ({}, to_invoice), "invoice": (to_memo, {}), "both": (to_memo, to_invoice)}
    books.realms = set(sides)
    for books.realm_id, (of_invoice, of_memo) in sides.items():
        books.invoice("1", 100, "01-01", Balance=60, **of_invoice)
        books.credit_memo("2", 50, "01-05", RemainingCredit=10, **of_memo)
    books.build()
    open_on = (
        "select doc_type, open_amount, count(*) from marts.ar_aging_as_of(date '{}') group by all order by 1"
    )
    assert books.rows(open_on.format("2026-01-04")) == [("Invoice", D(100), 3)]
    assert books.rows(open_on.format("2026-01-05")) == [("CreditMemo", D(-10), 3), ("Invoice", D(60), 3)]


def test_credit_memo_linked_and_applied_by_a_payment_counts_once(books):
    """A credit memo that is linked and also applied by a payment reduces the invoice once."""
    books.invoice("1", 100, "01-01", Balance=60, LinkedTxn=[{"TxnId": "2", "TxnType": "CreditMemo"}])
    books.credit_memo("2", 40, "01-05", RemainingCredit=0, LinkedTxn=[{"TxnId": "1", "TxnType": "Invoice"}])
    books.payment("3", 0, "01-06", ("Invoice", "1", 40), ("CreditMemo", "2", 40))
    books.build()
    assert [row[:2] for row in books.open("01-06")] == [("Invoice 1", D(60))]


def test_credit_memos_linked_to_several_invoices_fill_the_oldest_first(books):
    """A credit memo linked to several invoices closes the oldest first."""
    links = {"LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}, {"TxnId": "2", "TxnType": "Invoice"}]}
    books.invoice("1", 30, "01-01", Balance=0)
    books.invoice("2", 100, "01-02", Balance=80)
    books.credit_memo("3", 50, "01-03", RemainingCredit=0, **links)
    books.build()
    assert books.open("01-03") == [("Invoice 2", D(80), "1-30")]


def test_negative_credit_line_is_read_by_its_type(books):
    """Public fixtures disagree about the sign of a credit line, so the target's type decides."""
    books.invoice("1", 100, "01-01")
    books.credit_memo("2", 40, "01-02")
    books.payment("3", 60, "01-03", ("Invoice", "1", 100), ("CreditMemo", "2", -40), UnappliedAmt=0)
    books.build()
    assert books.open("01-03") == []


def test_same_ids_in_two_companies_do_not_meet(books):
    """Documents of two companies that share their ids do not settle each other."""
    books.customer()
    books.invoice("1", 100, "01-01")
    books.realm_id = "2"
    books.realms.add("2")
    books.customer()
    books.invoice("1", 70, "01-01")
    books.payment("2", 70, "01-02", ("Invoice", "1", 70))
    books.build()
    assert books.rows("select realm_id, open_amount from marts.ar_aging_by_invoice") == [("1", D(100))]


def test_totals_with_everyone_below(books):
    """A customer's total with jobs includes every level below it."""
    books.customer("P")
    books.customer("S", ParentRef={"value": "P"})
    books.customer("T", ParentRef={"value": "S"})
    books.invoice("1", 10, "01-01", due="01-31", customer="P")
    books.invoice("2", 20, "01-01", due="03-31", customer="T")
    books.build("03-01")
    assert books.rows("""
        select customer_id, root_customer_name, total_open, total_open_with_subs, overdue_with_subs
        from marts.ar_aging_by_customer
        order by 1
    """) == [
        ("P", "Customer P", D(10), D(30), D(10)),
        ("S", "Customer P", D(0), D(20), D(0)),
        ("T", "Customer P", D(20), D(20), D(0)),
    ]


def test_customer_row_by_bucket(books):
    """A customer's row adds up its documents by bucket and agrees with the balance in QuickBooks."""
    books.customer("C", Balance=300, BalanceWithJobs=300)
    books.invoice("1", 100, "01-01", due="06-30")
    books.invoice("2", 200, "01-01", due="06-10")
    books.invoice("3", 50, "01-01", due="03-01")
    books.credit_memo("4", 50, "06-15", RemainingCredit=50)
    books.build("06-30")
    assert books.row("""
        select current, d1_30, d31_60, d61_90, d91_plus, total_open, gross_open_invoices, unapplied_credits,
            overdue_amount, open_invoice_count, max_days_past_due, days_past_due_weighted, diff_to_qbo
        from marts.ar_aging_by_customer
    """) == (
        D(100), D(150), D(0), D(0), D(50), D(300), D(350), D(50),
        D(250), 3, 121, (200 * 20 + 50 * 121) / 350, D(0),
    )  # fmt: skip


def test_circle_of_parents_is_no_family(books):
    """Customers whose parents form a circle, and those below them, are each their own root."""
    for id, parent in [("A", "B"), ("B", "A"), ("C", "A"), ("D", "D")]:
        books.customer(id, ParentRef={"value": parent})
    books.build()
    assert books.rows("select customer_id, root_customer_id from core.customers order by 1") == [
        ("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"),
    ]  # fmt: skip


def test_root_is_five_levels_up(books):
    """A customer's root is found five levels up."""
    for id, parent in [("1", None), ("2", "1"), ("3", "2"), ("4", "3"), ("5", "4"), ("6", "5")]:
        books.customer(id, **({"ParentRef": {"value": parent}} if parent else {}))
    books.build()
    assert books.rows("select root_customer_id, max(depth) from core.customers group by 1") == [("1", 5)]


def test_macros_repeat_the_marts_on_the_runs_own_date(books):
    """The macro with the run's date gives the mart's own rows."""
    books.customer()
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 30, "02-01", ("Invoice", "1", 10))
    books.build("03-01")
    macro = "from marts.ar_aging_by_customer_as_of(date '2026-03-01')"
    assert books.rows(macro) == books.rows("from marts.ar_aging_by_customer") != []
    macro = "from marts.ar_aging_as_of(date '2026-03-01') order by doc_id"
    assert books.rows(macro) == books.rows("from core.open_receivables order by doc_id") != []


def test_as_of_date_stands_on_every_row(books):
    """Each row of the aging carries its date, in the mart and in the macro."""
    books.invoice("1", 100, "01-01")
    books.build("03-01")
    assert books.value("select as_of_date from marts.ar_aging_by_invoice") == datetime.date(2026, 3, 1)
    assert books.value("select as_of_date from marts.ar_aging_as_of(date '2026-02-01')") == datetime.date(
        2026, 2, 1
    )


def test_charges_stand_beside_a_bucket_that_credits_lower(books):
    """Charges of 100 and credits of 130, all 91 days and more past due, are -30 net and 100 of charges."""
    books.customer()
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 130, "02-01")
    books.build("12-31")
    columns = "d91_plus, d91_plus_charges_amount, total_open, overdue_amount"
    assert books.row(f"select {columns} from marts.ar_aging_by_customer") == (D(-30), D(100), D(-30), D(100))
