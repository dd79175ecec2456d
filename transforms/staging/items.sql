-- Products and services. One row per item.
with

items as (
    select * from documents.item
),

final as (
    select
        realm_id,
        id as item_id,
        document.ParentRef.value as parent_item_id,
        document.IncomeAccountRef.value as income_account_id,
        document.ExpenseAccountRef.value as expense_account_id,
        document.AssetAccountRef.value as asset_account_id,
        document.PrefVendorRef.value as preferred_vendor_id,
        document.ClassRef.value as class_id,
        document.SalesTaxCodeRef.value as sales_tax_code_id,

        document.Name as name,
        document.FullyQualifiedName as full_name,
        document.Sku as sku,
        document.Type as item_type,
        document.Description as description,
        document.PurchaseDesc as purchase_description,
        document.Level as level,

        document.UnitPrice as unit_price,
        document.PurchaseCost as purchase_cost,
        document.QtyOnHand as quantity_on_hand,
        document.ReorderPoint as reorder_point,

        document.Active as is_active,
        document.Taxable as is_taxable,
        document.SubItem as is_sub_item,
        document.TrackQtyOnHand as is_quantity_tracked,

        document.InvStartDate as inventory_start_date,

        sync_token,
        created_at,
        last_updated_at,
    from items
)

select * from final
