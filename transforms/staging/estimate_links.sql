-- Transactions that a estimate is linked to. One row per estimate and link.
with

estimates as (
    select * from documents.estimate
),

links as (
    select
        realm_id,
        id as estimate_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from estimates
),

final as (
    select
        realm_id,
        estimate_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
