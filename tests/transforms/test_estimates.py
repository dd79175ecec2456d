"""The outcomes of estimates, and the revenue that open ones will bring."""

from __future__ import annotations

import datetime
import itertools
import shutil
from collections import Counter
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import MORNING, Books, day, money
from transforms.engine import models

D = Decimal
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


def updated(books, date):
    """Sets the day, at noon, on which the documents written next were last updated."""
    books.minute = (day(date) - MORNING.date()).days * 1440 + 720


def estimate(books, id, amount, date, status="Pending", customer="C", **fields):
    fields = {
        name: day(value) if name.endswith("Date") and value else value for name, value in fields.items()
    }
    books.put(
        "Estimate", id, CustomerRef={"value": customer}, TxnDate=day(date), TxnStatus=status,
        TotalAmt=money(amount), **fields,
    )  # fmt: skip


def invoice(books, id, amount, date, *estimates, **fields):
    links = [{"TxnId": estimate, "TxnType": "Estimate"} for estimate in estimates]
    books.invoice(id, amount, date, LinkedTxn=links, **fields)


def from_estimate(amount, id):
    return {
        "Amount": money(amount),
        "DetailType": "SalesItemLineDetail",
        "LinkedTxn": [{"TxnId": id, "TxnType": "Estimate", "TxnLineId": "1"}],
    }


def pipeline(books, columns):
    return books.rows(f"select {columns} from marts.estimate_pipeline order by estimate_id")


def test_six_of_ten_won_and_nine_of_twenty_thousand(books):
    """The win rate is 60% by number and 45% by amount, and 5,000 open are worth 2,250 by amount."""
    for id, amount in enumerate([1500] * 6 + [2750] * 4):
        won = id < 6
        estimate(
            books,
            str(id),
            amount,
            "01-01",
            "Accepted" if won else "Rejected",
            AcceptedDate="01-11" if won else None,
        )
        if won:
            invoice(books, f"i{id}", amount, "01-12", str(id))
    estimate(books, "open", 5000, "06-01")
    books.build("06-30")
    assert books.row("""
        select won_count, lost_count, won_home, won_home + lost_home, open_home, win_rate, amount_win_rate,
            backlog_home, days_to_win_median
        from core.estimate_rates where cohort = 'all'
    """) == (6, 4, D(9000), D(20000), D(5000), 0.6, 0.45, D(0), 10.0)
    assert books.row("""
        select win_rate, amount_win_rate, decided_count, open_home, naive_forecast_home, model_status
        from marts.estimate_pipeline where outcome = 'open'
    """) == (0.6, 0.45, 10, D(5000), D(2250), "fitted")
    assert books.value("select sum(naive_forecast_home) from marts.estimate_pipeline") == D(2250)
    assert dict(books.rows("select cohort, win_rate from core.estimate_rates")) == {
        "all": 0.6, "91-180": 0.6, "0-30": None,
    }  # fmt: skip


OUTCOMES = [
    # status, further fields, invoiced on, outcome, what dates it
    ("Accepted", {"AcceptedDate": "01-11"}, None, "won", "accepted_date"),
    ("Accepted", {}, None, "won", "last_updated"),
    ("Accepted", {}, "04-01", "won", "last_updated"),
    ("Converted", {"AcceptedDate": "01-11"}, "02-01", "won", "accepted_date"),
    ("Converted", {}, "02-01", "won", "invoice"),
    ("Converted", {}, None, "won", "last_updated"),
    ("Closed", {}, "02-01", "won", "invoice"),
    ("Closed", {}, None, "lost", "last_updated"),
    ("Closed", {"AcceptedDate": "01-11"}, None, "lost", "last_updated"),
    ("Rejected", {}, None, "lost", "last_updated"),
    ("Pending", {"ExpirationDate": "03-30"}, None, "expired", None),
    ("Pending", {"ExpirationDate": "03-31"}, None, "open", None),
    ("Pending", {}, None, "open", None),
    (None, {}, None, "open", None),
    ("Pending", {"ExpirationDate": "03-30"}, "02-01", "won", "invoice"),
    # not yet on 31 March
    ("Accepted", {"AcceptedDate": "04-01"}, None, "open", None),
    ("Converted", {}, "04-01", "open", None),
    ("Closed", {"ExpirationDate": "03-01"}, "04-01", "expired", None),
]


def test_outcome_on_31_march(books):
    """The status alone is no outcome: a closed estimate was won if it has an invoice, lost if not."""
    updated(books, "02-15")
    dates = {"accepted_date": "01-11", "invoice": "02-01", "last_updated": "02-15"}
    expected = {}
    for id, (status, fields, invoiced, outcome, source) in enumerate(OUTCOMES):
        estimate(books, str(id), 100, "01-01", status, **fields)
        if invoiced:
            invoice(books, f"i{id}", 100, invoiced, str(id))
        expected[str(id)] = (outcome, source, day(dates[source]) if source else None)
    books.build("03-31")
    found = pipeline(books, "estimate_id, outcome, outcome_date_source, outcome_date")
    assert {id: tuple(how) for id, *how in found} == expected


def test_what_is_known_by_its_last_update_alone_waits_for_that_day(books):
    """Until an undated outcome's last update the estimate is open, or accepted if that is dated."""
    updated(books, "02-15")
    estimate(books, "1", 100, "01-01", "Rejected")
    estimate(books, "2", 100, "01-01", "Closed", AcceptedDate="01-11")
    books.build("02-14")
    assert pipeline(books, "outcome") == [("open",), ("won",)]
    books.build("02-15")
    assert pipeline(books, "outcome, outcome_date") == [("lost", day("02-15"))] * 2


def test_days_to_win_and_conversion(books):
    """Days to win count to the acceptance, and the conversion rate compares what was invoiced with the estimate."""
    estimate(books, "1", 200, "01-01", "Accepted", AcceptedDate="01-11")
    invoice(books, "a", 50, "01-20", "1")
    invoice(books, "b", 100, "01-25", "1")
    invoice(books, "future", 50, "07-01", "1")
    estimate(books, "2", 100, "01-01", "Converted", AcceptedDate="12-31", ExpirationDate="02-01")
    invoice(books, "c", 130, "02-01", "2")
    estimate(books, "3", 0, "01-01", "Accepted", AcceptedDate="2025-12-31")
    books.build("06-30")
    assert pipeline(
        books,
        "days_to_win, invoice_count, invoiced_amount, conversion_rate, over_invoiced, backlog_amount,"
        " forecast_home",
    ) == [
        (10, 2, D(150), 0.75, False, D(50), D(50)),
        (31, 1, D(130), 1.0, True, D(0), D(0)),
        (-1, 0, D(0), None, False, D(0), D(0)),
    ]


def test_a_closed_estimate_has_no_backlog(books):
    """A closed estimate has no backlog, although only 100 of its 300 were invoiced."""
    estimate(books, "1", 300, "01-01", "Closed")
    invoice(books, "a", 100, "01-20", "1")
    books.build("06-30")
    assert pipeline(books, "outcome, invoiced_amount, backlog_amount, conversion_rate") == [
        ("won", D(100), D(0), pytest.approx(1 / 3)),
    ]  # fmt: skip


def test_voided_and_deleted_invoices_do_not_count(books):
    """Voided and deleted invoices do not count, even where the estimate still names them."""
    links = [{"TxnId": id, "TxnType": "Invoice"} for id in ("voided", "deleted", "live")]
    estimate(books, "1", 300, "01-01", "Accepted", AcceptedDate="01-11", LinkedTxn=links)
    books.invoice("voided", 0, "01-20", PrivateNote="Voided")
    books.invoice("deleted", 100, "01-20")
    books.delete("Invoice", "deleted")
    books.invoice("live", 100, "01-21")
    books.build("06-30")
    assert pipeline(books, "invoice_count, invoiced_amount, first_invoice_date") == [
        (1, D(100), day("01-21"))
    ]


def test_a_voided_estimate_counts_nowhere(books):
    """A voided estimate has no backlog, no forecast and no part in any rate."""
    estimate(books, "1", 0, "01-01", "Closed", PrivateNote="Voided")
    books.build("06-30")
    assert pipeline(books, "outcome, backlog_amount, forecast_home") == [("voided", D(0), D(0))]
    assert books.rows("select * from core.estimate_rates") == []


SHARES = "select estimate_id, invoiced_amount from core.estimate_invoices order by 1"


def test_two_estimates_of_an_invoice_share_it_by_its_lines(books):
    """Two estimates share an invoice of 121 as 24.20 and 96.80 by the lines that name them, whatever their totals."""
    estimate(books, "1", 500, "01-01")
    estimate(books, "2", 500, "01-01")
    lines = [
        from_estimate(20, "1"),
        from_estimate(80, "2"),
        {"Amount": 10, "DetailType": "SalesItemLineDetail"},
    ]
    invoice(books, "a", 121, "01-20", "1", "2", Line=lines, TxnTaxDetail={"TotalTax": 11})
    books.build("06-30")
    assert books.rows(SHARES) == [("1", D("24.20")), ("2", D("96.80"))]


def test_two_estimates_of_an_invoice_share_it_by_their_totals(books):
    """Without lines that name them, estimates of 100 and 200 share an invoice of 100 by their totals, to the cent."""
    estimate(books, "1", 100, "01-01")
    estimate(books, "2", 200, "01-01")
    invoice(books, "a", 100, "01-20", "1", "2")
    books.build("06-30")
    assert books.rows(SHARES) == [("1", D("33.33")), ("2", D("66.67"))]
    assert pipeline(books, "invoice_count, conversion_rate") == [
        (1, pytest.approx(0.3333)), (1, pytest.approx(0.33335)),
    ]  # fmt: skip


def test_a_line_alone_links_an_invoice_and_no_link_counts_twice(books):
    """Links by the invoice, its line and the estimate make one pair, and a bundle's parts follow its line."""
    estimate(books, "1", 100, "01-01", LinkedTxn=[{"TxnId": "a", "TxnType": "Invoice"}])
    estimate(books, "2", 100, "01-01")
    invoice(books, "a", 100, "01-20", "1", Line=[from_estimate(100, "1")])
    parts = [{"Amount": 30, "DetailType": "SalesItemLineDetail"}] * 2
    bundle = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": parts}}
    lines = [from_estimate(40, "1"), {**bundle, "LinkedTxn": [{"TxnId": "2", "TxnType": "Estimate"}]}]
    books.invoice("b", 100, "01-20", Line=lines)
    books.build("06-30")
    assert books.rows(
        "select invoice_id, estimate_id, invoiced_amount from core.estimate_invoices order by all"
    ) == [
        ("a", "1", D(100)),
        ("b", "1", D(40)),
        ("b", "2", D(60)),
    ]


def test_foreign_estimates_at_their_own_rate(books):
    """EUR 100 at 1.10 with EUR 40 invoiced at 1.20 is 110.00, of which 48.00 are invoiced and 66.00 backlog."""
    books.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    euro = {"CurrencyRef": {"value": "EUR"}}
    estimate(books, "1", 100, "01-01", "Accepted", AcceptedDate="01-11", ExchangeRate=money("1.10"), **euro)
    invoice(books, "a", 40, "01-20", "1", ExchangeRate=money("1.20"), **euro)
    estimate(books, "2", 100, "01-01")
    books.build("06-30")
    assert pipeline(
        books,
        "currency, total_home, invoiced_home, backlog_amount, backlog_home, naive_forecast_home, conversion_rate",
    ) == [
        ("EUR", D(110), D(48), D(60), D(66), D(66), 0.4),
        ("USD", D(100), D(0), D(0), D(0), D(100), 0.0),
    ]


def test_too_little_data_is_said(books):
    """Nine decided estimates give no chance and no forecast, but the backlog is still there."""
    for id in range(9):
        estimate(books, str(id), 100, "01-01", "Accepted", AcceptedDate="01-11")
    estimate(books, "open", 100, "06-01")
    books.build("06-30")
    assert pipeline(books, "model_status, p_win_90d, forecast_home_90d")[-2:] == [
        ("insufficient_data", None, D(100)),
        ("insufficient_data", None, None),
    ]


def test_cumulative_incidence_by_hand(books):
    """The cumulative incidence of thirteen estimates, won, lost and open, equals the one worked out by hand."""
    today = day("06-30")
    lives = [(5, "won"), (5, "won"), (40, "won"), (10, "lost"), (20, "lost"), (20, "lost"), (50, "lost")]
    lives += [(30, "open"), (30, "open"), (15, "open")] + [(60, "won"), (70, "lost"), (80, "lost")]
    for id, (days, outcome) in enumerate(lives):
        start = today - datetime.timedelta(days if outcome == "open" else 200)
        end = start + datetime.timedelta(days)
        if outcome == "lost":
            updated(books, str(end))
            estimate(books, str(id), 100, str(start), "Rejected")
        else:
            fields = {"AcceptedDate": str(end)} if outcome == "won" else {}
            estimate(books, str(id), 100, str(start), "Accepted" if outcome == "won" else "Pending", **fields)
    books.build("06-30")
    found = books.rows("""
        select days, at_risk_count, won_count, lost_count, undecided_share, won_share, lost_share
        from core.estimate_outcomes where known_by_date = as_of_date and state = 'open' order by days
    """)
    at = {days: (n, won, lost, *map(pytest.approx, shares)) for days, n, won, lost, *shares in (
        (5, 13, 2, 0, 11 / 13, 2 / 13, 0),
        (10, 11, 0, 1, 10 / 13, 2 / 13, 1 / 13),
        (20, 9, 0, 2, 10 / 13 * 7 / 9, 2 / 13, 1 / 13 + 10 / 13 * 2 / 9),
    )}  # fmt: skip
    assert {row[0]: row[1:] for row in found if row[0] in at} == at
    left = 10 / 13 * 7 / 9  # open after day 20, and still after day 30
    won_at_40 = left / 5  # one of five
    won_at_60 = left * 4 / 5 * 3 / 4 / 3  # after four of five and three of four, one of three
    chances = dict(
        books.rows("""
        select age_days, [p_win_30d, p_win_90d, p_win]
        from core.estimate_chances where known_by_date = as_of_date
    """)
    )
    assert chances[30] == [pytest.approx((won_at_40 + won_at_60) / left)] * 3
    at_15 = [won_at_40 / (10 / 13), *[(won_at_40 + won_at_60) / (10 / 13)] * 2]
    assert chances[15] == pytest.approx(at_15)
    forecast = books.row(
        "select forecast_home_30d, open_home, p_win_30d from marts.estimate_pipeline where age_days = 15"
    )
    assert forecast == (D("15.56"), D(100), chances[15][0])


# Random estimates: what each is, and when it was decided, drawn before anything is written.


def drawn(random: Random, count: int = 80) -> list[dict]:
    estimates = []
    for id in range(count):
        made = datetime.date(2025, 1, 1) + datetime.timedelta(random.randrange(540))
        fate = random.choice(["won", "won", "won", "lost", "lost", "expires", "expires", "stays"])
        decided = made + datetime.timedelta(int(random.expovariate(1 / 50)))
        invoiced = [
            decided + datetime.timedelta(random.randrange(1, 30)) for _ in range(random.choice([0, 1, 1, 2]))
        ]
        last_day = decided - datetime.timedelta(1 if fate == "expires" else random.randrange(-20, 20))
        estimates.append({
            "last_day": max(last_day, made) if fate == "expires" or random.random() < 0.4 else None,
            "id": str(id), "made": made, "fate": fate, "decided": decided, "amount": random.randrange(10, 900),
            "invoiced": invoiced if fate == "won" else [],
        })  # fmt: skip
    return estimates


def enter(books: Books, estimates: list[dict], until: datetime.date) -> None:
    """Enters everything that had happened by the end of a day, with the statuses of that day."""
    for one in estimates:
        if one["made"] > until:
            continue
        known = one["decided"] <= until
        invoices = [date for date in one["invoiced"] if date <= until]
        fields, status = {}, "Pending"
        if one["fate"] == "won" and known:
            status, fields = "Converted" if invoices else "Accepted", {"AcceptedDate": str(one["decided"])}
        elif one["fate"] == "lost" and known:
            status = "Rejected"
        if one["last_day"]:
            fields["ExpirationDate"] = str(one["last_day"])
        last = max(
            [one["made"], *invoices, *([one["decided"]] if known and one["fate"] in ("won", "lost") else [])]
        )
        updated(books, str(last))
        estimate(books, one["id"], one["amount"], str(one["made"]), status, **fields)
        for number, date in enumerate(invoices):
            invoice(books, f"{one['id']}-{number}", one["amount"] // 2, str(date), one["id"])


@pytest.fixture(scope="module")
def written(empty_warehouse, tmp_path_factory):
    """Draws random estimates by seed, and builds the books of one day as of another."""

    @cache
    def write(seed, until, as_of):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("estimates")))
        estimates = drawn(Random(seed))
        enter(books, estimates, until)
        books.build(str(as_of), at_once=["core.estimates", *TABLES])
        return estimates, books

    return write


MIDDLE, END = datetime.date(2026, 3, 1), datetime.date(2027, 12, 31)
TABLES = sorted(model.table for model in models.read_all("core", "marts") if "estimate_" in model.table)


@QUICK
@given(seed=st.integers(0, 2))
def test_nothing_dated_later_leaks_in(written, seed):
    """Books that end on 1 March give the same rows as longer books that are built as of 1 March."""
    _, truncated = written(seed, MIDDLE, MIDDLE)
    _, whole = written(seed, END, MIDDLE)
    assert len(TABLES) == 7
    assert truncated.value("select count(*) from core.estimate_chances") > 5
    for table in TABLES:
        later = " where invoice_date <= date '2026-03-01'" if table == "core.estimate_invoices" else ""
        status = " exclude (txn_status)" if table == "marts.estimate_pipeline" else ""
        sql = f"select *{status} from {table}{later} order by all"
        assert truncated.rows(sql) == whole.rows(sql), table


def replayed(
    estimates: list[dict], today: datetime.date
) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
    """Days and outcome of each estimate at a day's end, according to the draw; and days since it expired undecided."""
    lives, expired = {}, {}
    for one in estimates:
        if one["made"] > today:
            continue
        is_decided = one["fate"] in ("won", "lost") and one["decided"] <= today
        end, last_day = one["decided"] if is_decided else today, one["last_day"]
        outcome = one["fate"] if is_decided else "expired" if last_day and last_day < today else "open"
        lives[one["id"]] = ((end - one["made"]).days, outcome)
        if last_day and end > last_day:
            expired[one["id"]] = ((end - last_day).days, outcome)
    return lives, expired


def chance_of_winning(lives: list[tuple[int, str]], age: int, within: int) -> float:
    """Cumulative incidence after `age`, day by day, among the estimates still open then."""
    still_open, won = 1.0, 0.0
    for today in range(age + 1, age + within + 1):
        at_risk = sum(1 for days, _ in lives if days >= today)
        if not at_risk:
            break
        ends = Counter(outcome for days, outcome in lives if days == today)
        won += still_open * ends["won"] / at_risk
        still_open *= 1 - (ends["won"] + ends["lost"]) / at_risk
    return won


def chance(
    lives: dict[str, tuple[int, str]], expired: dict[str, tuple[int, str]], id: str, within: int
) -> float:
    """An expired estimate follows those that expired, from their last day on, where ten did."""
    ours = expired if id in expired and len(expired) >= 10 else lives
    return chance_of_winning(list(ours.values()), ours[id][0], within)


@QUICK
@given(seed=st.integers(0, 2))
def test_outcomes_rates_and_chances_equal_a_replay_in_plain_python(written, seed):
    """Outcomes, win rates and chances equal those of a replay in plain Python."""
    estimates, books = written(seed, END, MIDDLE)
    by_id, expired = replayed(estimates, MIDDLE)
    assert dict(books.rows("select estimate_id, outcome from core.estimates")) == {
        id: outcome for id, (_, outcome) in by_id.items()
    }
    counts = Counter(outcome for _, outcome in by_id.values())
    amounts = Counter()
    for one in estimates:
        if one["id"] in by_id:
            amounts[by_id[one["id"]][1]] += one["amount"]
    assert books.row("""
        select won_count, lost_count, open_count, expired_count, won_home, lost_home, open_home, win_rate,
            amount_win_rate
        from core.estimate_rates where cohort = 'all'
    """) == (
        counts["won"], counts["lost"], counts["open"], counts["expired"],
        amounts["won"], amounts["lost"], amounts["open"],
        counts["won"] / (counts["won"] + counts["lost"]), amounts["won"] / (amounts["won"] + amounts["lost"]),
    )  # fmt: skip
    found = books.rows("""
        select estimate_id, p_win_30d, p_win_90d, p_win, won_after_expiry_rate from marts.estimate_pipeline
        where outcome in ('open', 'expired')
    """)
    assert len(found) == counts["open"] + counts["expired"]
    assert len(expired) >= 10
    later = sum(outcome == "won" for _, outcome in expired.values()) / len(expired)
    for id, *chances, rate in found:
        assert chances == [pytest.approx(chance(by_id, expired, id, within)) for within in (30, 90, 10_000)]
        assert rate == later


@QUICK
@given(seed=st.integers(0, 2))
def test_shares_and_chances_have_their_bounds(written, seed):
    """Won, lost and open shares add up to 1, chances grow with the horizon, and cohorts add up to the whole."""
    _, books = written(seed, END, MIDDLE)
    assert (
        books.rows("""
        select days from core.estimate_outcomes
        where abs(won_share + lost_share + undecided_share - 1) > 1e-9
            or least(won_share, lost_share, undecided_share) < -1e-12
    """)
        == []
    )
    assert (
        books.rows("""
        select estimate_id from marts.estimate_pipeline
        where outcome in ('open', 'expired')
                and not (0 <= p_win_30d and p_win_30d <= p_win_90d and p_win_90d <= p_win and p_win <= 1)
            or conversion_rate not between 0 and 1
    """)
        == []
    )
    assert (
        books.value("""
        select sum(if(cohort = 'all', -1, 1) * (won_count + 1000 * lost_count + 1000000 * open_count))
        from core.estimate_rates
    """)
        == 0
    )


@QUICK
@given(seed=st.integers(0, 2))
def test_scores_equal_a_replay_in_plain_python(written, seed):
    """Scores of open and of expired estimates, as they were 90 days back, equal a replay in plain Python."""
    estimates, books = written(seed, END, MIDDLE)
    split = MIDDLE - datetime.timedelta(90)
    then, expired = replayed(estimates, split)
    now, _ = replayed(estimates, MIDDLE)
    counts = Counter(outcome for _, outcome in then.values())
    rate = counts["won"] / (counts["won"] + counts["lost"])
    decided = {one["id"]: one["decided"] for one in estimates}
    wanted = {}
    for state, within in itertools.product(("open", "expired"), (30, 90)):
        tested = [
            (chance(then, expired, id, within), now[id][1] == "won" and (decided[id] - split).days <= within)
            for id, (_, outcome) in then.items()
            if outcome == state
        ]
        pairs = [
            (p > q) + (abs(p - q) < 1e-12) / 2 for p, won in tested if won for q, other in tested if not other
        ]
        n = len(tested)
        figures = {
            "bias": [
                sum(p - won for p, won in tested),
                *(sum(q - won for _, won in tested) for q in (rate, 0)),
            ],
            "brier": [
                sum((p - won) ** 2 for p, won in tested),
                *(sum((q - won) ** 2 for _, won in tested) for q in (rate, 0)),
            ],
            "auc": [sum(pairs) / len(pairs) * n, n / 2, n / 2] if pairs else None,
        }
        for metric, values in figures.items():
            for place, baseline in enumerate(("win_rate", "never"), 1):
                known = (values[0] / n, values[place] / n) if values and n >= 10 else (None, None)
                wanted[state, within, metric, baseline] = (*map(pytest.approx, known), n)
    found = books.rows("""
        select if(contains(judged_on, 'expired'), 'expired', 'open'), horizon_days, metric, baseline,
            value, baseline_value, compared_count, split_date, missing_count
        from core.estimate_scores
    """)
    assert {tuple(row[:4]): tuple(row[4:7]) for row in found} == wanted
    assert {tuple(row[7:]) for row in found} == {(split, 0)}


def test_an_expired_estimate_has_a_chance_of_its_own(books):
    """Of twelve that expired undecided three were won ten days later: one just expired has a chance of a quarter."""
    for id in range(12):
        won = {"AcceptedDate": "02-10"} if id < 3 else {}
        estimate(
            books, f"e{id}", 100, "01-01", "Accepted" if won else "Pending", ExpirationDate="01-31", **won
        )
    for id in range(12):
        estimate(books, f"w{id}", 100, "01-01", "Accepted", AcceptedDate="01-03", ExpirationDate="01-31")
    estimate(books, "new", 100, "05-01", ExpirationDate="06-29")
    books.build("06-30")
    assert books.row("""
        select outcome, p_win_30d, p_win, won_after_expiry_rate, ever_expired_count from marts.estimate_pipeline
        where estimate_id = 'new'
    """) == ("expired", 0.25, 0.25, pytest.approx(3 / 13), 13)


def test_an_estimate_is_judged_as_it_stood_at_the_split(books):
    """Expired before the split and won after it, an estimate is an expired one that was won; the books say no more."""
    for id in range(10):
        estimate(books, f"w{id}", 100, "01-01", "Accepted", AcceptedDate="01-03")
        late = {"AcceptedDate": "06-10"} if id < 5 else {}
        estimate(
            books, f"e{id}", 100, "01-01", "Accepted" if late else "Pending", ExpirationDate="02-28", **late
        )
    books.build("06-30")
    assert books.rows("""
        select judged_on, value, baseline_value, compared_count from core.estimate_scores
        where metric = 'brier' and baseline = 'never' and horizon_days = 90 order by 1
    """) == [
        ("estimates expired undecided at the split, whether won within 90 days", 0.5, 0.5, 10),
        ("estimates open at the split, whether won within 90 days", None, None, 0),
    ]
