-- Inventory adjustments. One row per inventory adjustment.
with

inventory_adjustments as (
    select * from documents.inventory_adjustment
),

final as (
    select
        realm_id,
        id as inventory_adjustment_id,
        document.AdjustAccountRef.value as adjust_account_id,
        document.CustomerRef.value as customer_id,
        document.DepartmentRef.value as department_id,

        document.DocNumber as doc_number,
        document.PrivateNote as private_note,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from inventory_adjustments
)

select * from final
