-- Transactions that a purchase order is linked to. One row per purchase order and link.
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
        realm_id,
        purchase_order_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
