"""The report says what the published file holds, company by company, and what it lacks."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.base.errors import QuickduckError
from pipelines.pages.report import words, write
from pipelines.pages.report.questions import questions
from pipelines.published.file import HEADLINE
from pipelines.workspace.home import Home
from tests.pages.report.conftest import Spoil, Text

FIRST, SECOND = "9130350000000001", "9130350000000002"
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "report.md"
SCHEMAS = "('core', 'marts', 'history', 'checks', 'ops')"


def companies(page: str) -> dict[str, str]:
    """Each company's part of the page, by its number."""
    parts = re.split(r'<article class="company" id="company-(\d+)">', page)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_figure_is_of_its_own_company(page_after: Spoil, analytics: Path) -> None:
    """What each owes and in what currency is the file's; neither page names the other's customers or currency."""
    page = page_after()
    parts = companies(page)
    with duckdb.connect(str(analytics), read_only=True) as connection:
        rows = connection.execute(
            """select realm_id, home_currency, sum(total_open), sum(overdue_amount)
            from core.companies join marts.ar_aging_by_customer using (realm_id) group by all order by all"""
        ).fetchall()
    assert [row[:2] for row in rows] == [(FIRST, "USD"), (SECOND, "CAD")]
    for realm_id, currency, owed, overdue in rows:
        text = str(Text(parts[realm_id]))
        assert f"Owed to us {words.whole(owed)} {currency}" in text
        assert f"Overdue {words.whole(overdue)} {currency}" in text
    assert "CAD" not in parts[FIRST]
    assert "://" not in page


def test_companies_stand_side_by_side_in_their_own_currencies(page_after: Spoil) -> None:
    """Several companies have a row each and no total, and a single company has neither table nor second heading."""
    both = page_after()
    table = re.search(r'<table class="stacks side-by-side">(.*?)</table>', both, re.DOTALL)
    assert table is not None
    assert re.findall(r'<td class="quiet">(\w+)</td>', table[1]) == ["USD", "CAD"]
    assert table[1].count("<tr>") == 3
    alone = page_after(f"delete from core.companies where realm_id = '{SECOND}'")
    assert "side-by-side" not in alone.partition("</style>")[2]
    assert alone.count("<h1>") == 1 and "<h2>" not in alone


def test_a_company_without_any_books_says_so_everywhere(page_after: Spoil, analytics: Path) -> None:
    """Every card of the empty company is a sentence, none a chart; the other company is as it was."""
    with duckdb.connect(str(analytics), read_only=True) as connection:
        tables = connection.execute(
            f"""select schema_name || '.' || table_name from duckdb_tables() semi join duckdb_columns()
            using (schema_name, table_name) where schema_name in {SCHEMAS} and table_name <> 'companies'"""
        ).fetchall()
    parts = companies(page_after(*(f"delete from {table} where realm_id = '{SECOND}'" for (table,) in tables
                                   if table != "core.rfm_segments")))  # fmt: skip
    text = str(Text(parts[SECOND]))
    assert "<svg" not in parts[SECOND]
    assert parts[SECOND].count('<section class="card') == 16
    for sentence in (
        "Nothing is open on 20 Nov 2026.",
        "No invoice was ever open at a month's end.",
        "Nobody has to be called",
        "No receivable yet.",
        "Nobody has paid an invoice in 365 days.",
        "Nobody pays markedly later",
        "No forecast.",
        "Nobody has ordered in 365 days.",
        "No sale yet.",
        "No sale in 365 days.",
        "QuickBooks was not asked",
        "No check is on record.",
    ):
        assert sentence in text, sentence
    assert parts[FIRST] == companies(page_after())[FIRST]


def test_tables_without_rows_say_why(page_after: Spoil) -> None:
    """A mart without a row of the company is named, with the reason that its comment gives."""
    before = companies(page_after())
    parts = companies(page_after("delete from marts.estimate_pipeline where realm_id = '9130350000000002'"))
    own_list = "Empty until contacts.csv lies in the data folder."
    nothing = "The books hold nothing of this kind yet."
    assert [own_list in str(Text(part)) for part in parts.values()] == [True, True]
    more = [str(Text(parts[one])).count(nothing) - str(Text(before[one])).count(nothing) for one in parts]
    assert more == [0, 1]


def test_too_few_payments_and_months_are_said(page_after: Spoil) -> None:
    """Where a model is not fitted the report gives no forecast of it, and says what it would need."""
    text = str(Text(page_after(
        "update marts.cash_forecast set model_status = 'insufficient_data', expected_amount = null",
        "update marts.customer_lifetime_value set model_status = 'insufficient_data', p_alive = null",
        "update marts.revenue_forecast set mid_revenue = null, month_count = 5",
    )))  # fmt: skip
    assert text.count("No forecast yet: it needs 5 paid invoices") == 2
    assert text.count("What they will bring cannot be predicted yet") == 2
    assert re.findall("it needs 6 whole months, and there are (.)", text) == ["5", "5"]
    assert "still a customer" not in text


def test_a_revenue_forecast_is_drawn_where_there_is_one(page_after: Spoil) -> None:
    """Months ahead, paler, with their range; of the month that goes on, what is still to come."""
    page = page_after(
        "delete from marts.model_scores",
        """update marts.revenue_forecast set model_status = 'fitted', low_revenue = 900000, mid_revenue = 1000000,
        high_revenue = 1100000""",
    )
    part = companies(page)[FIRST]
    table = re.search(r"<th>month</th>(.*?)</table>", part, re.DOTALL)
    assert table is not None
    rows = [re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row) for row in table[1].split("</tr>")[1:-1]]
    ahead = {row[0]: row[1:] for row in rows}
    assert list(ahead)[-12:][0] == "Nov 26" and len(ahead) == 36
    assert ahead["Dec 26"] == ["–", "1,000,000.00", "–", "900,000.00", "1,100,000.00"]
    so_far, still = (float(figure.replace(",", "")) for figure in ahead["Nov 26"][:2])
    assert round(so_far + still, 2) == 1_000_000
    assert "No forecast yet" not in Text(part).parts


JUDGED = """
    insert into marts.model_scores by name
    select realm_id, model, metric, baseline, horizon_days, 100 as compared_count, as_of_date,
        true as is_best_baseline, value, baseline_value, value < baseline_value as is_better
    from core.companies cross join (
        values ('payment_survival', 'mae', 'due_date', 90, 12, {rule}),
            ('revenue_forecast', 'mae', 'drift', null, 900, {rule} * 100),
            ('revenue_forecast', 'total_error', 'seasonal_naive', null, 0.11, {rule} / 100),
            ('Gamma-Gamma', 'total_error', 'last year again', 365, 0.12, {rule} / 100)
    ) as judged (model, metric, baseline, horizon_days, value, baseline_value)
"""
FORECAST = (
    "delete from marts.model_scores",
    "update marts.revenue_forecast set mid_revenue = 1000, best_naive_revenue = 2000, naive_revenue = 3000",
    "update marts.customer_lifetime_value set model_status = 'fitted', predicted_clv_revenue = 4000, "
    "last_year_revenue = 5000",
    "update marts.lifetime_value_by_cohort set expected_revenue_365d = 6000, last_year_revenue = 7000",
)


def test_a_prediction_that_beats_the_rules_stands_beside_them(page_after: Spoil) -> None:
    """Where ours erred less, the report says by how much and shows our figures."""
    text = str(Text(companies(page_after(*FORECAST, JUDGED.format(rule=14)))[FIRST]))
    assert (
        "On 100 payments it had not seen, such a forecast was off by 12 days: the due date was off by 14 days."
        in text
    )
    assert "no better than a simple rule" not in text and "by the simple rule" not in text
    assert " 4,000 " in text and " 5,000 " not in text
    assert "When an open invoice is paid 100 payments was off by 12 days 14 days the due date ours" in text


def test_a_rule_that_does_as_well_is_named_and_shown(page_after: Spoil) -> None:
    """Where a rule erred less or as much, the report says so, and its figures stand in place of ours."""
    text = str(Text(companies(page_after(*FORECAST, JUDGED.format(rule=9)))[FIRST]))
    assert (
        "off by 12 days, no better than a simple rule: the due date was off by 9 days. By the due dates,"
        in text
    )
    assert (
        "a line through the first and the last month was off by 900. Paler: by that rule, 24,000 USD in"
        in text
    )
    assert "the same month a year before did as well: 36,000 USD by it, 12,000 by ours." in text
    assert "by the simple rule" in text and "still expected" not in text
    assert (
        "the last year again was off by 9%." in text
        and "7,000 USD of all customers, where the model expects 6,000" in text
    )
    assert " 5,000 " in text and " 4,000 " not in text


def test_names_left_out_become_numbers(page_after: Spoil, analytics: Path) -> None:
    """People are named by their ids, and contacts not at all; nothing else is missing."""
    names = [
        "alter table marts.collection_worklist drop column " + name
        for name in ("customer_name", "contact_name", "email", "phone")
    ]
    names.append("alter table core.companies drop column company_name")
    page = page_after(*names)
    with duckdb.connect(str(analytics), read_only=True) as connection:
        first = connection.execute(
            "select customer_id from marts.collection_worklist where realm_id = ? and rank = 1", [FIRST]
        ).fetchall()
    assert f"customer {first[0][0]}" in page
    assert f">Company {FIRST}<" in page
    assert "mailto:" not in page and "which this needs" not in page


def test_a_family_unfolds(page_after: Spoil) -> None:
    """Among those who bring most, a family of several customers shows who of it bought, and for how much."""
    part = companies(page_after())[FIRST]
    found = re.findall(r"<summary>(\d+) customers? of the family</summary><ul>(.*?)</ul>", part)
    assert found and all(rows.count("<li>") == int(number) for number, rows in found)


def test_a_figure_left_out_costs_one_card(page_after: Spoil) -> None:
    """The card names the column; the others are as they were."""
    page = page_after("alter table marts.collection_worklist drop column to_collect_amount")
    assert page.count("has no column <code>to_collect_amount</code>, which this needs") == 2
    assert page.count("<svg") == page_after().count("<svg")


def test_hashed_names_are_short(page_after: Spoil) -> None:
    """A hash of 64 digits would break every table."""
    page = page_after(
        "update marts.collection_worklist set customer_name = 'hashed:' || sha256(customer_name)"
    )
    assert re.search(r"hashed:[0-9a-f]{8}…", page)
    assert not re.search(r"hashed:[0-9a-f]{9}", page)


def test_a_name_is_text_wherever_it_stands(page_after: Spoil) -> None:
    """Markup in the books is shown, not obeyed."""
    name = "<img src=x onerror=alert(1)> & \"Co\" 'Ltd'"
    quoted = name.replace("'", "''")
    page = page_after(
        f"update core.companies set company_name = '{quoted}'",
        f"update marts.collection_worklist set customer_name = '{quoted}', email = '{quoted}'",
        f"update marts.item_profitability set name = '{quoted}'",
        f"update marts.customer_segments set segment = '{quoted}'",
    )
    assert "<img" not in page
    assert f"1 {name}" in str(Text(page))


def test_a_failed_night_stands_at_the_top(page_after: Spoil) -> None:
    """A failed night stands at the top of the report, with its reason and the day of the figures."""
    part = companies(page_after(
        f"update ops.runs set error = 'Sign in <again>.', verdict = 'failed' where realm_id = '{FIRST}'"
    ))  # fmt: skip
    assert "The last run failed. Sign in <again>. The figures are those of 20 Nov 2026" in str(
        Text(part[FIRST])
    ).replace("failed.  ", "failed. ")
    assert "The last run failed" not in part[SECOND]


def test_old_debt_is_told_before_credits_as_all_debt_is(page_after: Spoil) -> None:
    """A credit in the oldest bucket does not make the charges in it younger."""
    part = companies(page_after("update marts.ar_aging_by_customer set d91_plus_charges_amount = 1234567"))
    assert re.search(r"are late with [0-9,]+ USD, [0-9,]{9,} of it for more than 90 days", part[FIRST])


def test_what_was_not_met_is_listed(page_after: Spoil) -> None:
    """A warning does not stop the rows, and is listed with the expectations that were not met."""
    before = companies(page_after("select 1"))
    part = companies(page_after(
        f"""update checks.results set is_passed = false, severity = 'warning', observed = '3',
            description = 'Fails if there are odd <amounts>.'
        where realm_id = '{FIRST}' and suite = 'questions' and rowid = (
            select min(rowid) from checks.results where realm_id = '{FIRST}' and suite = 'questions')"""
    ))  # fmt: skip
    assert '<li class="warning">there are odd &lt;amounts&gt; (3)</li>' in part[FIRST]
    warnings = part[FIRST].count('<li class="warning">')
    assert warnings == before[FIRST].count('<li class="warning">') + 1
    assert f", {warnings} warnings;" in str(Text(part[FIRST]))
    assert part[SECOND] == before[SECOND]


def test_nothing_published(tmp_path: Path) -> None:
    """Without a published file the report ends in a sentence and makes no folder."""
    with pytest.raises(QuickduckError, match="`quickduck run` does that"):
        write(Home(tmp_path / "none", make=False))
    assert not (tmp_path / "none").exists()


def test_a_file_of_another_version(analytics: Path, tmp_path: Path) -> None:
    """After a rollback the open file may lack a table: a sentence, and the old report is gone no more than before."""
    home = Home(tmp_path / "home")
    home.analytics.write_bytes(analytics.read_bytes())
    before = write(home).read_bytes()
    with duckdb.connect(str(home.analytics)) as connection:
        connection.execute("drop table marts.cash_forecast")
    with pytest.raises(QuickduckError, match="cash_forecast.*The next `quickduck run` publishes"):
        write(home)
    assert home.report.read_bytes() == before
    assert home.report.stat().st_mode & 0o777 == 0o600


def test_the_documentation_names_what_the_report_reads() -> None:
    """The documentation names every table that the report reads and no other."""
    sql = "\n".join(questions().values()) + HEADLINE
    read = set(re.findall(r"\b((?:core|marts|checks|ops)\.\w+)", sql))
    table = DOCUMENTATION.read_text().partition("| part |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+\.\w+)`", table)) == read
