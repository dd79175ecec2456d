-- One row per level, cohort and month since: how many of the customers, or of the families, whose first order fell into
-- one month come back, and with how much. A family is the customer at the top with everyone below it: add up one level.
-- In home currency.
with

companies as (
    select * from core.companies
),

orders as (
    select * from core.orders where level_customer_id is not null
),

sales_lines as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided and is_revenue
),

members as (
    select realm_id, level, level_customer_id, date_trunc('month', min(txn_date))::date as cohort_month
    from orders
    group by all
),

cohorts as (
    select realm_id, level, cohort_month, count(*) as cohort_size
    from members
    group by all
),

months as (
    select
        realm_id,
        level,
        cohort_month,
        cohort_size,
        company_name,
        as_of_date,
        unnest(range(datediff('month', cohort_month, as_of_date) + 1)) as months_since,
        (cohort_month + to_months(months_since::integer))::date as month,
    from cohorts
    join companies using (realm_id)
),

activity as (
    select
        realm_id,
        level,
        cohort_month,
        date_trunc('month', txn_date)::date as month,
        count(distinct level_customer_id) as active_customers,
    from orders
    join members using (realm_id, level, level_customer_id)
    group by all
),

-- Whoever orders in a later month is still there in all months before.
last_orders as (
    select realm_id, level, level_customer_id, date_trunc('month', max(txn_date))::date as last_month
    from orders
    group by all
),

leaving as (
    select realm_id, level, cohort_month, last_month as month, count(*) as leaving_customers
    from members
    join last_orders using (realm_id, level, level_customer_id)
    group by all
),

beginnings as (
    select realm_id, level, min(cohort_month) as first_month
    from cohorts
    group by all
),

revenue_by_customer as (
    select
        realm_id,
        level,
        level_customer_id,
        date_trunc('month', txn_date)::date as month,
        sum(net_home) as net_revenue,
    from sales_lines
    group by all
),

month_revenue as (
    select realm_id, level, cohort_month, month, sum(net_revenue) as net_revenue
    from revenue_by_customer
    join members using (realm_id, level, level_customer_id)
    group by all
),

cells as (
    select
        *,
        last_day(month) <= as_of_date as is_complete,
        coalesce(active_customers, 0) as active,
        sum(coalesce(leaving_customers, 0)) over (
            partition by realm_id, level, cohort_month
            order by months_since
            rows between current row and unbounded following
        ) as still_active,
        coalesce(net_revenue, 0) as revenue,
        first_value(revenue) over (partition by realm_id, level, cohort_month order by months_since) as first_revenue,
    from months
    left join activity using (realm_id, level, cohort_month, month)
    left join leaving using (realm_id, level, cohort_month, month)
    join beginnings using (realm_id, level)
    left join month_revenue using (realm_id, level, cohort_month, month)
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        level,  -- Level counted: family, or customer for single customers, jobs and sub-customers.

        cohort_month,  -- First day of the month of the cohort's first orders.
        month,  -- First day of the month observed.
        as_of_date,  -- Day at whose end the figures stand.

        months_since::integer as months_since,  -- Number of months since the cohort's own month, which has 0.
        cohort_size::integer as cohort_size,  -- Number of customers, or of families, in the cohort.
        -- Number of members of the cohort who ordered in the month; null while the month is not complete.
        if(is_complete, active, null)::integer as active_customers,
        -- Share of the cohort who ordered in the month, 0 to 1; null while the month is not complete.
        if(is_complete, active / cohort_size, null)::double as retention_rate,
        -- Share of the cohort who ordered in the month or later, 0 to 1: who orders each quarter counts in every month;
        -- the last months know little of what comes later; null while the month is not complete.
        if(is_complete, still_active / cohort_size, null)::double as retention_unbounded,
        -- Net revenue of the cohort in the month, refunds deducted, in home currency; null while the month is not
        -- complete.
        if(is_complete, revenue, null)::decimal(18, 2) as net_revenue,
        -- Net revenue of the cohort in the month divided by that of its own month; null while the month is not
        -- complete, and where its own month brought none.
        if(is_complete and first_revenue > 0, revenue / first_revenue, null)::double as revenue_retention_ratio,
        -- True for the cohorts of the first three months on record, where those count as new who had ordered before the
        -- books begin.
        cohort_month < first_month + interval 3 month as is_left_censored,
        is_complete,  -- True when the month had ended on the run's date.

        realm_id,  -- QuickBooks id of the company (realm).
    from cells
)

select * from final
