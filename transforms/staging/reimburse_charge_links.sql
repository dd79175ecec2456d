-- One row per reimburse charge and transaction that it is linked to.
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
        link_no,  -- Position of the link in the reimburse charge, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        reimburse_charge_id,  -- QuickBooks id of the reimburse charge.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
