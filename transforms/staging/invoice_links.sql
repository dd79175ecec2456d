-- Transactions that a invoice is linked to. One row per invoice and link.
with

invoices as (
    select * from documents.invoice
),

links as (
    select
        realm_id,
        id as invoice_id,
        generate_subscripts(document.LinkedTxn, 1) as link_no,
        unnest(document.LinkedTxn) as link,
    from invoices
),

final as (
    select
        realm_id,
        invoice_id,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
