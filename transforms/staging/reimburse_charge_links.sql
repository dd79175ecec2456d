-- Transactions that a reimburse charge is linked to. One row per reimburse charge and link.
with

reimburse_charges as (
    select * from documents.reimburse_charge
),

links as (
    select
        realm_id,
        id as reimburse_charge_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from reimburse_charges
),

final as (
    select
        realm_id,
        reimburse_charge_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
