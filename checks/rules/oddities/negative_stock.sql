-- Warns if there is less than nothing of an item on hand.
with

items as (
    select * from staging.items where realm_id = $realm_id and item_type = 'Inventory'
),

final as (
    select
        'Item' as entity,
        item_id as id,
        'quantity_on_hand' as column_name,
        '0 or more' as expected,
        quantity_on_hand::double::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from items
    where quantity_on_hand < 0
    order by quantity_on_hand, item_id
)

select * from final
