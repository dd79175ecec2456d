-- Transactions that a credit memo is linked to. One row per credit memo and link.
with

credit_memos as (
    select * from documents.credit_memo
),

links as (
    select
        realm_id,
        id as credit_memo_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from credit_memos
),

final as (
    select
        realm_id,
        credit_memo_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
