-- What each customer bought of each item in the 365 days up to the run's date, returns deducted.
-- One row per customer and item with positive net revenue. In home currency.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date > as_of_date - 365 and txn_date <= as_of_date
        and item_id is not null and customer_id is not null
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer on the documents
        item_id,  -- Item bought

        count(*) filter (where net_home > 0)::integer as sale_count,  -- Lines that sold it
        sum(net_home)::decimal(18, 2) as net_revenue,  -- Revenue, without tax, net of discounts and returns
        -- The part of it whose cost is known; null when none is
        (sum(net_home) filter (where cost_home is not null))::decimal(18, 2) as revenue_with_cost,
        sum(cost_home)::decimal(18, 2) as cost,  -- Cost of that part

        as_of_date,  -- The run's date
    from sales_lines
    group by realm_id, customer_id, item_id, as_of_date
    having sum(net_home) > 0
)

select * from final
