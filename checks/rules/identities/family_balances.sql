-- Fails if what a customer and its jobs owe, by their documents, is not the sum of their balances in QuickBooks.
with

customers as (
    select
        root_customer_id,
        sum(coalesce(balance, 0)) as balance,
    from core.customers
    where realm_id = $realm_id
    group by root_customer_id
),

movements as (
    select
        coalesce(customers.root_customer_id, movements.customer_id) as root_customer_id,
        sum(movements.amount) as open_amount,
    from core.receivable_movements as movements
    left join core.customers as customers using (realm_id, customer_id)
    where realm_id = $realm_id
    group by all
),

final as (
    select
        'Customer' as entity,
        root_customer_id as id,
        'balance_with_jobs' as column_name,
        coalesce(customers.balance, 0)::varchar as expected,
        coalesce(movements.open_amount, 0)::varchar as actual,
        coalesce(movements.open_amount, 0) - coalesce(customers.balance, 0) as amount_diff,
    from customers
    full join movements using (root_customer_id)
    where coalesce(customers.balance, 0) <> coalesce(movements.open_amount, 0)
)

select * from final
