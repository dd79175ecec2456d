-- Transactions that a vendor credit is linked to. One row per vendor credit and link.
with

vendor_credits as (
    select * from documents.vendor_credit
),

links as (
    select
        realm_id,
        id as vendor_credit_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from vendor_credits
),

final as (
    select
        realm_id,
        vendor_credit_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
