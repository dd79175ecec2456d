-- Fails if what QuickBooks says is open of an invoice, credit memo or payment is not what its applications leave.
with

receivables as (
    select * from core.receivables where realm_id = $realm_id and qbo_open_amount is not null
),

movements as (
    select
        doc_type,
        doc_id,
        sum(amount) as open_amount,
    from core.receivable_movements
    where realm_id = $realm_id
    group by all
),

final as (
    select
        receivables.doc_type as entity,
        receivables.doc_id as id,
        'qbo_open_amount' as column_name,
        receivables.qbo_open_amount::varchar as expected,
        movements.open_amount::varchar as actual,
        movements.open_amount - receivables.qbo_open_amount as amount_diff,
    from receivables
    left join movements using (doc_type, doc_id)
    where movements.open_amount is distinct from receivables.qbo_open_amount
)

select * from final
