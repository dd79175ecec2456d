-- Lines of bill payments. One row per bill payment and line.
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

final as (
    select
        realm_id,
        bill_payment_id,
        line_no,
        line.Id as line_id,
        line.LinkedTxn[1].TxnId as linked_txn_id,
        line.LinkedTxn[1].TxnType as linked_txn_type,
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,

        line.Amount::decimal(18, 2) as line_amount,
    from lines
)

select * from final
