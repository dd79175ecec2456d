-- Transactions that a line of a bill payment names. One row per bill payment, line and link.
with

bill_payments as (
    select * from documents.bill_payment
),

lines as (
    select
        realm_id,
        id as bill_payment_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from bill_payments
),

links as (
    select
        realm_id,
        bill_payment_id,
        line_no,
        generate_subscripts(line.LinkedTxn, 1) as link_no,
        unnest(line.LinkedTxn) as link,
    from lines
),

final as (
    select
        realm_id,
        bill_payment_id,
        line_no,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
