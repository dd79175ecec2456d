-- One row per bill and transaction that it is linked to.
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
        link_no,  -- Position of the link in the bill, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        bill_id,  -- QuickBooks id of the bill.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
