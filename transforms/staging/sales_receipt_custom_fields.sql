-- Custom fields of sales receipts. One row per sales receipt and field.
with

sales_receipts as (
    select * from documents.sales_receipt
),

fields as (
    select
        realm_id,
        id as sales_receipt_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from sales_receipts
),

final as (
    select
        realm_id,
        sales_receipt_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
