-- What a bundle is made of. One row per item and component.
with

items as (
    select * from documents.item
),

components as (
    select
        realm_id,
        id as item_id,
        generate_subscripts(document.ItemGroupDetail.ItemGroupLine, 1) as component_no,
        unnest(document.ItemGroupDetail.ItemGroupLine) as component,
    from items
),

final as (
    select
        realm_id,
        item_id,
        component_no,
        component.ItemRef.value as component_item_id,

        component.Qty as quantity,
    from components
)

select * from final
