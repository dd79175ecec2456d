-- Warns if a credit has been open for more than 90 days.
with

documents as (
    select * from core.open_receivables where realm_id = $realm_id
),

final as (
    select
        doc_type as entity,
        doc_id as id,
        'open_amount, txn_date' as column_name,
        'applied or refunded within 90 days' as expected,
        open_amount || ' ' || currency || ' since ' || txn_date as actual,
        null::decimal(18, 2) as amount_diff,
    from documents
    where open_amount < 0 and as_of_date - txn_date > 90
    order by txn_date, doc_type, doc_id
)

select * from final
