-- One row per bundle and item inside the bundle.
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
        component_no,  -- Position of the component in the item, from 1.

        component.Qty as quantity,  -- Quantity of the component in one bundle, in the component's unit.

        realm_id,  -- QuickBooks company id (realm).

        item_id,  -- QuickBooks id of the item.
        component.ItemRef.value as component_item_id,  -- Product or service inside the bundle.
    from components
)

select * from final
