-- One row per item: a product, service, bundle or category.
with

items as (
    select * from documents.item
),

final as (
    select
        document.Name as name,  -- Name of the item; QuickBooks appends " (deleted)" to inactive ones.
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the item, joined by colons.
        document.Sku as sku,  -- Stock-keeping unit the company gave the item.
        document.Type as item_type,  -- Type of item, such as Service, Inventory, NonInventory, Group (a bundle) or Category.
        document.Description as description,  -- Description of the item on sales forms.
        document.PurchaseDesc as purchase_description,  -- Description of the item on purchase forms.

        document.InvStartDate as inventory_start_date,  -- Date of the opening quantity; null unless the quantity is tracked.
        created_at,  -- When the item was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the item (UTC).

        document.Level as level,  -- Levels below the top item; null or 0 at the top.
        document.UnitPrice as unit_price,  -- Sales price per unit, in home currency, with up to ten decimals.
        document.PurchaseCost as purchase_cost,  -- Cost per unit when bought, in home currency, with up to ten decimals.
        document.QtyOnHand as quantity_on_hand,  -- Quantity in stock now, in the item's unit; null unless tracked.
        document.ReorderPoint as reorder_point,  -- Quantity in stock below which the item is to be ordered again, in the item's unit.
        document.Active as is_active,  -- False once the item was made inactive.
        document.Taxable as is_taxable,  -- True where sales of the item are taxable.
        document.SubItem as is_sub_item,  -- True for an item that belongs to another one.
        document.TrackQtyOnHand as is_quantity_tracked,  -- True where QuickBooks tracks the quantity in stock.
        sync_token,  -- Number of the version, which QuickBooks counts up when the item is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as item_id,  -- QuickBooks id of the item.
        document.ParentRef.value as parent_item_id,  -- Category or item this one belongs to; null at the top.
        document.IncomeAccountRef.value as income_account_id,  -- Account that sales of the item post to.
        document.ExpenseAccountRef.value
            as expense_account_id,  -- Account that purchases of the item post to; cost of goods sold for inventory.
        document.AssetAccountRef.value as asset_account_id,  -- Inventory asset account; null unless the quantity is tracked.
        document.PrefVendorRef.value as preferred_vendor_id,  -- Vendor the item is preferably bought from.
        document.ClassRef.value as class_id,  -- Class the item has by default.
        document.SalesTaxCodeRef.value as sales_tax_code_id,  -- Tax code the item has by default on sales.
    from items
)

select * from final
