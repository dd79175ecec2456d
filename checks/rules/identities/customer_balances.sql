-- Warns if what one customer owes, by its own documents, is not its balance in QuickBooks.
with

customers as (
    select * from core.customers where realm_id = $realm_id
),

movements as (
    select
        customer_id,
        sum(amount) as open_amount,
    from core.receivable_movements
    where realm_id = $realm_id
    group by customer_id
),

final as (
    select
        'Customer' as entity,
        customers.customer_id as id,
        'balance' as column_name,
        customers.balance::varchar as expected,
        coalesce(movements.open_amount, 0)::varchar as actual,
        coalesce(movements.open_amount, 0) - customers.balance as amount_diff,
    from customers
    left join movements using (customer_id)
    where customers.balance <> coalesce(movements.open_amount, 0)
)

select * from final
