-- Transactions that a line of a purchase names. One row per purchase, line and link.
with

purchases as (
    select * from documents.purchase
),

lines as (
    select
        realm_id,
        id as purchase_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from purchases
),

links as (
    select
        realm_id,
        purchase_id,
        line_no,
        generate_subscripts(line.LinkedTxn, 1) as link_no,
        unnest(line.LinkedTxn) as link,
    from lines
),

final as (
    select
        realm_id,
        purchase_id,
        line_no,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
