-- Custom fields of refund receipts. One row per refund receipt and field.
with

refund_receipts as (
    select * from documents.refund_receipt
),

fields as (
    select
        realm_id,
        id as refund_receipt_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from refund_receipts
),

final as (
    select
        realm_id,
        refund_receipt_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
