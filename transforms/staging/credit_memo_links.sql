-- One row per credit memo and transaction that it is linked to.
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
        link_no,  -- Position of the link in the credit memo, from 1.
        link.TxnType as linked_txn_type,  -- Type of the linked transaction, such as Payment, Estimate or Deposit.

        realm_id,  -- QuickBooks company id (realm).

        credit_memo_id,  -- QuickBooks id of the credit memo.
        link.TxnId as linked_txn_id,  -- QuickBooks id of the linked transaction.
        link.TxnLineId as linked_txn_line_id,  -- Line of the linked transaction; null or 0 when it is linked as a whole.
    from links
)

select * from final
