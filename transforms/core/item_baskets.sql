-- One row per day of knowledge, customer and item to choose with positive net revenue in the 365 days up to that day:
-- what the customer bought of the item, returns deducted. In home currency. Known by the run's date, and by 90 days
-- before, from which offers are put to the test. Shipping, fees, deposits and discounts are no items to choose.
with

companies as (
    select * from core.companies
),

items as (
    select * from core.items where is_offerable
),

sales_lines as (
    select
        sales_lines.*,
        as_of_date,
        unnest([as_of_date, as_of_date - 90]) as known_by_date,
    from core.sales_lines as sales_lines
    join companies using (realm_id)
    semi join items using (realm_id, item_id)
    where txn_date > as_of_date - 455 and txn_date <= as_of_date and customer_id is not null and is_revenue
),

final as (
    select
        known_by_date,  -- Day at whose end the figures stand: the run's date, or 90 days before.
        as_of_date,  -- Day of the run.

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
    where txn_date > known_by_date - 365 and txn_date <= known_by_date
    group by realm_id, customer_id, item_id, as_of_date, known_by_date
    having sum(net_home) > 0
)

select * from final
