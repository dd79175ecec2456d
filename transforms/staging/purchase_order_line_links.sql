-- Transactions that a line of a purchase order names. One row per purchase order, line and link.
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
        realm_id,
        purchase_order_id,
        line_no,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
