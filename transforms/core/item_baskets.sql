-- One row per customer and item with positive net revenue in the 365 days up to the run's date: what the customer
-- bought of the item, returns deducted. In home currency.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date > as_of_date - 365 and txn_date <= as_of_date
        and item_id is not null and customer_id is not null and is_revenue
),

final as (
    select
        as_of_date,  -- Day at whose end the figures stand.

        count(*) filter (where net_home > 0)::integer as sale_count,  -- Number of lines that sold the item.
        -- Revenue without tax, net of discounts and returns, in home currency.
        sum(net_home)::decimal(18, 2) as net_revenue,
        -- Part of the net revenue whose cost is known, in home currency; null when no cost is.
        (sum(net_home) filter (where cost_home is not null))::decimal(18, 2) as revenue_with_cost,
        -- Cost of the sales whose cost is known, in home currency; null when no cost is.
        sum(cost_home)::decimal(18, 2) as cost,

        realm_id,  -- QuickBooks id of the company (realm).
        customer_id,  -- QuickBooks id of the customer on the documents.
        item_id,  -- QuickBooks id of the item bought.
    from sales_lines
    group by realm_id, customer_id, item_id, as_of_date
    having sum(net_home) > 0
)

select * from final
