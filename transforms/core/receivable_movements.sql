-- One row per movement of a receivable: its own posting, then every application, towards zero. The sum of the movements
-- up to a day is what was open at that day's end.
with

receivables as (
    select * from core.receivables
),

applications as (
    select * from core.receivable_applications
),

movements as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        customer_id,
        'posted' as movement,
        ar_amount as amount,
        txn_date as movement_date,
        null::date as payment_date,
    from receivables

    union all

    select
        realm_id,
        target_type,
        target_id,
        target_line_no,
        target_customer_id,
        'settled',
        -target_sign * applied_amount,
        effective_date,
        source_date,
    from applications

    union all

    select
        realm_id,
        source_type,
        source_id,
        0,
        source_customer_id,
        'applied',
        target_sign * applied_amount,
        effective_date,
        null::date,
    from applications
),

final as (
    select
        doc_type,  -- Type of the document moved, such as Invoice, CreditMemo, Payment or JournalEntry.
        line_no,  -- Position of the line moved in its document; 0 for what posts as a whole.
        -- What moved the document: posted by itself, settled by something that paid or credited it, or applied to
        -- settle another document.
        movement,

        movement_date,  -- Day from which the movement counts.
        payment_date,  -- Date of the payment or credit memo that settled the document; null for other movements.

        amount::decimal(18, 2) as amount,  -- Change of the open amount, in the document's currency.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer the amount stands with.
    from movements
)

select * from final
