-- One row per level, customer or family, and day with positive net revenue, in the books' history: an order. What was
-- bought and given back on one day is none, and so is a form without a line of revenue. Of sales that name no customer,
-- each document is an order. In home currency. Where the setting group_by_estimate says so, all invoices of one estimate
-- count on the day of the first. Read one level.
with

revenue_days as (
    select * from core.revenue_days where net_revenue > 0
),

final as (
    select
        level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        doc_type,  -- Type of the document, such as SalesReceipt, of a sale that names no customer; null where one is named.

        txn_date,  -- Date of the order: of its documents, or of the first invoice of their estimate.

        net_revenue,  -- Revenue of the order without tax, net of discounts and refunds, in home currency.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document of a sale that names no customer; null where one is named.
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        level_customer_id,
        customer_id,  -- QuickBooks id of the customer on the documents; null at level family.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from revenue_days
)

select * from final
