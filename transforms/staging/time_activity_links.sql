-- Transactions that a time activity is linked to. One row per time activity and link.
with

time_activities as (
    select * from documents.time_activity
),

links as (
    select
        realm_id,
        id as time_activity_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from time_activities
),

final as (
    select
        realm_id,
        time_activity_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
