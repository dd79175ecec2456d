-- Customers by recency, frequency and revenue, and by share of revenue. One row per customer.
-- In home currency, over the 365 days up to the run's date; scores are null without an order in them.
with

companies as (
    select * from core.companies
),

settings as (
    select * from build.settings
),

customers as (
    select * from core.customers
),

orders as (
    select realm_id, customer_id, count(*) as frequency, max(txn_date) as last_order
    from core.orders
    join companies using (realm_id)
    where customer_id is not null and txn_date > as_of_date - 365
    group by all
),

revenue as (
    select realm_id, customer_id, sum(net_home) as net_revenue
    from core.sales_lines
    join companies using (realm_id)
    where customer_id is not null and txn_date > as_of_date - 365 and txn_date <= as_of_date
    group by all
),

lifetime_values as (
    select * from marts.customer_lifetime_value
),

rfm_segments as (
    select * from core.rfm_segments
),

ranked as (
    select
        realm_id,
        customer_id,
        frequency,
        last_order,
        as_of_date - last_order as recency_days,
        coalesce(net_revenue, 0) as monetary,
        count(*) over (partition by realm_id) as n,
        rank() over (partition by realm_id order by last_order) as recency_rank,
        rank() over (partition by realm_id order by frequency) as frequency_rank,
        rank() over (partition by realm_id order by monetary) as monetary_rank,
    from orders
    join companies using (realm_id)
    left join revenue using (realm_id, customer_id)
),

scored as (
    select
        *,
        (1 + 5 * (recency_rank - 1) // n)::integer as recency_score,
        (1 + 5 * (frequency_rank - 1) // n)::integer as frequency_score,
        (1 + 5 * (monetary_rank - 1) // n)::integer as monetary_score,
    from ranked
),

shares as (
    select
        realm_id,
        customer_id,
        net_revenue,
        sum(greatest(net_revenue, 0)) over (partition by realm_id) as total,
        sum(greatest(net_revenue, 0)) over (
            partition by realm_id
            order by net_revenue desc, customer_id
            rows between unbounded preceding and current row
        ) - greatest(net_revenue, 0) as before,
        case
            when net_revenue <= 0 then 'C'
            when before * 100 < total * 80 then 'A'
            when before * 100 < total * 95 then 'B'
            else 'C'
        end as abc_class,
    from revenue
),

top_decile as (
    select realm_id, customer_id
    from lifetime_values
    where predicted_clv_revenue > 0
    qualify rank() over (partition by realm_id order by predicted_clv_revenue desc)
        <= count(*) over (partition by realm_id) / 10
),

everyone as (
    select realm_id, customer_id from customers
    union
    select realm_id, customer_id from revenue
),

final as (
    select
        everyone.realm_id,  -- QuickBooks company id (realm)
        everyone.customer_id,  -- Customer on the documents
        customers.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer
        -- Name of the three scores together, as in core.rfm_segments; no recent order without any in 365 days
        coalesce(segment, 'no recent order') as segment,
        -- A while the customers before it bring less than 80% of the revenue, B below 95%, else C; C with none or
        -- negative, null without sales in 365 days
        abc_class,

        coalesce(shares.net_revenue, 0)::decimal(18, 2) as net_revenue,  -- Net revenue of 365 days, refunds deducted
        coalesce(frequency, 0)::integer as orders,  -- Orders in 365 days
        recency_days::integer as recency_days,  -- Days since the last of them; null without any
        recency_score,  -- 1 to 5; 5 ordered last; equal values have equal scores
        frequency_score,  -- 1 to 5; 5 orders most often
        monetary_score,  -- 1 to 5; 5 brings the most revenue
        coalesce(n, 0)::integer as n,  -- Customers scored with it; little sense below 50; 0 where it was not scored
        -- Share of positive revenue that larger customers bring; null without sales in 365 days
        (before / nullif(total, 0))::double as revenue_share_before,

        -- True for class A, for the top tenth by predicted lifetime value, and from the revenue on that the setting
        -- high_value_annual_revenue names
        abc_class is not distinct from 'A'
            or top_decile.customer_id is not null
            or coalesce(shares.net_revenue >= high_value_annual_revenue, false) as is_high_value,

        companies.as_of_date,  -- Day whose end this describes
        scored.last_order,  -- Last order in 365 days; null without any
    from everyone
    join companies using (realm_id)
    cross join settings
    left join customers using (realm_id, customer_id)
    left join shares using (realm_id, customer_id)
    left join scored using (realm_id, customer_id)
    left join rfm_segments using (realm_id, recency_score, frequency_score, monetary_score)
    left join top_decile using (realm_id, customer_id)
)

select * from final
