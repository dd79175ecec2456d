-- One row per sales receipt and transaction that it is linked to.
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
        link_no,  -- Position of the link in the sales receipt, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        sales_receipt_id,  -- QuickBooks id of the sales receipt.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
