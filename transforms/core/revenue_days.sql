-- One row per level, customer or family, and day with net revenue in the books' history, positive or negative: orders, and
-- what was given back on days of its own. A form without a line of revenue is left out. Of sales that name no customer,
-- each document is a row. In home currency. Where the setting group_by_estimate says so, all invoices of one estimate
-- count on the day of the first. Read one level.
with

companies as (
    select * from core.companies
),

settings as (
    select * from build.settings
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided and is_revenue
),

estimate_links as (
    select
        realm_id,
        'Invoice' as doc_type,
        invoice_id as doc_id,
        min(linked_txn_id) as estimate_id,
    from staging.invoice_links
    cross join settings
    where linked_txn_type = 'Estimate' and group_by_estimate
    group by all
),

estimate_days as (
    select realm_id, estimate_id, min(txn_date) as first_date
    from sales_lines
    join estimate_links using (realm_id, doc_type, doc_id)
    group by all
),

days as (
    select
        sales_lines.realm_id,
        sales_lines.customer_id,
        sales_lines.root_customer_id,
        if(sales_lines.customer_id is null, sales_lines.doc_type, null) as doc_type,
        if(sales_lines.customer_id is null, sales_lines.doc_id, null) as doc_id,
        coalesce(estimate_days.first_date, sales_lines.txn_date) as txn_date,
        sum(sales_lines.net_home) as net_revenue,
    from sales_lines
    left join estimate_links using (realm_id, doc_type, doc_id)
    left join estimate_days using (realm_id, estimate_id)
    group by all
),

leveled as (
    select
        * exclude (customer_id),
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from days
),

final as (
    select
        level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        doc_type,  -- Type of the document, such as SalesReceipt, of a sale that names no customer; null where one is named.

        txn_date,  -- Date of the documents, or of the first invoice of their estimate.

        -- Revenue of the day without tax, net of discounts and refunds, negative where more was given back, in home
        -- currency.
        sum(net_revenue)::decimal(18, 2) as net_revenue,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document of a sale that names no customer; null where one is named.
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        level_customer_id,
        -- QuickBooks id of the customer on the documents; null at level family.
        if(level = 'customer', level_customer_id, null) as customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from leveled
    group by all
    having sum(net_revenue) <> 0
)

select * from final
