-- Warns if an invoice is overdue and was neither e-mailed nor printed.
with

invoices as (
    select * from staging.invoices
    where realm_id = $realm_id and delivered_at is null
        and coalesce(email_status, 'NotSet') <> 'EmailSent'
        and coalesce(print_status, 'NotSet') <> 'PrintComplete'
),

documents as (
    select * from core.open_receivables
    where realm_id = $realm_id and doc_type = 'Invoice' and days_past_due > 0 and open_amount > 0
),

final as (
    select
        'Invoice' as entity,
        invoice_id as id,
        'email_status, days_past_due' as column_name,
        'sent before it was due' as expected,
        documents.days_past_due || ' days overdue, never sent' as actual,
        null::decimal(18, 2) as amount_diff,
    from documents
    inner join invoices on documents.doc_id = invoices.invoice_id
    order by documents.days_past_due desc, invoice_id
)

select * from final
