-- Warns if a line of a document books to accounts receivable and names no customer.
with

final as (
    select
        doc_type as entity,
        doc_id as id,
        'customer_id' as column_name,
        'a customer' as expected,
        'nobody on line ' || line_no as actual,
        null::decimal(18, 2) as amount_diff,
    from core.receivable_lines
    where realm_id = $realm_id and customer_id is null and ar_amount <> 0
    order by doc_type, doc_id, line_no
)

select * from final
