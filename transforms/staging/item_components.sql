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
        realm_id,  -- QuickBooks company id (realm)
        item_id,  -- QuickBooks id of the item
        component_no,  -- Position of the component in the item, from 1
        component.ItemRef.value as component_item_id,  -- Product or service inside the bundle

        component.Qty as quantity,  -- Quantity of the component in one bundle, in the component's unit
    from components
)

select * from final
