-- One row per document that sells or takes back, voided ones (all zero) too: invoices and sales receipts positive,
-- credit memos and refund receipts negative.
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
        documents.doc_type,  -- Type of the document: Invoice, SalesReceipt, CreditMemo or RefundReceipt.
        documents.doc_number,  -- Number printed on the document.
        -- Currency of the document, as an ISO 4217 code.
        coalesce(documents.currency, companies.home_currency) as currency,

        documents.txn_date,  -- Date of the document.

        -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        documents.exchange_rate,
        documents.sign,  -- Sign of the amounts: 1 for a sale, -1 for a credit memo or refund receipt.
        -- Total of the document with tax, in its currency; negative for credit memos and refund receipts.
        (sign * total_amount)::decimal(18, 2) as total_amount,
        -- Sales tax in the total, in the document's currency; negative for credit memos and refund receipts.
        (sign * coalesce(tax_amount, 0))::decimal(18, 2) as tax_amount,
        -- Total of the document without tax, to which its lines add up, in its currency; negative for credit memos and
        -- refund receipts.
        (sign * (total_amount - coalesce(tax_amount, 0)))::decimal(18, 2) as net_amount,
        -- Total of the document with tax, in home currency at its rate; negative for credit memos and refund receipts.
        (sign * if(documents.exchange_rate = 1, total_amount, round(total_amount * documents.exchange_rate, 2)))::decimal(18, 2) as total_home,
        documents.is_voided,  -- True when the document is voided: all amounts are zero.

        documents.realm_id,  -- QuickBooks id of the company (realm).
        documents.doc_id,  -- QuickBooks id of the document.
        documents.customer_id,  -- QuickBooks id of the customer on the document.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, documents.customer_id) as root_customer_id,
        -- QuickBooks id of the class of the whole document; null when classes are tracked by line or not at all.
        documents.class_id,
        documents.department_id,  -- QuickBooks id of the department, called location on screen.
        documents.project_id,  -- QuickBooks id of the project of the whole document.
    from documents
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
