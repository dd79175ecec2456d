"""Rules that hold for any ledger, compared with a replay that shares no code with the SQL."""

from __future__ import annotations

import datetime
import shutil
from calendar import monthrange
from dataclasses import replace
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books
from tests.support.ledger import FIRST, Ledger, random_ledger

SEEDS = st.integers(0, 2)  # the tests share the books of a seed: building them is what takes time
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
DAYS = [FIRST + datetime.timedelta(days) for days in (0, 20, 45, 90, 130, 181, 400)]


TABLES = (
    "core.invoice_settlements",
    "core.open_receivables",
    "core.receivables",
    "marts.ar_aging_by_customer",
    "marts.ar_aging_history",
    "marts.customer_payment_behaviour",
    "marts.invoice_payments",
    "marts.receivables_by_month",
)


@pytest.fixture(scope="module")
def written(empty_warehouse, tmp_path_factory):
    """A random ledger by its seed, and the books built from it as of the last day."""

    @cache
    def write(seed, scale=1, shift=0):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("ledger")))
        ledger = random_ledger(Random(seed), scale=scale, shift=shift)
        ledger.write(books)
        books.build(str(DAYS[-1] + datetime.timedelta(shift)), at_once=TABLES)
        return ledger, books

    return write


@QUICK
@given(seed=SEEDS)
def test_open_amounts_of_any_day(written, seed):
    """Every document's open amount equals the replay's, and their sum equals the postings up to that day."""
    ledger, books = written(seed)
    for today in DAYS:
        rows = books.rows(f"select doc_id, open_amount, ar_amount from marts.ar_aging_as_of(date '{today}')")
        assert {id: amount for id, amount, _ in rows} == ledger.open_on(today)
        posted = sum((document.amount for document in ledger.documents if document.date <= today), Decimal(0))
        assert sum((amount for _, amount, _ in rows), Decimal(0)) == posted
    assert dict(books.rows("select doc_id, open_amount from core.open_receivables")) == {
        document.id: document.open for document in ledger.documents if document.open
    }


@QUICK
@given(seed=SEEDS)
def test_today_equals_what_quickbooks_states(written, seed):
    """Open amounts equal the invoice balances, remaining credits and unapplied amounts of the documents."""
    _, books = written(seed)
    assert (
        books.rows("""
        select r.doc_id from core.receivables r left join core.open_receivables o using (realm_id, doc_type, doc_id)
        where qbo_open_amount is not null and qbo_open_amount <> coalesce(open_amount, 0)
    """)
        == []
    )


@QUICK
@given(seed=SEEDS)
def test_buckets_partition_and_signs_hold(written, seed):
    """Buckets and credits add up to the total, and no document is open with another sign or beyond its amount."""
    _, books = written(seed)
    for today in DAYS:
        sums = books.row(f"""
            select coalesce(sum(current + d1_30 + d31_60 + d61_90 + d91_plus - total_open), 0),
                coalesce(sum(gross_open_invoices - unapplied_credits - total_open), 0),
                (select coalesce(sum(open_home), 0) from marts.ar_aging_as_of(date '{today}'))
                    - coalesce(sum(total_open), 0)
            from marts.ar_aging_by_customer_as_of(date '{today}')
        """)
        assert sums == (0, 0, 0)
        assert (
            books.rows(f"""
            select doc_id from marts.ar_aging_as_of(date '{today}')
            where sign(open_amount) <> sign(ar_amount) and doc_type <> 'Payment'
                or abs(open_amount) > abs(ar_amount) and doc_type <> 'Payment'
        """)
            == []
        )


@QUICK
@given(seed=SEEDS)
def test_thirty_days_later_everything_overdue_is_one_bucket_older(written, seed):
    """Thirty days later, everything overdue is one bucket older."""
    _, books = written(seed)
    moved = dict(zip(["1-30", "31-60", "61-90", "91+"], ["31-60", "61-90", "91+", "91+"], strict=True))
    before = dict(
        books.rows(
            f"select doc_id, bucket from marts.ar_aging_as_of(date '{DAYS[5]}') where days_past_due > 0"
        )
    )
    later = DAYS[5] + datetime.timedelta(30)
    after = dict(books.rows(f"select doc_id, bucket from marts.ar_aging_as_of(date '{later}')"))
    assert {id: moved[bucket] for id, bucket in before.items()} == {id: after[id] for id in before}


@QUICK
@given(seed=SEEDS)
def test_roots_add_up_to_families(written, seed):
    """The total with everyone below, at the root, is the sum over the root's family."""
    _, books = written(seed)
    assert (
        books.rows("""
        select a.customer_id from marts.ar_aging_by_customer a
        where a.customer_id = a.root_customer_id and a.total_open_with_subs <>
            (select sum(total_open) from marts.ar_aging_by_customer b where b.root_customer_id = a.customer_id)
    """)
        == []
    )


@QUICK
@given(seed=SEEDS)
def test_settlements_add_up(written, seed):
    """Cash and credit settle exactly the amounts that are no longer open, and no cash is lost."""
    ledger, books = written(seed)
    assert (
        books.rows("""
        select invoice_id from marts.invoice_payments
        where cash_paid + credited + returned_amount + counted_elsewhere_amount <> ar_amount - open_amount
    """)
        == []
    )
    settled = books.value("""
        select coalesce(sum(received_amount), 0) from core.invoice_settlements where settled_type = 'Invoice'
    """)
    received = sum(
        (-document.amount for document in ledger.documents if document.kind == "Payment"), Decimal(0)
    )
    unapplied = sum(
        (-document.open for document in ledger.documents if document.kind == "Payment"), Decimal(0)
    )
    elsewhere = Decimal(0)
    for payment in ledger.documents:
        debits = [(target, applied) for target, applied in payment.links if target.amount > 0]
        transferred = sum(
            (applied for target, applied in payment.links if target.kind == "Deposit"), Decimal(0)
        )
        cash = payment.open - payment.amount + transferred
        received += transferred
        total = sum((applied for _, applied in debits), Decimal(0))
        if all(target.kind == "Invoice" for target, _ in debits):
            continue
        others = sum((applied for target, applied in debits if target.kind != "Invoice"), Decimal(0))
        elsewhere += cash * others / total
    assert abs(settled + unapplied + elsewhere - received) <= Decimal("0.01") * len(ledger.documents)


@QUICK
@given(seed=SEEDS)
def test_rates_have_their_bounds(written, seed):
    """Rates and scores of payment behaviour stay within their bounds."""
    _, books = written(seed)
    assert (
        books.rows("""
        select customer_id from marts.customer_payment_behaviour
        where not (coalesce(late_rate, 0) between 0 and 1) or not (coalesce(amount_late_rate, 0) between 0 and 1)
            or not (coalesce(pay_score, 0) between 0 and 100) or add_days <> dso_simple - best_possible_dso
            or not (coalesce(late_or_overdue_rate, 0) between 0 and 1)
    """)
        == []
    )


@QUICK
@given(seed=SEEDS)
def test_collection_is_complete_only_when_nothing_is_overdue(written, seed):
    """Collection effectiveness lies within 0 to 100, and is 100 exactly when nothing is overdue."""
    _, books = written(seed)
    rows = books.rows("""
        select cei_pct, open_charges_amount - open_current_amount from marts.customer_payment_behaviour
        where cei_pct is not null
    """)
    assert rows
    for cei, overdue in rows:
        assert (cei == 100) == (overdue == 0)
        assert 0 <= cei <= 100


CLASSES = """
    select customer_id, period, payer_class, trend from marts.customer_payment_behaviour
    where level = 'customer' order by 1, 2
"""
DAYS_OF_INVOICES = """
    select invoice_id, days_to_pay_weighted, days_beyond_terms_weighted, was_late, paid_in_full_date - txn_date
    from marts.invoice_payments order by 1
"""


@QUICK
@given(seed=SEEDS, changes=st.sampled_from([{"scale": 10**8}, {"shift": 17}]))
def test_classes_and_days_depend_neither_on_the_size_of_amounts_nor_on_the_calendar(written, seed, changes):
    """Scaling or shifting changes no class and no days; count-back walks calendar months and is only scaled."""
    _, books = written(seed)
    _, changed = written(seed, **changes)
    assert books.rows(CLASSES) == changed.rows(CLASSES)
    if "shift" in changes:
        assert books.rows(DAYS_OF_INVOICES) == changed.rows(DAYS_OF_INVOICES)
    if "scale" in changes:
        columns = """
            select dso_countback from marts.customer_payment_behaviour
            where level = 'customer' order by customer_id, period
        """
        for (days,), (other,) in zip(books.rows(columns), changed.rows(columns), strict=True):
            assert (days is None) == (other is None)
            assert (days or 0) == pytest.approx(other or 0, rel=1e-3)


RATIOS = """
    select days_to_pay_weighted, days_to_pay_median, days_to_pay_mean, days_beyond_terms_weighted_signed,
        days_late_weighted, days_beyond_terms_open_book, late_rate, amount_late_rate, late_or_overdue_rate,
        dso_simple, best_possible_dso, cei_pct, pay_score, trend_days
    from marts.customer_payment_behaviour where level = 'customer' order by customer_id, period
"""


@QUICK
@given(seed=SEEDS, changes=st.sampled_from([{"scale": 10**8}, {"shift": 17}]))
def test_ratios_depend_neither_on_the_size_of_amounts_nor_on_the_calendar(written, seed, changes):
    """Scaling all amounts or shifting all dates leaves the ratios as they are."""
    _, books = written(seed)
    _, changed = written(seed, **changes)
    for row, other in zip(books.rows(RATIOS), changed.rows(RATIOS), strict=True):
        assert [x is None for x in row] == [x is None for x in other]
        assert [x or 0 for x in row] == pytest.approx([x or 0 for x in other], rel=1e-3)


MONTHS = [(2026 + number // 12, number % 12 + 1) for number in range(14)]
MONTH_ENDS = [datetime.date(year, month, monthrange(year, month)[1]) for year, month in MONTHS]


@QUICK
@given(seed=SEEDS)
def test_every_month_closes_with_what_was_open_and_opens_with_the_last(written, seed):
    """A month's closing is the same by replay, by the aging of that day and by its movements, and opens the next."""
    ledger, books = written(seed)
    opening = Decimal(0)
    rows = books.rows("""
        select month_end, opening_amount, charges_amount, credit_memo_amount, cash_received, other_amount,
            exchange_amount, closing_amount
        from marts.receivables_by_month order by 1
    """)
    first = min(document.date for document in ledger.documents)
    assert [row[0] for row in rows] == [min(end, DAYS[-1]) for end in MONTH_ENDS if end >= first]
    for end, opened, charges, credits, cash, other, exchange, closing in rows:
        assert closing == sum(ledger.open_on(end).values(), Decimal(0))
        assert opened == opening
        assert exchange == 0
        assert opened + charges - credits - cash + other == closing
        opening = closing


@QUICK
@given(seed=SEEDS)
def test_month_ends_equal_the_aging_of_that_day(written, seed):
    """Each column of each customer at a month's end equals the aging macro of that day."""
    _, books = written(seed)
    columns = """customer_id, root_customer_id, customer_name, "current", d1_30, d31_60, d61_90, d91_plus, total_open,
        gross_open_invoices, unapplied_credits, overdue_amount, open_invoice_count"""
    for end in [*MONTH_ENDS[:-1], DAYS[-1]]:
        ours = books.rows(
            f"select {columns} from marts.ar_aging_history where aging_date = '{end}' order by 1"
        )
        assert ours == books.rows(f"""
            select {columns} from marts.ar_aging_by_customer_as_of(date '{end}')
            where gross_open_invoices <> 0 or unapplied_credits <> 0 order by 1
        """)


@QUICK
@given(seed=SEEDS)
def test_what_is_dated_later_changes_no_month(written, empty_warehouse, tmp_path_factory, seed):
    """Books that end on a day give the months that the full books give as of that day."""
    ledger, _ = written(seed)
    full, cut = (Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("cut"))) for _ in range(2))
    ledger.write(full)
    Ledger(
        [
            replace(document, links=[link for link in document.links if link[0].date <= DAYS[3]])
            for document in ledger.documents
            if document.date <= DAYS[3]
        ]
    ).write(cut)
    for books in (full, cut):
        books.build(str(DAYS[3]))
    for mart in ("receivables_by_month", "ar_aging_history"):
        assert (
            full.rows(f"from marts.{mart} order by all") == cut.rows(f"from marts.{mart} order by all") != []
        )


@QUICK
@given(seed=SEEDS)
def test_a_voided_invoice_was_never_open(written, empty_warehouse, tmp_path_factory, seed):
    """A voided invoice was open on no day, and what had been applied to it is free again."""
    ledger, _ = written(seed)
    targets = [target for payment in ledger.documents for target, _ in payment.links] + ledger.documents
    voided = next(target.id for target in targets if target.kind == "Invoice")
    documents = {document.id: replace(document, links=[]) for document in ledger.documents}
    for document in ledger.documents:
        kept = [(documents[target.id], applied) for target, applied in document.links if target.id != voided]
        documents[document.id].links.extend(kept)
    void = documents[voided]
    void.amount = void.open = Decimal(0)
    after = Ledger(list(documents.values()))
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("void")))
    after.write(books)
    books.invoice(voided, 0, str(void.date), customer=void.customer, PrivateNote="Voided", Balance=0)
    books.build(str(DAYS[-1]))
    for today in DAYS:
        rows = dict(books.rows(f"select doc_id, open_amount from marts.ar_aging_as_of(date '{today}')"))
        assert voided not in rows
        assert rows == after.open_on(today)
