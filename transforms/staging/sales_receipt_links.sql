-- Transactions that a sales receipt is linked to. One row per sales receipt and link.
with

sales_receipts as (
    select * from documents.sales_receipt
),

links as (
    select
        realm_id,
        id as sales_receipt_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from sales_receipts
),

final as (
    select
        realm_id,
        sales_receipt_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
