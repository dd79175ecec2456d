-- One row per bill and custom field.
with

bills as (
    select * from documents.bill
),

fields as (
    select
        realm_id,
        id as bill_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from bills
),

final as (
    select
        field_no,  -- Position of the custom field in the bill, from 1.
        field.Name as name,  -- Name of the custom field.
        field.Type as field_type,  -- Type of the custom field, such as StringType, NumberType, DateType or BooleanType.
        coalesce(
            field.StringValue,
            field.NumberValue,
            field.DateValue,
            field.BooleanValue
        ) as value,  -- Value as text: a number as sent, a date as 2026-08-01, a flag as true or false; null where nobody entered any.

        realm_id,  -- QuickBooks company id (realm).

        bill_id,  -- QuickBooks id of the bill.
        field.DefinitionId as definition_id,  -- QuickBooks id of the custom field's definition.
    from fields
)

select * from final
