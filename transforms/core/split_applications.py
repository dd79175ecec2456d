"""One row per payment line and open item that it settles, in documents of which each line is an open item: a journal
entry, deposit, purchase, bill, vendor credit or receipt. What an item cannot take goes to others of its document.

`transforms/maths/settling.py` says how the items are found.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from transforms.maths.settling import Books, Claim, Item

SOURCE = """
    with receivables as (
        select * from core.receivables
    ),

    payments as (
        select * from receivables where doc_type = 'Payment'
    ),

    payment_lines as (
        select
            realm_id,
            payment_id,
            line_no,
            abs(line_amount) as applied_amount,
            case
                when linked_txn_type in ('Expense', 'Check', 'CreditCardCredit', 'CreditCardCharge') then 'Purchase'
                else linked_txn_type
            end as target_type,
            linked_txn_id as target_id,
            coalesce(linked_txn_line_id, '') as named_line_id,
            coalesce(try_cast(list_filter(
                try_cast(line_notes->'$.any' as json[]), lambda note: note->>'$.value.Name' = 'txnOpenBalance'
            )[1]->>'$.value.Value' as decimal(18, 2)), -1) as open_before,
        from staging.payment_lines
        where line_amount <> 0
    ),

    used_for_whole as (
        select
            payment_lines.realm_id,
            payment_id,
            sum(sign(documents.ar_amount) * applied_amount) as used_amount,
        from payment_lines
        join receivables as documents
            on documents.realm_id = payment_lines.realm_id
            and documents.doc_type = payment_lines.target_type
            and documents.doc_id = payment_lines.target_id
        where documents.line_no = 0
        group by all
    ),

    customers as (
        select
            receivables.realm_id,
            customer_id,
            sum(coalesce(qbo_open_amount, ar_amount)) - any_value(customers.balance) as owing_amount,
        from receivables
        join core.customers as customers using (realm_id, customer_id)
        group by all
    )

    select
        payment_lines.realm_id,
        payment_lines.payment_id,
        payment_lines.line_no as line_no,
        target_type,
        target_id,
        named_line_id,
        (applied_amount * 100)::bigint as applied_cents,
        (open_before * 100)::bigint as open_before_cents,
        payments.customer_id as source_customer_id,
        payments.root_customer_id as source_root_customer_id,
        payments.txn_date::varchar as source_date,
        payments.qbo_open_amount is not null as is_used_told,
        ((coalesce(payments.qbo_open_amount, 0) - payments.ar_amount - coalesce(used_amount, 0)) * 100)::bigint
            as used_cents,
        items.line_no as target_line_no,
        coalesce(items.line_id, '') as target_line_id,
        items.customer_id as target_customer_id,
        items.root_customer_id as target_root_customer_id,
        (items.ar_amount * 100)::bigint as item_cents,
        items.txn_date::varchar as target_date,
        owing_amount is not null as is_owing_told,
        (coalesce(owing_amount, 0) * 100)::bigint as owing_cents,
    from payment_lines
    join payments on payments.realm_id = payment_lines.realm_id and payments.doc_id = payment_lines.payment_id
    join receivables as items
        on items.realm_id = payment_lines.realm_id
        and items.doc_type = payment_lines.target_type
        and items.doc_id = payment_lines.target_id
    left join used_for_whole
        on used_for_whole.realm_id = payment_lines.realm_id and used_for_whole.payment_id = payment_lines.payment_id
    left join customers on customers.realm_id = items.realm_id and customers.customer_id = items.customer_id
    where items.line_no > 0 and items.ar_amount <> 0
    order by payment_lines.realm_id, payments.txn_date, payment_id, line_no, target_line_no
"""

COLUMNS = {
    "line_no": ("bigint", "Line of the payment."),
    "target_type": (
        "varchar",
        "Type of the document settled: JournalEntry, Deposit, Purchase, Bill, VendorCredit, SalesReceipt or "
        "RefundReceipt.",
    ),
    "target_line_no": ("bigint", "Position of the line settled in its document."),
    "source_date": ("date", "Date of the payment."),
    "target_date": ("date", "Date of the document settled."),
    "target_sign": ("integer", "Sign of the line settled: 1 for a charge, -1 for a credit."),
    "applied_amount": (
        "decimal(18, 2)",
        "Amount applied to the line settled, always positive, in the documents' currency.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "payment_id": ("varchar", "QuickBooks id of the payment."),
    "source_customer_id": ("varchar", "QuickBooks id of the customer who pays."),
    "target_id": ("varchar", "QuickBooks id of the document settled."),
    "target_customer_id": ("varchar", "QuickBooks id of the customer whose line is settled."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = [
        row
        for realm_id, of_company in frame.groupby("realm_id", sort=True)
        for row in _of(realm_id, of_company)
    ]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object)


def _of(realm_id: object, frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of one company."""
    items: dict[tuple[str, str, int], Item] = {}
    claims: dict[tuple[str, int], Claim] = {}
    used: dict[str, int] = {}
    owing: dict[str, int] = {}
    dates: dict[str | tuple[str, str], str] = {}
    row: Any  # pandas types no columns
    for row in frame.itertuples():
        document = (row.target_type, row.target_id)
        claims[row.payment_id, row.line_no] = Claim(
            row.payment_id,
            row.line_no,
            document,
            row.applied_cents,
            row.named_line_id,
            None if row.open_before_cents < 0 else row.open_before_cents,
            row.source_customer_id,
            row.source_root_customer_id,
        )
        items[*document, row.target_line_no] = Item(
            document,
            row.target_line_no,
            row.target_line_id,
            row.target_customer_id,
            row.target_root_customer_id,
            1 if row.item_cents > 0 else -1,
            abs(row.item_cents),
        )
        if row.is_used_told:
            used[row.payment_id] = row.used_cents
        if row.is_owing_told:
            owing[row.target_customer_id] = row.owing_cents
        dates[row.payment_id], dates[document] = row.source_date, row.target_date
    return [
        {
            "line_no": settled.claim.line_no,
            "target_type": settled.item.document[0],
            "target_line_no": settled.item.line_no,
            "source_date": dates[settled.claim.payment_id],
            "target_date": dates[settled.item.document],
            "target_sign": settled.item.sign,
            "applied_amount": f"{settled.amount // 100}.{settled.amount % 100:02}",
            "realm_id": realm_id,
            "payment_id": settled.claim.payment_id,
            "source_customer_id": settled.claim.customer_id,
            "target_id": settled.item.document[1],
            "target_customer_id": settled.item.customer_id,
        }
        for settled in Books(items.values(), claims.values(), used, owing).settle()
    ]
