-- Warns if an open invoice has no terms.
with

invoices as (
    select * from staging.invoices where realm_id = $realm_id and term_id is null
),

documents as (
    select * from core.open_receivables where realm_id = $realm_id and doc_type = 'Invoice'
),

final as (
    select
        'Invoice' as entity,
        invoice_id as id,
        'term_id, due_date' as column_name,
        'terms' as expected,
        'none, due ' || documents.due_date as actual,
        null::decimal(18, 2) as amount_diff,
    from documents
    inner join invoices on documents.doc_id = invoices.invoice_id
    order by documents.due_date, invoice_id
)

select * from final
