"""Ways in which a copy can be wrong; each damages one and says which object a check must name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.checks.conftest import REALM, Copied

OVERDUE = """
    select doc_id from core.open_receivables
    where realm_id = $realm and doc_type = 'Invoice' and open_amount > 1 and days_past_due > 0
    order by txn_date, doc_id
"""
PAID = """
    select invoice_id from marts.invoice_payments
    where realm_id = $realm and cash_paid > 0 and is_closed and not is_voided order by invoice_id
"""
OWING = "select customer_id from core.customers where realm_id = $realm and balance > 0 order by balance, customer_id"
ITEM = "select item_id from core.items where realm_id = $realm and item_type = 'Service' order by item_id"
PAYING = (
    "select payment_id from core.invoice_settlements where realm_id = $realm and cash_amount > 1 order by all"
)

SALES = """
    select lines.doc_id from core.sales_lines as lines
    join core.receivables as receivables using (realm_id, doc_type, doc_id)
    where realm_id = $realm and doc_type = 'Invoice' order by lines.doc_id
"""

Named = tuple[str, str]


def drop_an_open_row(copied: Copied) -> Named:
    (id, *_) = copied.ids(OVERDUE)
    copied.forget("Invoice", id)
    return "Invoice", id


def drop_a_settled_row(copied: Copied) -> Named:
    (id, *_) = copied.ids(PAID)
    copied.forget("Invoice", id)
    return "Invoice", id


def add_a_phantom(copied: Copied) -> Named:
    (*_, id) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(Id="99999"), as_id="99999")
    return "Invoice", "99999"


def change_a_cent(copied: Copied) -> Named:
    (_, id, *_) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(TotalAmt=found["TotalAmt"] + Decimal("0.01")))
    return "Invoice", id


def age_a_bucket_wrongly(copied: Copied) -> Named:
    (_, _, id, *_) = copied.ids(OVERDUE)
    copied.store("Invoice", id, lambda found: found.update(DueDate="2026-11-20"))
    return "Invoice", id


def swap_two_balances(copied: Copied) -> Named:
    first, *_, last = copied.ids(OWING)
    balances: dict[str, Any] = {}
    copied.store("Customer", first, lambda found: balances.update(first=found["Balance"]))
    copied.store("Customer", last, lambda found: balances.update(last=found["Balance"]))
    copied.store("Customer", first, lambda found: found.update(Balance=balances["last"]))
    copied.store("Customer", last, lambda found: found.update(Balance=balances["first"]))
    return "Customer", last


def lose_what_a_payment_paid(copied: Copied) -> Named:
    *_, id = copied.ids(PAYING)
    copied.store("Payment", id, lambda found: found.update(Line=[]))
    return "Payment", id


def store_an_unreadable_amount(copied: Copied) -> Named:
    *_, id = copied.ids(PAYING)
    copied.store("Payment", id, lambda found: found.update(TotalAmt="a lot"))
    return "Payment", id


def store_many_unreadable_estimates(copied: Copied) -> Named:
    """More than 20 are no fault of theirs."""
    ids = [estimate["Id"] for estimate in copied.company.objects("Estimate")[:21]]
    for id in ids:
        copied.store("Estimate", id, lambda found: found.update(TotalAmt="a lot"))
    return "Estimate", ids[0]


def stale(copied: Copied) -> Named:
    """Money is untouched, so only the deep check can see it."""
    (*_, id) = copied.ids(PAID)
    copied.store("Invoice", id, lambda found: found.update(PrivateNote="an older note"))
    return "Invoice", id


def resurrect_a_deleted_row(copied: Copied) -> Named:
    """QuickBooks has deleted it, and we have not heard of it."""
    id = copied.company.objects("Estimate")[0]["Id"]
    copied.company.delete("Estimate", id)
    copied.counts["Estimate"] -= 1
    return "Estimate", id


def resurrect_a_deleted_invoice(copied: Copied) -> Named:
    (*_, id) = copied.ids(OVERDUE)
    copied.company.delete("Invoice", id)
    copied.company.clock.advance(seconds=3600)
    copied.counts["Invoice"] -= 1
    return "Invoice", id


def lose_a_small_entity(copied: Copied) -> Named:
    ids = copied.ids("select term_id from staging.terms where realm_id = $realm order by term_id")
    for id in ids:
        copied.forget("Term", id)
    return "Term", ids[-1]


def exchange_a_row_for_another(copied: Copied) -> Named:
    """Lost, and another one made up: the counts agree."""
    id, *_ = copied.ids(
        "select estimate_id from staging.estimates where realm_id = $realm and txn_status = 'Rejected' order by all"
    )
    copied.store("Estimate", id, lambda found: found.update(Id="99999"), as_id="99999")
    copied.forget("Estimate", id)
    return "Estimate", id


def change_a_cent_of_a_receipt(copied: Copied) -> Named:
    """A cash sale: receivables know nothing of it."""
    (id, *_) = copied.ids(
        "select sales_receipt_id from staging.sales_receipts where realm_id = $realm order by all"
    )

    def dearer(found: dict[str, Any]) -> None:
        found["TotalAmt"] += Decimal("0.01")
        found["Line"][0]["Amount"] += Decimal("0.01")
        for line in found["Line"]:
            if line["DetailType"] == "SubTotalLineDetail":
                line["Amount"] += Decimal("0.01")

    copied.store("SalesReceipt", id, dearer)
    return "SalesReceipt", id


def swap_two_bills(copied: Copied) -> Named:
    """Balances of payables: no report of the night speaks of them."""
    first, *_, last = copied.ids(
        "select bill_id from staging.bills where realm_id = $realm order by balance, bill_id"
    )
    balances = {id: bill(copied, id)["Balance"] for id in (first, last)}
    copied.store("Bill", first, lambda found: found.update(Balance=balances[last]))
    copied.store("Bill", last, lambda found: found.update(Balance=balances[first]))
    return "Bill", last


def bill(copied: Copied, id: str) -> dict[str, Any]:
    (text,) = copied.ids(f"select payload::varchar from raw.bill where realm_id = $realm and id = '{id}'")
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def stage_an_invoice_twice(copied: Copied) -> Named:
    (id, *_) = copied.ids(PAID)
    copied.execute(
        f"insert into staging.invoices from staging.invoices where realm_id = '{REALM}' and invoice_id = '{id}'"
    )
    return "Invoice", id


def stage_a_line_twice(copied: Copied) -> Named:
    (id, *_) = copied.ids(PAID)
    copied.execute(
        "insert into staging.invoice_lines from staging.invoice_lines "
        f"where realm_id = '{REALM}' and invoice_id = '{id}' and line_no = 1"
    )
    return "staging.invoice_lines", f"{id}|1|null"


def lose_a_receipt_before_staging(copied: Copied) -> Named:
    (id, *_) = copied.ids(
        "select sales_receipt_id from staging.sales_receipts where realm_id = $realm order by all"
    )
    copied.execute(
        f"delete from staging.sales_receipts where sales_receipt_id = '{id}' and realm_id = '{REALM}'"
    )
    return "SalesReceipt", id


def lose_the_head_of_lines(copied: Copied) -> Named:
    (id, *_) = copied.ids("select bill_id from staging.bills where realm_id = $realm order by all")
    copied.execute(f"delete from staging.bills where bill_id = '{id}' and realm_id = '{REALM}'")
    return "Bill", id


def lose_a_line_of_sale(copied: Copied) -> Named:
    (id, *_) = copied.ids(SALES)
    copied.execute(
        f"delete from core.sales_lines where doc_type = 'Invoice' and doc_id = '{id}' and line_no = 1 "
        f"and realm_id = '{REALM}'"
    )
    return "core.sales_documents", f"Invoice|{id}"


def misplace_an_open_document(copied: Copied) -> Named:
    (id, *_) = copied.ids(OVERDUE)
    copied.execute(
        "update core.open_receivables set bucket = 'current' "
        f"where doc_type = 'Invoice' and doc_id = '{id}' and realm_id = '{REALM}'"
    )
    return "core.open_receivables", f"Invoice|{id}|0"


def shift_a_cent_between_buckets(copied: Copied) -> Named:
    """The total is right."""
    (id, *_) = copied.ids(OWING)
    copied.execute(
        "update marts.ar_aging_by_customer set current = current - 0.01, d1_30 = d1_30 + 0.01 "
        f"where customer_id = '{id}' and realm_id = '{REALM}'"
    )
    return "Customer", id


def unbalance_a_journal_entry(copied: Copied) -> Named:
    (id, *_) = copied.ids(
        "select journal_entry_id from staging.journal_entries where realm_id = $realm order by all"
    )

    def unbalanced(found: dict[str, Any]) -> None:
        found["Line"][0]["Amount"] += 1

    copied.store("JournalEntry", id, unbalanced)
    return "JournalEntry", id


def move_a_balance_within_a_family(copied: Copied) -> Named:
    """What the family owes together is right."""
    child, parent = copied.ids(
        "select unnest([customer_id, parent_customer_id]) from (select * from core.customers "
        "where realm_id = $realm and parent_customer_id is not null order by customer_id limit 1)"
    )
    copied.store("Customer", child, lambda found: found.update(Balance=found["Balance"] + 5))
    copied.store("Customer", parent, lambda found: found.update(Balance=found["Balance"] - 5))
    return "Customer", child


def misquote_a_family(copied: Copied) -> Named:
    (id, *_) = copied.ids(OWING)
    copied.store("Customer", id, lambda found: found.update(BalanceWithJobs=found["BalanceWithJobs"] + 1))
    return "Customer", id


def send_three_decimals(copied: Copied) -> Named:
    (id, *_) = copied.ids("select payment_id from staging.payments where realm_id = $realm order by all")

    def finer(found: dict[str, Any]) -> None:
        found["TotalAmt"] += Decimal("0.001")

    copied.store("Payment", id, finer)
    return "Payment", id


def misstate_the_account(copied: Copied) -> Named:
    (id,) = copied.ids(
        "select account_id from staging.accounts where realm_id = $realm and is_active "
        "and account_type = 'Accounts Receivable' order by current_balance desc limit 1"
    )
    copied.store("Account", id, lambda found: found.update(CurrentBalance=found["CurrentBalance"] + 1))
    return "Account", "USD"


def type_a_card_number(copied: Copied) -> Named:
    (id, *_) = copied.ids(PAID)
    copied.store("Invoice", id, lambda found: found.update(PrivateNote="card 4111 1111 1111 1111"))
    return "staging.invoices", id


def move_a_sale_to_another_account(copied: Copied) -> Named:
    """Revenue is right in total, and stands with the wrong account."""
    first, other = copied.ids(
        "select account_id from core.sales_lines where realm_id = $realm and account_type = 'Income' "
        "group by all order by count(*) desc limit 2"
    )
    copied.execute(
        f"update core.sales_lines set account_id = '{other}' where realm_id = '{REALM}' and account_id = '{first}' "
        f"and doc_id = (select min(doc_id) from core.sales_lines where realm_id = '{REALM}' and account_id = '{first}')"
    )
    return "Account", first


def move_a_sale_to_another_month(copied: Copied) -> Named:
    """Revenue is right in total."""
    id, account = copied.ids(
        "select unnest([doc_id, account_id]) from (select * from core.sales_lines where realm_id = $realm "
        "and doc_type = 'Invoice' and is_revenue and net_home > 0 order by txn_date desc, doc_id, line_no limit 1)"
    )
    copied.execute(
        "update core.sales_lines set txn_date = txn_date - interval 40 days "
        f"where realm_id = '{REALM}' and doc_type = 'Invoice' and doc_id = '{id}'"
    )
    return "Account", account


def sell_to_another_customer(copied: Copied) -> Named:
    """Revenue is right in total and by account."""
    first, other = copied.ids(
        "select customer_id from core.sales_lines where realm_id = $realm and is_revenue "
        "group by all order by sum(net_home) desc limit 2"
    )
    copied.execute(
        f"update core.sales_lines set customer_id = '{other}' where realm_id = '{REALM}' and customer_id = '{first}'"
    )
    return "Customer", first


def sell_another_item(copied: Copied) -> Named:
    """Of the same account."""
    first, other = copied.ids(
        "select item_id from core.sales_lines where realm_id = $realm and is_revenue and item_id is not null "
        "group by all order by sum(net_home) desc limit 2"
    )
    copied.execute(
        f"update core.sales_lines set item_id = '{other}' where realm_id = '{REALM}' and item_id = '{first}'"
    )
    return "Item", first


def keep_a_balance_of_yesterday(copied: Copied) -> Named:
    """Its stamp did not move with it."""
    (id, *_) = copied.ids(
        "select account_id from staging.accounts where realm_id = $realm and is_active "
        "and account_type = 'Bank' and currency = 'USD' order by current_balance desc"
    )
    copied.store("Account", id, lambda found: found.update(CurrentBalance=found["CurrentBalance"] + 600))
    return "Account", id


def lose_a_customer(copied: Copied) -> Named:
    """One without any business, as a merged one would be."""
    (id, *_) = copied.ids(
        "select customer_id from core.customers where realm_id = $realm and customer_id not in ("
        "select customer_id from core.receivables where realm_id = $realm) and customer_id not in ("
        "select parent_customer_id from core.customers where realm_id = $realm and parent_customer_id is not null) "
        "order by all"
    )
    copied.forget("Customer", id)
    return "Customer", id


def lose_all_time(copied: Copied) -> Named:
    """An entity that no amount depends on, and one in twenty of all objects."""
    ids = copied.ids(
        "select time_activity_id from staging.time_activities where realm_id = $realm order by all"
    )
    for id in ids:
        copied.forget("TimeActivity", id)
    return "TimeActivity", ids[0]


def drop_a_mart(copied: Copied) -> Named:
    copied.execute("drop table marts.customer_value")
    return "marts.customer_value", ""


@dataclass(frozen=True)
class Mutation:
    """One way to be wrong: `found_by` is the cheapest pass that sees it; `stops` publishing, or is a warning.

    `trips`: the checks that see it, by suite and column. `built`: it damages tables that a build would make anew.
    """

    do: Callable[[Copied], Named]
    found_by: str
    trips: set[str]
    stops: bool = True
    built: bool = False


MUTATIONS = (
    Mutation(
        drop_an_open_row,
        "night",
        {"sync_accuracy.missing", "aged_receivables.total_diff", "trial_balance.receivables_diff"},
    ),
    Mutation(drop_a_settled_row, "night", {"sync_accuracy.missing", "identities.link_targets"}),
    Mutation(add_a_phantom, "night", {"sync_accuracy.phantom", "accounts_receivable.customer_diff"}),
    Mutation(exchange_a_row_for_another, "deep", {"sync_accuracy.missing", "sync_accuracy.phantom"}),
    Mutation(stage_an_invoice_twice, "night", {"staged.surplus"}, built=True),
    Mutation(stage_a_line_twice, "night", {"staging.invoice_lines.line_no"}, built=True),
    Mutation(lose_a_receipt_before_staging, "night", {"staged.lost"}, built=True),
    Mutation(lose_the_head_of_lines, "night", {"identities.line_parents", "staged.lost"}, built=True),
    Mutation(stale, "deep", {"sync_accuracy.accuracy"}, stops=False),
    Mutation(change_a_cent, "night", {"identities.open_amounts", "aged_receivables.differing_customers"}),
    Mutation(
        change_a_cent_of_a_receipt, "deep", {"sync_accuracy.money_diff", "profit_and_loss.unexplained_diff"}
    ),
    Mutation(swap_two_balances, "night", {"identities.family_balances"}),
    Mutation(swap_two_bills, "deep", {"sync_accuracy.money_diff"}),
    Mutation(resurrect_a_deleted_row, "night", {"sync_accuracy.phantom"}),
    Mutation(
        resurrect_a_deleted_invoice,
        "night",
        {"sync_accuracy.phantom", "aged_receivables.differing_customers"},
    ),
    Mutation(
        age_a_bucket_wrongly,
        "night",
        {"aged_receivables.differing_customers", "aged_receivable_detail.differing_documents"},
    ),
    Mutation(misplace_an_open_document, "night", {"core.open_receivables.wrong_bucket"}, built=True),
    Mutation(shift_a_cent_between_buckets, "night", {"aged_receivables.differing_customers"}, built=True),
    Mutation(lose_a_small_entity, "night", {"sync_accuracy.missing"}),
    Mutation(lose_a_customer, "night", {"sync_accuracy.customer_completeness"}),
    Mutation(lose_all_time, "night", {"sync_accuracy.pooled_accuracy"}),
    Mutation(lose_what_a_payment_paid, "night", {"identities.open_amounts"}),
    Mutation(store_an_unreadable_amount, "night", {"identities.rejected_documents"}, stops=False),
    Mutation(store_many_unreadable_estimates, "night", {"identities.many_rejected_documents"}),
    Mutation(send_three_decimals, "night", {"identities.excess_decimals"}, stops=False),
    Mutation(unbalance_a_journal_entry, "night", {"identities.journal_entries_balance"}),
    Mutation(move_a_balance_within_a_family, "night", {"identities.customer_balances"}, stops=False),
    Mutation(misquote_a_family, "night", {"identities.customer_balances_with_jobs"}, stops=False),
    Mutation(misstate_the_account, "night", {"accounts_receivable.account_diff"}),
    Mutation(lose_a_line_of_sale, "night", {"core.sales_documents.line_residual"}, built=True),
    Mutation(move_a_sale_to_another_account, "deep", {"profit_and_loss.unexplained_diff"}, built=True),
    Mutation(move_a_sale_to_another_month, "deep", {"profit_and_loss.unexplained_diff"}, built=True),
    Mutation(
        sell_to_another_customer, "deep", {"customer_sales.differing_customers"}, stops=False, built=True
    ),
    Mutation(sell_another_item, "deep", {"item_sales.differing_items"}, stops=False, built=True),
    Mutation(keep_a_balance_of_yesterday, "night", {"trial_balance.differing_accounts"}, stops=False),
    Mutation(drop_a_mart, "night", {"questions.absent_tables"}, built=True),
    Mutation(type_a_card_number, "night", {"card_numbers.card_numbers"}, stops=False),
)
