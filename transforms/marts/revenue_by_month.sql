-- One row per company and month, from the first with revenue to that of the run's date, months without sales too: what
-- was sold, what it cost, to how many. In home currency, without income booked by journal entry.
with

companies as (
    select * from core.companies
),

revenue_months as (
    select * from core.revenue_months
),

orders as (
    select *, date_trunc('month', txn_date)::date as month
    from core.orders
    where level = 'customer'
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
        companies.company_name,  -- Name of the company whose books these are.

        revenue_months.month,  -- First day of the month.
        revenue_months.as_of_date,  -- Day at whose end the figures stand.

        -- Lines of invoices and sales receipts that post to income accounts, without tax, before discount, in home
        -- currency.
        revenue_months.gross_sales,
        revenue_months.discounts,  -- Discounts on invoices and sales receipts, positive, in home currency.
        -- Lines of credit memos and refund receipts that post to income accounts, without tax, net of their discount,
        -- positive, in home currency.
        revenue_months.refunds,
        revenue_months.net_revenue,  -- Gross sales less discounts less refunds, in home currency.
        revenue_months.invoiced_revenue,  -- Part of gross sales less discounts that was invoiced, in home currency.
        -- Part of gross sales less discounts that was paid on the spot, by sales receipt, in home currency.
        revenue_months.receipt_revenue,
        -- What sales forms post to accounts of other income, beside net revenue, in home currency.
        revenue_months.other_income,
        -- What sales forms post to accounts of cost and expense, such as costs passed on, less small amounts written off
        -- there, beside net revenue, in home currency.
        revenue_months.recovered_cost,
        -- What sales forms post to balance-sheet accounts, such as retainers and money held for others, less what they
        -- take out again, beside net revenue, in home currency.
        revenue_months.balance_sheet_amount,
        revenue_months.cost,  -- Cost of what was sold, where known, in home currency; null when no cost is known.
        -- Revenue of the lines with known cost less that cost, in home currency; null when there are none.
        (revenue_months.costed_revenue - revenue_months.cost)::decimal(18, 2) as gross_margin,
        -- Net revenue whose cost is known divided by all net revenue: 1 when every cost is known, beyond 0 to 1 only
        -- where credits outweigh sales.
        (coalesce(revenue_months.costed_revenue, 0) / nullif(revenue_months.net_revenue, 0))::double as known_cost_ratio,
        -- Number of orders: days with positive net revenue of a customer, and documents that name none.
        coalesce(ordered.orders, 0)::integer as orders,
        coalesce(ordered.customers, 0)::integer as customers,  -- Number of customers with an order.
        -- Number of customers whose first order it was.
        coalesce(newcomers.new_customers, 0)::integer as new_customers,
        -- Net revenue of the month one year before, in home currency; null before the first month.
        year_before.prior_year_revenue,
        -- Net revenue divided by that of the month one year before, less 1: 0.1 is 10 percent more; null unless both
        -- months are complete and the earlier one positive.
        (revenue_months.net_revenue / nullif(greatest(prior_year_revenue, 0), 0) - 1)::double
        * if(revenue_months.is_complete and year_before.is_prior_complete, 1, null) as growth,
        -- False for the month of the run's date while it lasts, and for a first month before whose first sale there
        -- were more days without one than ever after.
        revenue_months.is_complete,

        revenue_months.realm_id,  -- QuickBooks id of the company (realm).
    from revenue_months
    join companies using (realm_id)
    left join ordered using (realm_id, month)
    left join newcomers using (realm_id, month)
    left join year_before using (realm_id, month)
)

select * from final
