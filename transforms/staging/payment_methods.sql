-- One row per payment method.
with

payment_methods as (
    select * from documents.payment_method
),

final as (
    select
        document.Name as name,  -- Name of the payment method; QuickBooks appends " (deleted)" to inactive ones.
        document.Type as method_type,  -- Type of the method: CREDIT_CARD or NON_CREDIT_CARD.

        created_at,  -- When the payment method was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the payment method (UTC).

        document.Active as is_active,  -- False once the payment method was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the payment method is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as payment_method_id,  -- QuickBooks id of the payment method.
    from payment_methods
)

select * from final
