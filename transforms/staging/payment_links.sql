-- Transactions that a payment is linked to. One row per payment and link.
with

payments as (
    select * from documents.payment
),

links as (
    select
        realm_id,
        id as payment_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from payments
),

final as (
    select
        realm_id,
        payment_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
