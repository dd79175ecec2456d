-- Payment methods. One row per payment method.
with

payment_methods as (
    select * from documents.payment_method
),

final as (
    select
        realm_id,
        id as payment_method_id,
        document.Name as name,
        document.Type as method_type,

        document.Active as is_active,

        sync_token,
        created_at,
        last_updated_at,
    from payment_methods
)

select * from final
