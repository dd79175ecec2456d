-- Custom fields of estimates. One row per estimate and field.
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
        realm_id,
        estimate_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
