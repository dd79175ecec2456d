-- Customer types. One row per customer type.
with

customer_types as (
    select * from documents.customer_type
),

final as (
    select
        realm_id,
        id as customer_type_id,
        document.Name as name,

        document.Active as is_active,

        sync_token,
        created_at,
        last_updated_at,
    from customer_types
)

select * from final
