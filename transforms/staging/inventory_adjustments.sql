-- One row per inventory adjustment.
with

inventory_adjustments as (
    select * from documents.inventory_adjustment
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the inventory adjustment, at most 21 characters; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the inventory adjustment.

        document.TxnDate as txn_date,  -- Date of the inventory adjustment, as the company's calendar has it.
        created_at,  -- When the inventory adjustment was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the inventory adjustment (UTC).

        sync_token,  -- Number of the version, which QuickBooks counts up when the inventory adjustment is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as inventory_adjustment_id,  -- QuickBooks id of the inventory adjustment.
        document.AdjustAccountRef.value
            as adjust_account_id,  -- Account the adjustment is charged to; the inventory asset account is the item's.
        document.CustomerRef.value as customer_id,  -- Customer on the inventory adjustment; a job or project is a customer of its own.
        document.DepartmentRef.value as department_id,  -- Department of the inventory adjustment, called location on screen.
    from inventory_adjustments
)

select * from final
