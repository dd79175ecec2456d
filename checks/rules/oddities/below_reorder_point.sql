-- Warns if an active item's stock is below its reorder point.
with

items as (
    select * from staging.items where realm_id = $realm_id and item_type = 'Inventory' and is_active
),

final as (
    select
        'Item' as entity,
        item_id as id,
        'quantity_on_hand, reorder_point' as column_name,
        reorder_point::double || ' or more' as expected,
        quantity_on_hand::double::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from items
    where quantity_on_hand < reorder_point
    order by item_id
)

select * from final
