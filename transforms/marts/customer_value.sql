-- What each customer was worth so far. One row per customer, inactive ones and those without sales too.
-- In home currency, up to the run's date, without income booked by journal entry and sales that name no customer.
with

companies as (
    select * from core.companies
),

customers as (
    select *
    from core.customers
    join companies using (realm_id)
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date
),

cash_documents as (
    select realm_id, customer_id, txn_date, total_home as cash_amount
    from core.sales_documents
    where doc_type in ('SalesReceipt', 'RefundReceipt')

    union all

    select realm_id, customer_id, txn_date, -ar_home as cash_amount
    from core.receivables
    where doc_type = 'Payment'
),

sales as (
    select
        realm_id,
        customer_id,
        coalesce(sum(gross_home) filter (where doc_type in ('Invoice', 'SalesReceipt')), 0) as gross_sales,
        coalesce(sum(discount_home) filter (where doc_type in ('Invoice', 'SalesReceipt')), 0) as discounts,
        coalesce(-sum(net_home) filter (where doc_type in ('CreditMemo', 'RefundReceipt')), 0) as refunds,
        sum(net_home) as net_revenue,
        sum(cost_home) as cost,
        sum(net_home) filter (where cost_home is not null) as revenue_with_cost,
    from sales_lines
    group by all
),

order_days as (
    select * from core.orders
),

orders as (
    select
        realm_id,
        customer_id,
        count(*) as orders,
        min(txn_date) as first_order,
        max(txn_date) as last_order,
    from order_days
    group by all
),

cash as (
    select realm_id, customer_id, sum(cash_amount) as cash_collected
    from cash_documents
    join companies using (realm_id)
    where txn_date <= as_of_date
    group by all
),

final as (
    select
        customers.realm_id,  -- QuickBooks company id (realm)
        customers.customer_id,  -- Customer, job or sub-customer
        customers.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer
        customers.customer_type,  -- Customer type the company assigned

        -- Lines of invoices and sales receipts, without tax, before discount
        coalesce(gross_sales, 0)::decimal(18, 2) as gross_sales,
        coalesce(discounts, 0)::decimal(18, 2) as discounts,  -- Discounts on them, positive
        -- Credit memos and refund receipts, without tax, net of their discount, positive
        coalesce(refunds, 0)::decimal(18, 2) as refunds,
        coalesce(net_revenue, 0)::decimal(18, 2) as net_revenue,  -- Gross sales less discounts less refunds
        cost::decimal(18, 2) as cost,  -- Cost of what was sold, where known; null when none is
        -- Revenue of the lines with known cost less that cost; null when none is
        (revenue_with_cost - cost)::decimal(18, 2) as gross_margin,
        -- Share of net revenue whose cost is known: n of gross_margin
        (revenue_with_cost / nullif(net_revenue, 0))::double as margin_coverage,
        -- Payments and sales receipts less refund receipts, tax included; deposits taken on invoices are not in it
        coalesce(cash_collected, 0)::decimal(18, 2) as cash_collected,

        coalesce(orders, 0)::integer as orders,  -- Days with positive net revenue
        (net_revenue / nullif(orders, 0))::decimal(18, 2) as aov,  -- Net revenue per order; null without orders
        -- Days since the first order; null without orders
        (customers.as_of_date - first_order)::integer as tenure_days,

        customers.is_active,  -- False for customers made inactive

        customers.as_of_date,  -- Day whose end this describes
        first_order,  -- Day of the first order; null without orders
        last_order,  -- Day of the last order; null without orders
    from customers
    left join sales using (realm_id, customer_id)
    left join orders using (realm_id, customer_id)
    left join cash using (realm_id, customer_id)
)

select * from final
