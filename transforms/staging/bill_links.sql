-- Transactions that a bill is linked to. One row per bill and link.
with

bills as (
    select * from documents.bill
),

links as (
    select
        realm_id,
        id as bill_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from bills
),

final as (
    select
        realm_id,
        bill_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
