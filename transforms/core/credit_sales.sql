-- One row per invoice and credit memo up to the run's date that is not voided: what was sold on credit, the base of
-- days sales outstanding. In home currency, tax included, because the receivable includes it too.
with

companies as (
    select * from core.companies
),

receivables as (
    select *
    from core.receivables
    join companies using (realm_id)
    where doc_type in ('Invoice', 'CreditMemo') and txn_date <= as_of_date and not is_voided
),

signed as (
    select
        *,
        if(doc_type = 'Invoice', original_amount, -original_amount) as document_amount,
    from receivables
),

final as (
    select
        doc_type,  -- Type of the document: Invoice or CreditMemo.

        txn_date,  -- Date of the document.

        -- Total of the document with tax, in home currency at its rate: invoices positive, credit memos negative.
        if(exchange_rate = 1, document_amount, round(document_amount * exchange_rate, 2))::decimal(18, 2) as sales_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer on the document.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family.
    from signed
)

select * from final
