-- One row per customer type.
with

customer_types as (
    select * from documents.customer_type
),

final as (
    select
        document.Name as name,  -- Name of the customer type.

        created_at,  -- When the customer type was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the customer type (UTC).

        document.Active as is_active,  -- False once the customer type was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the customer type is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as customer_type_id,  -- QuickBooks id of the customer type.
    from customer_types
)

select * from final
