-- Transactions that a line of a vendor credit names. One row per vendor credit, line and link.
with

vendor_credits as (
    select * from documents.vendor_credit
),

lines as (
    select
        realm_id,
        id as vendor_credit_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from vendor_credits
),

links as (
    select
        realm_id,
        vendor_credit_id,
        line_no,
        generate_subscripts(line.LinkedTxn, 1) as link_no,
        unnest(line.LinkedTxn) as link,
    from lines
),

final as (
    select
        realm_id,
        vendor_credit_id,
        line_no,
        link_no,
        link.TxnId as linked_txn_id,
        link.TxnType as linked_txn_type,
        link.TxnLineId as linked_txn_line_id,
    from links
)

select * from final
