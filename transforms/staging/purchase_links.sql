-- Transactions that a purchase is linked to. One row per purchase and link.
with

purchases as (
    select * from documents.purchase
),

links as (
    select
        realm_id,
        id as purchase_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from purchases
),

final as (
    select
        realm_id,
        purchase_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
