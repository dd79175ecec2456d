-- Custom fields of invoices. One row per invoice and field.
with

invoices as (
    select * from documents.invoice
),

fields as (
    select
        realm_id,
        id as invoice_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from invoices
),

final as (
    select
        realm_id,
        invoice_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
