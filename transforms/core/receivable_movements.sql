-- What moved each receivable and when: its own posting, then every application, towards zero.
-- One row per movement; their sum up to a day is what was open at that day's end.
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
        source_customer_id,
        'applied',
        target_sign * applied_amount,
        effective_date,
        null::date,
    from applications
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        doc_type,  -- Type of the document moved, as in core.receivables
        doc_id,  -- QuickBooks id of the document
        customer_id,  -- Customer the amount stands with

        -- posted: the document itself; settled: something paid or credited it; applied: it was used up on another
        movement,
        amount::decimal(18, 2) as amount,  -- Change of the open amount, in the document's currency

        movement_date,  -- Day from which it counts
        payment_date,  -- Own date of the payment or credit memo that settled it; null for other movements
    from movements
)

select * from final
