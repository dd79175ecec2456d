-- One row per level and customer or family, inactive ones and those without sales too: what each was worth so far. A
-- family is the customer at the top with everyone below it: add up one level. In home currency, up to the run's date,
-- without income booked by journal entry and sales that name no customer.
with

companies as (
    select * from core.companies
),

customer_levels as (
    select * from core.customer_levels
),

sales_lines as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

collections as (
    select * from core.customer_collections
),

sales as (
    select
        realm_id,
        level,
        level_customer_id,
        sum(gross_home) filter (where is_revenue and doc_type in ('Invoice', 'SalesReceipt')) as gross_sales,
        sum(discount_home) filter (where is_revenue and doc_type in ('Invoice', 'SalesReceipt')) as discounts,
        -sum(net_home) filter (where is_revenue and doc_type in ('CreditMemo', 'RefundReceipt')) as refunds,
        sum(net_home) filter (where is_revenue) as net_revenue,
        sum(net_home) filter (where posting_kind = 'other income') as other_income,
        sum(net_home) filter (where posting_kind = 'recovered cost') as recovered_cost,
        sum(net_home) filter (where posting_kind = 'balance sheet') as balance_sheet_amount,
        sum(cost_home) filter (where is_revenue) as cost,
        sum(net_home) filter (where is_revenue and cost_home is not null) as revenue_with_cost,
    from sales_lines
    group by all
),

order_days as (
    select * from core.orders
),

orders as (
    select
        realm_id,
        level,
        level_customer_id,
        count(*) as orders,
        min(txn_date) as first_order,
        max(txn_date) as last_order,
    from order_days
    group by all
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
        -- Customer type that the company assigned to the customer, at level family to the one at the top.
        customer_levels.customer_type,

        first_order,  -- Day of the first order; null without orders.
        last_order,  -- Day of the last order; null without orders.
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Lines of invoices and sales receipts that post to income accounts, without tax, before discount, in home
        -- currency.
        coalesce(gross_sales, 0)::decimal(18, 2) as gross_sales,
        -- Discounts on invoices and sales receipts, positive, in home currency.
        coalesce(discounts, 0)::decimal(18, 2) as discounts,
        -- Lines of credit memos and refund receipts that post to income accounts, without tax, net of their discount,
        -- positive, in home currency.
        coalesce(refunds, 0)::decimal(18, 2) as refunds,
        -- Gross sales less discounts less refunds, in home currency.
        coalesce(net_revenue, 0)::decimal(18, 2) as net_revenue,
        -- What sales forms post to accounts of other income, beside net revenue, in home currency.
        coalesce(other_income, 0)::decimal(18, 2) as other_income,
        -- What sales forms post to accounts of cost and expense, such as costs passed on, less small amounts written off
        -- there, beside net revenue, in home currency.
        coalesce(recovered_cost, 0)::decimal(18, 2) as recovered_cost,
        -- What sales forms post to balance-sheet accounts, such as retainers and money held for others, less what they
        -- take out again, beside net revenue, in home currency.
        coalesce(balance_sheet_amount, 0)::decimal(18, 2) as balance_sheet_amount,
        -- Cost of what was sold, where known, in home currency; null when no cost is known.
        cost::decimal(18, 2) as cost,
        -- Revenue of the lines with known cost less that cost, in home currency; null when no cost is known.
        (revenue_with_cost - cost)::decimal(18, 2) as gross_margin,
        -- Net revenue whose cost is known divided by all net revenue: 1 when every cost is known, beyond 0 to 1 only
        -- where credits outweigh sales.
        (coalesce(revenue_with_cost, 0) / nullif(net_revenue, 0))::double as known_cost_ratio,
        -- Receivables given up: journal entries against expense or income, and credit memos on an expense account,
        -- positive, in home currency.
        collections.written_off,
        -- Net revenue less what was written off, in home currency.
        (coalesce(net_revenue, 0) - collections.written_off)::decimal(18, 2) as net_value_amount,
        -- Money received for these sales with tax, whoever paid, in home currency: payments, sales receipts and deposits
        -- taken on invoices, less refunds and returned cheques; payments that no invoice took count with the payer.
        collections.cash_collected,
        collections.overdue_amount,  -- Open charges past due, before credits, in home currency.
        -- Money collected divided by money collected, written off and overdue, 0 to 1; null when there is none of the
        -- three.
        collections.collected_rate,
        coalesce(orders, 0)::integer as orders,  -- Number of orders: days with positive net revenue.
        -- Average order value: net revenue per order, in home currency; null without orders.
        round((net_revenue / nullif(orders, 0))::decimal(28, 10), 2)::decimal(18, 2) as aov,
        -- Days since the first order; null without orders.
        (companies.as_of_date - first_order)::integer as tenure_days,
        -- True when no money ever came, less what went back, though a charge is more than 4 days overdue or was written
        -- off.
        collections.is_never_paid,
        -- Number of customers, jobs and sub-customers that the row stands for: 1 at level customer.
        customer_levels.customer_count,
        -- False for a customer made inactive, which is how QuickBooks deletes customers; at level family, when all are.
        customer_levels.is_active,

        customer_levels.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer, job or sub-customer; null at level family.
        customer_levels.customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_id,
    from customer_levels
    join companies using (realm_id)
    left join sales using (realm_id, level, level_customer_id)
    left join orders using (realm_id, level, level_customer_id)
    left join collections using (realm_id, level, level_customer_id)
)

select * from final
