-- Documents that sell or take back: invoices and sales receipts positive, credit memos and refunds negative.
-- One row per document, voided ones (all zero) too.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

documents as (
    select
        *,
        'Invoice' as doc_type,
        invoice_id as doc_id,
        1 as sign,
    from staging.invoices

    union all by name

    select
        *,
        'SalesReceipt' as doc_type,
        sales_receipt_id as doc_id,
        1 as sign,
    from staging.sales_receipts

    union all by name

    select
        *,
        'CreditMemo' as doc_type,
        credit_memo_id as doc_id,
        -1 as sign,
    from staging.credit_memos

    union all by name

    select
        *,
        'RefundReceipt' as doc_type,
        refund_receipt_id as doc_id,
        -1 as sign,
    from staging.refund_receipts
),

final as (
    select
        documents.realm_id,  -- QuickBooks company id (realm)
        documents.doc_type,  -- Invoice, SalesReceipt, CreditMemo or RefundReceipt
        documents.doc_id,  -- QuickBooks id of the document
        documents.customer_id,  -- Customer on the document
        -- Top of that customer's chain of parents
        coalesce(customers.root_customer_id, documents.customer_id) as root_customer_id,
        documents.class_id,  -- Class of the whole document; null when tracked by line or not at all
        documents.department_id,  -- Department (location)
        documents.project_id,  -- Project of the whole document

        documents.doc_number,  -- Number printed on the document
        coalesce(documents.currency, companies.home_currency) as currency,  -- Currency of the document
        coalesce(documents.exchange_rate, 1) as exchange_rate,  -- Home units per unit of that currency; 1 at home
        documents.sign,  -- 1 for a sale, -1 for a credit or refund

        (sign * total_amount)::decimal(18, 2) as total_amount,  -- Total with tax, signed
        (sign * coalesce(tax_amount, 0))::decimal(18, 2) as tax_amount,  -- Sales tax in it, signed
        -- Total without tax, signed: what the lines add up to
        (sign * (total_amount - coalesce(tax_amount, 0)))::decimal(18, 2) as net_amount,
        -- Total with tax in home currency, signed
        (sign * if(coalesce(documents.exchange_rate, 1) = 1, total_amount, round(total_amount * documents.exchange_rate, 2)))::decimal(18, 2) as total_home,

        documents.is_voided,  -- True when voided: all amounts are zero

        documents.txn_date,  -- Date of the document
    from documents
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
