-- Transactions that a refund receipt is linked to. One row per refund receipt and link.
with

refund_receipts as (
    select * from documents.refund_receipt
),

links as (
    select
        realm_id,
        id as refund_receipt_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from refund_receipts
),

final as (
    select
        realm_id,
        refund_receipt_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
