-- One row per level, customer or family, and month with revenue: what a customer alone, or with everyone below it,
-- brought in a calendar month, up to the run's date. In home currency; sales that name no customer are left out. Read
-- one level.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided and is_revenue and root_customer_id is not null
),

days as (
    select
        realm_id,
        level,
        level_customer_id,
        root_customer_id,
        txn_date,
        sum(net_home) as day_revenue,
    from sales_lines
    group by all
),

final as (
    select
        level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.

        date_trunc('month', txn_date)::date as month,  -- First day of the month.

        sum(day_revenue)::decimal(18, 2) as net_revenue,  -- Net revenue in the month, in home currency.
        -- Number of orders in the month: days with positive net revenue.
        (count(*) filter (where day_revenue > 0))::integer as orders,

        realm_id,  -- QuickBooks id of the company (realm).
        level_customer_id,  -- QuickBooks id of the customer billed, or of the customer at the top of the family.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family.
    from days
    group by all
)

select * from final
