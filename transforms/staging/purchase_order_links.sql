-- One row per purchase order and transaction that it is linked to.
with

purchase_orders as (
    select * from documents.purchase_order
),

links as (
    select
        realm_id,
        id as purchase_order_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from purchase_orders
),

final as (
    select
        link_no,  -- Position of the link in the purchase order, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        purchase_order_id,  -- QuickBooks id of the purchase order.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
