-- How many customers of each month's new ones come back, and with how much. One row per cohort and month since.
-- In home currency; a cohort are the customers whose first order falls into the month.
with

companies as (
    select * from core.companies
),

orders as (
    select * from core.orders where customer_id is not null
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date
),

members as (
    select realm_id, customer_id, date_trunc('month', min(txn_date))::date as cohort_month
    from orders
    group by all
),

cohorts as (
    select realm_id, cohort_month, count(*) as cohort_size
    from members
    group by all
),

months as (
    select
        realm_id,
        cohort_month,
        cohort_size,
        as_of_date,
        unnest(range(datediff('month', cohort_month, as_of_date) + 1)) as k,
        (cohort_month + to_months(k::integer))::date as month,
    from cohorts
    join companies using (realm_id)
),

activity as (
    select
        realm_id,
        cohort_month,
        date_trunc('month', txn_date)::date as month,
        count(distinct customer_id) as active_customers,
    from orders
    join members using (realm_id, customer_id)
    group by all
),

revenue_by_customer as (
    select realm_id, customer_id, date_trunc('month', txn_date)::date as month, sum(net_home) as net_revenue
    from sales_lines
    group by all
),

month_revenue as (
    select realm_id, cohort_month, month, sum(net_revenue) as net_revenue
    from revenue_by_customer
    join members using (realm_id, customer_id)
    group by all
),

cells as (
    select
        *,
        last_day(month) <= as_of_date as is_complete,
        coalesce(active_customers, 0) as active,
        coalesce(net_revenue, 0) as revenue,
        first_value(revenue) over (partition by realm_id, cohort_month order by k) as first_revenue,
    from months
    left join activity using (realm_id, cohort_month, month)
    left join month_revenue using (realm_id, cohort_month, month)
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)

        cohort_month,  -- First day of the month of the cohort's first orders
        k::integer as k,  -- Months since; 0 is the cohort's own
        month,  -- First day of the month observed

        cohort_size::integer as cohort_size,  -- Customers in the cohort: n of retention
        -- Those who ordered in the month; null while it is not complete
        if(is_complete, active, null)::integer as active_customers,
        -- Share of the cohort that ordered; null while the month is not complete
        if(is_complete, active / cohort_size, null)::double as retention,
        -- Net revenue of the cohort in the month, refunds deducted; null while it is not complete
        if(is_complete, revenue, null)::decimal(18, 2) as net_revenue,
        -- Net revenue over that of month 0; null likewise, and where month 0 brought none
        if(is_complete and first_revenue > 0, revenue / first_revenue, null)::double as revenue_retention,

        is_complete,  -- Whether the month had ended on the run's date
        as_of_date,  -- Day whose end this describes
    from cells
)

select * from final
