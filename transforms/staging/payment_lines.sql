-- One row per line of a payment.
with

payments as (
    select * from documents.payment
),

lines as (
    select
        realm_id,
        id as payment_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from payments
),

final as (
    select
        line_no,  -- Position of the line in the payment, from 1.
        line.LinkedTxn[1].TxnType as linked_txn_type,  -- Type of the first transaction the line is linked to, such as Invoice or Estimate.

        line.LineEx::varchar
            as line_notes,  -- Notes of QuickBooks on the line, as JSON: txnOpenBalance is what was open before the payment.
        line.Amount::decimal(18, 2)
            as line_amount,  -- Part applied to the linked transaction, in the payment's currency; positive for credits, too.

        realm_id,  -- QuickBooks company id (realm).

        payment_id,  -- QuickBooks id of the payment.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the payment may give it another.
        line.LinkedTxn[1].TxnId as linked_txn_id,  -- QuickBooks id of the first transaction the line is linked to; null without one.
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,  -- Line of the first linked transaction; null or 0 when it is linked as a whole.
    from lines
)

select * from final
