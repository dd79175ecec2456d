-- One row per level, customer or family, and span: when and how often the customer ordered, the input of the purchase models. Span all
-- reaches to the run's date; span calibration is the first half of the company's history, with what followed. In weeks
-- since the first order and in home currency. Read one level.
with

companies as (
    select * from core.companies
),

orders as (
    select * from core.orders where level_customer_id is not null
),

histories as (
    select
        realm_id,
        level,
        as_of_date,
        min(txn_date) as first_date,
        first_date + (as_of_date - first_date)::integer // 2 as split_date,
    from orders
    join companies using (realm_id)
    group by realm_id, level, as_of_date
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
        level,
        level_customer_id,
        customer_id,
        root_customer_id,
        span,
        as_of_date,
        first_date,
        end_date,
        count(*) filter (where txn_date <= end_date) as orders,
        min(txn_date) as first_order,
        max(txn_date) filter (where txn_date <= end_date) as last_order,
        sum(net_revenue) filter (where txn_date <= end_date) as revenue,
        min_by(net_revenue, txn_date) as first_revenue,
        count(*) filter (where txn_date > end_date) as later_orders,
        sum(net_revenue) filter (where txn_date > end_date) as later_revenue,
    from orders
    join spans using (realm_id, level)
    group by realm_id, level, level_customer_id, customer_id, root_customer_id, span, as_of_date, first_date, end_date
    having first_order <= end_date
),

final as (
    select
        level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        span,  -- Span of the history: all, or calibration for its first half.

        first_order,  -- Day of the first order.
        last_order,  -- Day of the last order within the span.
        end_date,  -- Last day of the span.
        as_of_date,  -- Day at whose end the figures stand.

        (orders - 1)::integer as repeat_orders,  -- Number of orders within the span after the first.
        -- Weeks from the first order to the last one within the span; 0 without repeat orders.
        ((last_order - first_order) / 7)::double as recency_weeks,
        ((end_date - first_order) / 7)::double as age_weeks,  -- Weeks from the first order to the end of the span.
        -- Mean revenue of a repeat order within the span, in home currency; null without any.
        round(((revenue - first_revenue) / nullif(orders - 1, 0))::decimal(28, 10), 2)::decimal(18, 2) as repeat_mean_amount,
        later_orders::integer as later_orders,  -- Number of orders after the span, up to the run's date.
        -- Revenue of the orders after the span, up to the run's date, in home currency.
        coalesce(later_revenue, 0)::decimal(18, 2) as later_revenue,
        ((as_of_date - end_date) / 7)::double as later_weeks,  -- Weeks from the end of the span to the run's date.
        -- Weeks from the company's first order to the run's date.
        ((as_of_date - first_date) / 7)::double as history_weeks,

        realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        level_customer_id,
        customer_id,  -- QuickBooks id of the customer on the documents; null at level family.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from by_customer
)

select * from final
