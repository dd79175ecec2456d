-- One row per line of a purchase order and transaction that the line is linked to.
with

purchase_orders as (
    select * from documents.purchase_order
),

lines as (
    select
        realm_id,
        id as purchase_order_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from purchase_orders
),

links as (
    select
        realm_id,
        purchase_order_id,
        line_no,
        generate_subscripts(line.LinkedTxn, 1) as link_no,
        unnest(line.LinkedTxn) as link,
    from lines
),

final as (
    select
        line_no,  -- Position of the line in the purchase order, from 1.
        link_no,  -- Position of the link in the line, from 1.
        link.TxnType as linked_txn_type,  -- Type of the transaction the line is linked to, such as Invoice or CreditMemo.

        realm_id,  -- QuickBooks company id (realm).

        purchase_order_id,  -- QuickBooks id of the purchase order.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the transaction the line is linked to.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
