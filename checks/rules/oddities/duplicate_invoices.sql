-- Warns if a customer has two invoices of one day and one total.
with

invoices as (
    select *
    from staging.invoices
    where realm_id = $realm_id and not is_voided and total_amount > 0 and customer_id is not null
),

alike as (
    select
        invoice_id,
        txn_date,
        first_value(coalesce(doc_number, invoice_id)) over so_far as first_number,
        row_number() over so_far as position,
    from invoices
    window so_far as (
        partition by customer_id, txn_date, currency, total_amount
        order by try_cast(invoice_id as bigint), invoice_id
    )
),

final as (
    select
        'Invoice' as entity,
        invoice_id as id,
        'customer_id, txn_date, total_amount' as column_name,
        'one invoice' as expected,
        'same customer, day and total as invoice ' || first_number as actual,
        null::decimal(18, 2) as amount_diff,
    from alike
    where position > 1
    order by txn_date, invoice_id
)

select * from final
