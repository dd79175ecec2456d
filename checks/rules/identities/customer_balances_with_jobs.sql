-- Warns if a customer's balance with jobs is not the sum of its own balance and those of its jobs.
with recursive

customers as (
    select * from staging.customers where realm_id = $realm_id
),

families as (
    select
        customer_id as ancestor_id,
        customer_id,
        coalesce(balance, 0) as balance,
        0 as depth,
    from customers

    union all

    select
        families.ancestor_id,
        customers.customer_id,
        coalesce(customers.balance, 0),
        families.depth + 1,
    from families
    inner join customers on customers.parent_customer_id = families.customer_id
    where families.depth < 5
),

sums as (
    select
        ancestor_id as customer_id,
        sum(balance) as family_balance,
    from families
    group by ancestor_id
),

final as (
    select
        'Customer' as entity,
        customer_id as id,
        'balance_with_jobs' as column_name,
        customers.balance_with_jobs::varchar as expected,
        sums.family_balance::varchar as actual,
        sums.family_balance - customers.balance_with_jobs as amount_diff,
    from customers
    inner join sums using (customer_id)
    where customers.balance_with_jobs <> sums.family_balance
)

select * from final
