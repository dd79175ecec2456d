"""What an accountant would look at: each oddity is noticed, named and shown, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from checks.rules import oddities
from tests.checks.conftest import GATHERED, REALM, Copied

Odd = tuple[str, str]

OPEN = """
    select doc_id from core.open_receivables
    join staging.invoices on invoice_id = doc_id and invoices.realm_id = open_receivables.realm_id
    where open_receivables.realm_id = $realm and doc_type = 'Invoice' and open_amount > 0
"""
STOCK = (
    "select item_id from staging.items where realm_id = $realm and item_type = 'Inventory' order by item_id"
)


def let_a_credit_lie(copied: Copied) -> Odd:
    (id, *_) = copied.ids(
        "select doc_id from core.open_receivables where realm_id = $realm and doc_type = 'CreditMemo' "
        "and open_amount < 0 and as_of_date - txn_date <= 90"
    )
    copied.store("CreditMemo", id, lambda found: found.update(TxnDate="2026-08-21"))
    return "CreditMemo", id


def leave_cash_unapplied(copied: Copied) -> Odd:
    (id, *_) = copied.ids(
        "select payment_id from staging.payments where realm_id = $realm and total_amount > 0 "
        "and unapplied_amount = 0 order by txn_date desc"
    )
    copied.store("Payment", id, lambda found: found.update(Line=[]))
    return "Payment", id


def enter_a_customer_twice(copied: Copied) -> Odd:
    first, second, *_ = copied.ids(
        "select customer_id from core.customers where realm_id = $realm and is_active "
        "and parent_customer_id is null order by customer_id"
    )
    ((name,),) = rows(copied, f"select display_name from core.customers where customer_id = '{first}'")
    copied.store("Customer", second, lambda found: found.update(DisplayName=f"  {name.upper()}."))
    return "Customer", second


def forget_the_terms(copied: Copied) -> Odd:
    (id, *_) = copied.ids(f"{OPEN} and term_id is not null order by doc_id")
    copied.store("Invoice", id, lambda found: found.pop("SalesTermRef"))
    return "Invoice", id


def never_send_an_invoice(copied: Copied) -> Odd:
    (id, *_) = copied.ids(f"{OPEN} and days_past_due > 0 and email_status = 'EmailSent' order by doc_id")

    def unsent(found: dict[str, Any]) -> None:
        del found["DeliveryInfo"]
        found["EmailStatus"] = "NotSet"

    copied.store("Invoice", id, unsent)
    return "Invoice", id


def sell_what_is_not_there(copied: Copied) -> Odd:
    (id, *_) = copied.ids(STOCK)
    copied.store("Item", id, lambda found: found.update(QtyOnHand=Decimal("-0.5")))
    return "Item", id


def run_low(copied: Copied) -> Odd:
    (*_, id) = copied.ids(STOCK)
    copied.store("Item", id, lambda found: found.update(ReorderPoint=found["QtyOnHand"] + 1))
    return "Item", id


def book_receivables_of_nobody(copied: Copied) -> Odd:
    (id, *_) = copied.ids(
        "select journal_entry_id from staging.journal_entry_lines join staging.accounts using (realm_id, account_id) "
        "where realm_id = $realm and account_type = 'Accounts Receivable' and entity_type = 'Customer'"
    )

    def nameless(found: dict[str, Any]) -> None:
        for line in found["Line"]:
            line["JournalEntryLineDetail"].pop("Entity", None)

    copied.store("JournalEntry", id, nameless)
    return "JournalEntry", id


def bill_twice(copied: Copied) -> Odd:
    ((id, date, total),) = rows(
        copied,
        f"""select later.invoice_id, first.txn_date::varchar, first.total_amount
        from staging.invoices as first
        join staging.invoices as later using (realm_id, customer_id, currency)
        where realm_id = '{REALM}' and first.invoice_id::bigint < later.invoice_id::bigint
            and first.total_amount > 0 and not first.is_voided and not later.is_voided
        order by first.invoice_id, later.invoice_id limit 1""",
    )
    copied.store("Invoice", id, lambda found: found.update(TxnDate=date, TotalAmt=total))
    return "Invoice", id


def mistype_a_year(copied: Copied) -> Odd:
    (*_, id) = copied.ids(f"{OPEN} order by doc_id")
    copied.store("Invoice", id, lambda found: found.update(TxnDate="2062-05-01"))
    return "Invoice", id


def have_no_income(copied: Copied) -> Odd:
    for account in copied.company.objects("Account"):
        if account["AccountType"] == "Income":
            copied.store("Account", account["Id"], lambda found: found.update(AccountType="Other Income"))
    (id, *_) = copied.ids(
        "select doc_id from core.sales_lines where realm_id = $realm and is_revenue and account_id is null"
    )
    return "Invoice", id


ODDITIES: dict[str, Callable[[Copied], Odd]] = {
    "old_credits": let_a_credit_lie,
    "unapplied_cash": leave_cash_unapplied,
    "duplicate_customers": enter_a_customer_twice,
    "duplicate_invoices": bill_twice,
    "invoices_without_terms": forget_the_terms,
    "overdue_never_sent": never_send_an_invoice,
    "negative_stock": sell_what_is_not_there,
    "below_reorder_point": run_low,
    "dates_outside_history": mistype_a_year,
    "no_income_account": have_no_income,
    "receivables_without_customer": book_receivables_of_nobody,
}
OF_TWO = ("duplicate_customers", "no_income_account")
FREEING = ("unapplied_cash", "receivables_without_customer")


def rows(copied: Copied, query: str) -> list[tuple[Any, ...]]:
    with copied.warehouse() as connection:
        return connection.execute(query).fetchall()


def cases(copied: Copied) -> set[tuple[str, Odd]]:
    """What every rule names in the books as they were last built."""
    with copied.warehouse() as connection:
        found = oddities.check(connection, REALM)
    return {(row.check, (row.entity, row.id)) for row in found.beside}


def test_every_oddity_is_tried():
    """Every oddity has a case here."""
    assert ODDITIES.keys() == {rule.name for rule in oddities.oddities()}


@pytest.fixture(scope="module")
def appeared(night: Copied, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Odd, set[Odd]]]:
    """By rule the object that was made odd, and what the rule names since then; one copy takes them all.

    What frees a payment makes it odd to other rules too, so each of those comes in a build of its own.
    """
    news = {}
    with night.with_own_copy(tmp_path_factory.mktemp("odd")) as copied:
        before = cases(copied)
        for names in (ODDITIES.keys() - set(FREEING), *([name] for name in FREEING)):
            culprits = {name: ODDITIES[name](copied) for name in ODDITIES if name in names}
            copied.build(GATHERED)
            after = cases(copied)
            for name, culprit in culprits.items():
                news[name] = culprit, {row for rule, row in after - before if rule == name}
            before = after
    return news


@pytest.mark.parametrize("name", ODDITIES)
def test_an_oddity_is_named(appeared: dict[str, tuple[Odd, set[Odd]]], name: str) -> None:
    """Each oddity appears in its row as soon as the books contain it, and nothing else appears."""
    culprit, named = appeared[name]
    assert culprit in named
    assert len(named) == (2 if name in OF_TWO else 1)


def test_oddities_are_kept_with_their_rows_and_stop_nothing(copied: Copied) -> None:
    """An oddity is kept with its row as a warning and does not stop publishing."""
    sell_what_is_not_there(copied)
    copied.build()
    evidence = copied.look()
    verdict = copied.judged(evidence)
    assert (verdict.passed, verdict.warnings, evidence.differences) == (True, (), [])
    assert "there is less than nothing of an item on hand (1)" in verdict.noticed
    kept = rows(copied, "select check_name, actual, state from checks.differences where entity = 'Item'")
    assert kept == [("negative_stock", "-0.5", "warning")]


def test_an_oddity_names_the_columns_it_tells(night: Copied) -> None:
    """An oddity names its columns, so that a setting that withholds one also finds it in `checks.differences`."""
    with night.warehouse() as connection:
        columns = {
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where schema_name in ('staging', 'core')"
            ).fetchall()
        }
        found = oddities.check(connection, REALM).beside
    assert found and all(set(row.column.split(", ")) <= columns for row in found)
    assert not any(row.amount_diff for row in found)
