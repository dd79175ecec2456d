-- One row per customer: segment by recency, frequency and revenue, and class by share of revenue. In home currency,
-- over the 365 days up to the run's date; scores are null without an order in that time.
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
        and not is_voided and is_revenue
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
        count(*) over (partition by realm_id) as scored_count,
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
        (1 + 5 * (recency_rank - 1) // scored_count)::integer as recency_score,
        (1 + 5 * (frequency_rank - 1) // scored_count)::integer as frequency_score,
        (1 + 5 * (monetary_rank - 1) // scored_count)::integer as monetary_score,
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        -- Name of the three scores together, from core.rfm_segments, such as champion or at risk; no recent order
        -- without any in 365 days.
        coalesce(segment, 'no recent order') as segment,
        -- Class by revenue: A while the customers before bring less than 80 percent of all revenue, B below 95 percent,
        -- else C; C with none or negative, null without sales in 365 days.
        abc_class,

        scored.last_order,  -- Day of the last order in 365 days; null without any.
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Net revenue of 365 days, refunds deducted, in home currency.
        coalesce(shares.net_revenue, 0)::decimal(18, 2) as net_revenue,
        coalesce(frequency, 0)::integer as orders,  -- Number of orders in 365 days.
        recency_days::integer as recency_days,  -- Days since the last order of 365 days; null without any.
        -- Score of recency, 1 to 5; 5 ordered last. Equal values have equal scores; null without an order in 365 days.
        recency_score,
        -- Score of frequency, 1 to 5; 5 orders most often. Equal values have equal scores; null without an order in 365
        -- days.
        frequency_score,
        -- Score of revenue, 1 to 5; 5 brings the most. Equal values have equal scores; null without an order in 365
        -- days.
        monetary_score,
        -- Number of customers scored together, of which scores make little sense below 50; 0 where the customer was not
        -- scored.
        coalesce(scored_count, 0)::integer as scored_count,
        -- Share of all positive revenue that larger customers bring, 0 to 1; null without sales in 365 days.
        (before / nullif(total, 0))::double as larger_customers_share,
        -- True for class A, for the top tenth by predicted customer lifetime value, and from the revenue on that the
        -- setting high_value_annual_revenue names.
        abc_class is not distinct from 'A'
            or top_decile.customer_id is not null
            or coalesce(shares.net_revenue >= high_value_annual_revenue, false) as is_high_value,

        everyone.realm_id,  -- QuickBooks id of the company (realm).
        everyone.customer_id,  -- QuickBooks id of the customer on the documents.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_id,
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
