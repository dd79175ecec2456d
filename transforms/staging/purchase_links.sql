-- One row per purchase and transaction that it is linked to.
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
        link_no,  -- Position of the link in the purchase, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        purchase_id,  -- QuickBooks id of the purchase.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
