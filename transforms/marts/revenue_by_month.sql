-- What was sold each month, what it cost, to how many. One row per month, from the first with a sale to that of the
-- run's date, months without sales too. In home currency, without income booked by journal entry.
with

revenue_months as (
    select * from core.revenue_months
),

orders as (
    select *, date_trunc('month', txn_date)::date as month from core.orders
),

ordered as (
    select realm_id, month, count(*) as orders, count(distinct customer_id) as customers
    from orders
    group by all
),

first_months as (
    select realm_id, customer_id, min(month) as month
    from orders
    where customer_id is not null
    group by all
),

newcomers as (
    select realm_id, month, count(*) as new_customers
    from first_months
    group by all
),

year_before as (
    select
        realm_id,
        (month + interval 1 year)::date as month,
        net_revenue as prior_year_revenue,
        is_complete as is_prior_complete,
    from revenue_months
),

final as (
    select
        revenue_months.realm_id,  -- QuickBooks company id (realm)
        revenue_months.month,  -- First day of the month

        revenue_months.gross_sales,  -- Lines of invoices and sales receipts, without tax, before discount
        revenue_months.discounts,  -- Discounts on them, positive
        revenue_months.refunds,  -- Credit memos and refund receipts, without tax, net of their discount, positive
        revenue_months.net_revenue,  -- Gross sales less discounts less refunds
        revenue_months.invoiced_revenue,  -- The part of gross sales less discounts that was invoiced
        revenue_months.receipt_revenue,  -- The part paid on the spot, by sales receipt
        revenue_months.cost,  -- Cost of what was sold, where known; null when none is
        -- Revenue of the lines with known cost less that cost; null when there are none
        (revenue_months.costed_revenue - revenue_months.cost)::decimal(18, 2) as gross_margin,
        -- Share of net revenue whose cost is known: n of gross_margin
        (revenue_months.costed_revenue / nullif(revenue_months.net_revenue, 0))::double as margin_coverage,

        coalesce(ordered.orders, 0)::integer as orders,  -- Orders: days with positive net revenue of a customer
        coalesce(ordered.customers, 0)::integer as customers,  -- Customers with an order
        coalesce(newcomers.new_customers, 0)::integer as new_customers,  -- Those whose first order it was

        year_before.prior_year_revenue,  -- Net revenue of the same month last year; null before the first month
        -- Net revenue over that of the same month last year, less 1; null unless both months are complete and the
        -- earlier one positive
        (revenue_months.net_revenue / nullif(greatest(prior_year_revenue, 0), 0) - 1)::double
        * if(revenue_months.is_complete and year_before.is_prior_complete, 1, null) as growth,

        -- False for the current month, and for a first month before whose first sale there were more days without one
        -- than ever after
        revenue_months.is_complete,

        revenue_months.as_of_date,  -- Day whose end this describes
    from revenue_months
    left join ordered using (realm_id, month)
    left join newcomers using (realm_id, month)
    left join year_before using (realm_id, month)
)

select * from final
