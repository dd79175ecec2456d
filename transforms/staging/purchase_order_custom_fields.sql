-- Custom fields of purchase orders. One row per purchase order and field.
with

purchase_orders as (
    select * from documents.purchase_order
),

fields as (
    select
        realm_id,
        id as purchase_order_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from purchase_orders
),

final as (
    select
        realm_id,
        purchase_order_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
