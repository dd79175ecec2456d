-- One row per level, customer or family, and span: when and how often the customer ordered, the input of the purchase
-- models. What was given back, credited or written off is taken off the latest orders before it, and an order of which
-- nothing is left is none. Span all reaches to the run's date; span calibration is the first half of the company's history,
-- with what followed. In weeks since the first order and in home currency. Read one level.
with

companies as (
    select * from core.companies
),

write_offs as (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        -written_off_amount as net_revenue,
        txn_date,
    from core.write_offs
),

entries as (
    select realm_id, level, level_customer_id, txn_date, sum(net_revenue) as amount
    from (
        select realm_id, level, level_customer_id, txn_date, net_revenue
        from core.revenue_days
        where level_customer_id is not null
        union all by name
        select * from write_offs
    )
    group by all
),

histories as (
    select
        realm_id,
        level,
        as_of_date,
        min(txn_date) filter (where amount > 0) as first_date,
        first_date + (as_of_date - first_date)::integer // 2 as split_date,
    from entries
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

running as (
    select
        *,
        txn_date > end_date as is_later,
        sum(amount) over (
            partition by realm_id, level, level_customer_id, span, txn_date > end_date
            order by txn_date
        ) as reached,
    from entries
    join spans using (realm_id, level)
    where txn_date >= first_date
),

-- The height of a stack on which each order is laid, and from whose top is taken what was given back.
stacked as (
    select
        *,
        reached - least(0, min(reached) over (
            partition by realm_id, level, level_customer_id, span, is_later
            order by txn_date
        )) as height,
    from running
),

-- Of each order is left what no later height falls short of.
kept as (
    select
        *,
        min(height) over (
            partition by realm_id, level, level_customer_id, span, is_later
            order by txn_date
            rows between current row and unbounded following
        ) - height + amount as kept_amount,
        amount > 0 and kept_amount > 0 as is_order,
    from stacked
),

by_customer as (
    select
        realm_id,
        level,
        level_customer_id,
        span,
        as_of_date,
        first_date,
        end_date,
        count(*) filter (where is_order and not is_later) as orders,
        min(txn_date) filter (where is_order and not is_later) as first_order,
        max(txn_date) filter (where is_order and not is_later) as last_order,
        sum(kept_amount) filter (where is_order and not is_later) as revenue,
        min_by(kept_amount, txn_date) filter (where is_order and not is_later) as first_revenue,
        count(*) filter (where is_order and not is_later and txn_date > end_date - 365) as last_year_orders,
        sum(amount) filter (where not is_later and txn_date > end_date - 365) as last_year_revenue,
        count(*) filter (where is_order and is_later) as later_orders,
        sum(amount) filter (where is_later) as later_revenue,
    from kept
    group by realm_id, level, level_customer_id, span, as_of_date, first_date, end_date
    having first_order is not null
),

customer_levels as (
    select realm_id, level, level_customer_id, root_customer_id from core.customer_levels
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
        -- Mean revenue of a repeat order within the span, net of what was given back or written off, in home currency; null
        -- without any.
        round(((revenue - first_revenue) / nullif(orders - 1, 0))::decimal(28, 10), 2)::decimal(18, 2) as repeat_mean_amount,
        last_year_orders::integer as last_year_orders,  -- Number of orders in the last 365 days of the span.
        -- Net revenue less write-offs in the last 365 days of the span, in home currency.
        coalesce(last_year_revenue, 0)::decimal(18, 2) as last_year_revenue,
        later_orders::integer as later_orders,  -- Number of orders after the span, up to the run's date.
        -- Net revenue less write-offs after the span, up to the run's date, in home currency.
        coalesce(later_revenue, 0)::decimal(18, 2) as later_revenue,
        ((as_of_date - end_date) / 7)::double as later_weeks,  -- Weeks from the end of the span to the run's date.
        -- Weeks from the company's first order to the run's date.
        ((as_of_date - first_date) / 7)::double as history_weeks,

        realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        level_customer_id,
        -- QuickBooks id of the customer on the documents; null at level family.
        if(level = 'customer', level_customer_id, null) as customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from by_customer
    join customer_levels using (realm_id, level, level_customer_id)
)

select * from final
