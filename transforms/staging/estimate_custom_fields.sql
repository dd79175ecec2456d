-- One row per estimate and custom field.
with

estimates as (
    select * from documents.estimate
),

fields as (
    select
        realm_id,
        id as estimate_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from estimates
),

final as (
    select
        field_no,  -- Position of the custom field in the estimate, from 1.
        field.Name as name,  -- Name of the custom field.
        field.Type as field_type,  -- Type of the custom field, such as StringType, NumberType, DateType or BooleanType.
        coalesce(
            field.StringValue,
            field.NumberValue,
            field.DateValue,
            field.BooleanValue
        ) as value,  -- Value as text: a number as sent, a date as 2026-08-01, a flag as true or false; null where nobody entered any.

        realm_id,  -- QuickBooks company id (realm).

        estimate_id,  -- QuickBooks id of the estimate.
        field.DefinitionId as definition_id,  -- QuickBooks id of the custom field's definition.
    from fields
)

select * from final
