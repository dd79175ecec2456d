-- One row per level and customer or family: segment by recency, frequency and revenue, and class by share of revenue,
-- among those of one level. A family is the customer at the top with everyone below it: add up one level. In home
-- currency, over the 365 days up to the run's date; scores are null without an order in that time.
with

companies as (
    select * from core.companies
),

settings as (
    select * from build.settings
),

customer_levels as (
    select * from core.customer_levels
),

orders as (
    select realm_id, level, level_customer_id, count(*) as frequency, max(txn_date) as last_order
    from core.orders
    join companies using (realm_id)
    where level_customer_id is not null and txn_date > as_of_date - 365
    group by all
),

sales_lines as (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        net_home,
    from core.sales_lines
    join companies using (realm_id)
    where customer_id is not null and txn_date > as_of_date - 365 and txn_date <= as_of_date
        and not is_voided and is_revenue
),

collections as (
    select * from core.customer_collections
),

sums as (
    select realm_id, level, level_customer_id, sum(net_home) as net_revenue
    from sales_lines
    group by all
),

-- What never was paid is worth nothing yet.
revenue as (
    select
        realm_id,
        level,
        level_customer_id,
        net_revenue,
        written_off_365d_amount as written_off,
        is_never_paid,
        if(is_never_paid, least(net_revenue, 0), net_revenue - written_off) as value_amount,
    from sums
    join collections using (realm_id, level, level_customer_id)
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
        level,
        level_customer_id,
        frequency,
        last_order,
        as_of_date - last_order as recency_days,
        coalesce(value_amount, 0) as monetary,
        count(*) over (partition by realm_id, level) as scored_count,
        rank() over (partition by realm_id, level order by last_order) as recency_rank,
        rank() over (partition by realm_id, level order by frequency) as frequency_rank,
        rank() over (partition by realm_id, level order by monetary) as monetary_rank,
    from orders
    join companies using (realm_id)
    left join revenue using (realm_id, level, level_customer_id)
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
        level,
        level_customer_id,
        net_revenue,
        written_off,
        value_amount,
        sum(greatest(value_amount, 0)) over (partition by realm_id, level) as total,
        sum(greatest(value_amount, 0)) over (
            partition by realm_id, level
            order by value_amount desc, level_customer_id
            rows between unbounded preceding and current row
        ) - greatest(value_amount, 0) as before,
        case
            when value_amount <= 0 then 'C'
            when before * 100 < total * 80 then 'A'
            when before * 100 < total * 95 then 'B'
            else 'C'
        end as abc_class,
    from revenue
),

top_decile as (
    select realm_id, level, coalesce(customer_id, root_customer_id) as level_customer_id
    from lifetime_values
    where predicted_clv_cash > 0
    qualify rank() over (partition by realm_id, level order by predicted_clv_cash desc)
        <= count(*) over (partition by realm_id, level) / 10
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        customer_levels.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; at level family, of the
        -- customer at the top.
        customer_levels.customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_name,
        -- Name of the three scores together, from core.rfm_segments, such as champion or at risk; no recent order
        -- without any in 365 days; never paid where orders came and money never did, though a charge is more than 4 days
        -- overdue or was written off.
        case
            when segment is null then 'no recent order'
            when collections.is_never_paid then 'never paid'
            else segment
        end as segment,
        -- Class by value, which is revenue less write-offs: A while the customers before bring less than 80 percent of the total, B below 95 percent,
        -- else C; C with none or negative, null without sales in 365 days.
        abc_class,

        scored.last_order,  -- Day of the last order in 365 days; null without any.
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Net revenue of 365 days, refunds deducted, in home currency.
        coalesce(shares.net_revenue, 0)::decimal(18, 2) as net_revenue,
        -- Receivables given up in 365 days, positive, in home currency.
        coalesce(shares.written_off, 0)::decimal(18, 2) as written_off,
        -- Value in 365 days by which scores and class go: net revenue less what was written off, in home currency; 0 for
        -- one that never paid.
        coalesce(shares.value_amount, 0)::decimal(18, 2) as net_value_amount,
        coalesce(frequency, 0)::integer as orders,  -- Number of orders in 365 days.
        recency_days::integer as recency_days,  -- Days since the last order of 365 days; null without any.
        -- Score of recency, 1 to 5; 5 ordered last. Equal values have equal scores; null without an order in 365 days.
        recency_score,
        -- Score of frequency, 1 to 5; 5 orders most often. Equal values have equal scores; null without an order in 365
        -- days.
        frequency_score,
        -- Score of the value, 1 to 5; 5 brings the most. Equal values have equal scores; null without an order in 365
        -- days.
        monetary_score,
        -- Number of customers, or of families, scored together, of which scores make little sense below 50; 0 where the
        -- row was not scored.
        coalesce(scored_count, 0)::integer as scored_count,
        -- Share of all positive value that larger ones of the level bring, 0 to 1; null without sales in 365 days.
        (before / nullif(total, 0))::double as larger_customers_share,
        -- True for class A, for the top tenth by predicted customer lifetime value in cash, and from the value on that the
        -- setting high_value_annual_revenue names.
        abc_class is not distinct from 'A'
            or top_decile.level_customer_id is not null
            or coalesce(shares.value_amount >= high_value_annual_revenue, false) as is_high_value,

        customer_levels.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer on the documents; null at level family.
        customer_levels.customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_id,
    from customer_levels
    join companies using (realm_id)
    cross join settings
    left join shares using (realm_id, level, level_customer_id)
    left join scored using (realm_id, level, level_customer_id)
    left join collections using (realm_id, level, level_customer_id)
    left join rfm_segments using (realm_id, recency_score, frequency_score, monetary_score)
    left join top_decile using (realm_id, level, level_customer_id)
)

select * from final
