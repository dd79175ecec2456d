-- Products and services. One row per item.
with

items as (
    select * from staging.items
),

companies as (
    select * from core.companies
),

final as (
    select
        items.realm_id,  -- QuickBooks company id (realm)
        items.item_id,  -- QuickBooks id of the item
        items.parent_item_id,  -- Item or category this belongs to; null at the top
        items.income_account_id,  -- Account its sales go to
        items.expense_account_id,  -- Account its purchases go to

        items.name,  -- Name of the item
        items.full_name,  -- Names of all levels, joined by colons
        items.sku,  -- Stock keeping unit
        items.item_type,  -- Service, Inventory, NonInventory, Group (bundle), Category and others

        items.unit_price,  -- Sales price now
        nullif(items.purchase_cost, 0) as purchase_cost,  -- Purchase cost now; null when QuickBooks has none or zero
        items.quantity_on_hand,  -- Stock now; null for items without stock

        coalesce(items.is_active, true) as is_active,  -- False for items made inactive
    from items
    join companies using (realm_id)
)

select * from final
