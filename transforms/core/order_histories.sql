-- When and how often each customer ordered, the input of the purchase models. One row per customer and span.
-- Span all reaches to the run's date; calibration is the first half of the company's history, with what followed.
-- In weeks since the customer's first order and in home currency.
with

companies as (
    select * from core.companies
),

orders as (
    select * from core.orders where customer_id is not null
),

histories as (
    select
        realm_id,
        as_of_date,
        min(order_date) as first_date,
        first_date + (as_of_date - first_date)::integer // 2 as split_date,
    from orders
    join companies using (realm_id)
    group by realm_id, as_of_date
),

spans as (
    select *, 'all' as span, as_of_date as end_date
    from histories

    union all by name

    select *, 'calibration' as span, split_date as end_date
    from histories
),

by_customer as (
    select
        realm_id,
        customer_id,
        span,
        as_of_date,
        first_date,
        end_date,
        count(*) filter (where order_date <= end_date) as orders,
        min(order_date) as first_order,
        max(order_date) filter (where order_date <= end_date) as last_order,
        sum(net_revenue) filter (where order_date <= end_date) as revenue,
        min_by(net_revenue, order_date) as first_revenue,
        count(*) filter (where order_date > end_date) as later_orders,
        sum(net_revenue) filter (where order_date > end_date) as later_revenue,
    from orders
    join spans using (realm_id)
    group by realm_id, customer_id, span, as_of_date, first_date, end_date
    having first_order <= end_date
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer on the documents

        span,  -- all, or calibration: up to the middle of the company's history

        (orders - 1)::integer as repeat_orders,  -- Orders after the first (x)
        -- Weeks from the first order to the last (t_x); 0 without repeat orders
        ((last_order - first_order) / 7)::double as recency_weeks,
        ((end_date - first_order) / 7)::double as age_weeks,  -- Weeks from the first order to the end of the span (T)
        -- Mean revenue of a repeat order (m); null without any
        ((revenue - first_revenue) / nullif(orders - 1, 0))::decimal(18, 2) as repeat_mean_amount,

        later_orders::integer as later_orders,  -- Orders after the span, up to the run's date
        coalesce(later_revenue, 0)::decimal(18, 2) as later_revenue,  -- Revenue of those orders
        ((as_of_date - end_date) / 7)::double as later_weeks,  -- Weeks from the end of the span to the run's date
        -- Weeks from the company's first order to the run's date
        ((as_of_date - first_date) / 7)::double as history_weeks,

        as_of_date,  -- The run's date
        end_date,  -- Last day of the span
        first_order,  -- Day of the first order
        last_order,  -- Day of the last order within the span
    from by_customer
)

select * from final
