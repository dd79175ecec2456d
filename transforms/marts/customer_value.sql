-- One row per customer, inactive ones and those without sales too: what the customer was worth so far. In home
-- currency, up to the run's date, without income booked by journal entry and sales that name no customer.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        customers.customer_type,  -- Customer type that the company assigned to the customer.

        first_order,  -- Day of the customer's first order; null without orders.
        last_order,  -- Day of the customer's last order; null without orders.
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
        -- Payments and sales receipts less refund receipts with tax, in home currency; without deposits taken on
        -- invoices.
        coalesce(cash_collected, 0)::decimal(18, 2) as cash_collected,
        coalesce(orders, 0)::integer as orders,  -- Number of orders: days with positive net revenue.
        -- Average order value: net revenue per order, in home currency; null without orders.
        round((net_revenue / nullif(orders, 0))::decimal(28, 10), 2)::decimal(18, 2) as aov,
        -- Days since the first order; null without orders.
        (companies.as_of_date - first_order)::integer as tenure_days,
        customers.is_active,  -- False for a customer made inactive, which is how QuickBooks deletes customers.

        customers.realm_id,  -- QuickBooks id of the company (realm).
        customers.customer_id,  -- QuickBooks id of the customer, job or sub-customer.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_id,
    from customers
    join companies using (realm_id)
    left join sales using (realm_id, customer_id)
    left join orders using (realm_id, customer_id)
    left join cash using (realm_id, customer_id)
)

select * from final
