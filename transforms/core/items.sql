-- One row per item: products and services, inactive ones too.
with

items as (
    select * from staging.items
),

companies as (
    select * from core.companies
),

final as (
    select
        items.name,  -- Name of the item.
        items.full_name,  -- Full name of the item: the names of all levels joined by colons.
        items.sku,  -- Stock-keeping unit of the item (SKU).
        items.item_type,  -- Type of the item: Service, Inventory, NonInventory, Group (bundle), Category and others.

        items.unit_price,  -- Sales price of one unit now, in home currency.
        -- Purchase cost of one unit now, in home currency; null when QuickBooks has none or zero.
        nullif(items.purchase_cost, 0) as purchase_cost,
        items.quantity_on_hand,  -- Stock now, in units of the item; null for items without stock.
        coalesce(items.is_active, true) as is_active,  -- False for an item made inactive.

        items.realm_id,  -- QuickBooks id of the company (realm).
        items.item_id,  -- QuickBooks id of the item.
        items.parent_item_id,  -- QuickBooks id of the item or category that this item belongs to; null at the top.
        items.income_account_id,  -- QuickBooks id of the account that sales of the item go to.
        items.expense_account_id,  -- QuickBooks id of the account that purchases of the item go to.
    from items
    join companies using (realm_id)
)

select * from final
