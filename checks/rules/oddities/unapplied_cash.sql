-- Warns if a payment is not wholly applied to invoices.
with

documents as (
    select * from core.open_receivables where realm_id = $realm_id
),

final as (
    select
        doc_type as entity,
        doc_id as id,
        'open_amount, txn_date' as column_name,
        'applied to invoices' as expected,
        -open_amount || ' ' || currency || ' unapplied since ' || txn_date as actual,
        null::decimal(18, 2) as amount_diff,
    from documents
    where doc_type = 'Payment' and open_amount < 0
    order by open_amount, doc_id
)

select * from final
